/* screen: a page of the site as a part of the simulator's own page. */
#ifndef SIM_SCREEN_H
#define SIM_SCREEN_H

struct app;

/*
 * Returns what is in the <main> of a page, without its scripts. Its links and forms lead to
 * /screens, with the field `on`, the name of the screen, and `to`, where they led; forms also have
 * all other fields. Ids get the name in front, and headings are two ranks lower. html: a page of
 * the kit or of the simulator, whose attributes are well formed. url: its address.
 */
char *screen_render(struct app *app, const char *html, const char *url, const char *name);

/* Returns the style of a page, which its part needs as well; "": it has none. */
const char *screen_style(struct app *app, const char *html);

/* Returns the text between two marks in html, with the character references resolved; NULL: it is
 * not there. */
char *screen_find(struct app *app, const char *html, const char *before, const char *after);

/* Returns the absolute address of a link on the page at url. */
char *screen_resolve(struct app *app, const char *url, const char *link);

#endif
