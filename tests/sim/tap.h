/* tap: what a person does on the phone besides writing: taps a button of the menu, scans a code. */
#ifndef SIM_TAP_H
#define SIM_TAP_H

struct app;
struct pairs;

/*
 * Turns a tap into the form of the push that it causes. tap: a button of the menu (menu.h), whose
 * kind and key are added; scanned: the code of a SCAN was scanned, so that somebody who does not
 * follow yet is pushed as subscribe. Other forms stay as they are. ERR_REQUEST: there is no such
 * button.
 */
int tap_read(struct app *app, const struct pairs *form, struct pairs *push)
    __attribute__((warn_unused_result));

/* /console/view: a tap on a button that opens a page: pushes VIEW, or view_miniprogram, and leads
 * to the page. */
int tap_view(struct app *app);

/* Adds the menu to the page, as menu/0/name, …; place: what a button is called in a tap. */
int tap_add_menu(struct app *app) __attribute__((warn_unused_result));

#endif
