/* tour: the simulator's start page, a tour of the demo in five steps. A step is ticked when the
 * simulator has seen it happen. */
#ifndef SIM_TOUR_H
#define SIM_TOUR_H

struct app;
struct sim_person;

/* The steps that tour_note() ticks, as the page names them. */
#define TOUR_COMPUTER "computer" /* a computer was signed in by its QR code */
#define TOUR_MESSAGE "message"   /* the account answered a message */
#define TOUR_FAILURE "failure"   /* WeChat failed, as ordered on the control page */

/* Ticks a step, once it has happened. */
int tour_note(struct app *app, const char *step) __attribute__((warn_unused_result));

/* Ticks the first step: the site was given this person's profile; and the second, if it was given
 * another person's before. */
int tour_note_profile(struct app *app, const struct sim_person *person)
    __attribute__((warn_unused_result));

/* "/": the page. A POST begins the tour anew. */
int tour_page(struct app *app);

#endif
