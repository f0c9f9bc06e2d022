/* console: the page, and for scripts the call, that pushes messages to the site. */
#ifndef SIM_CONSOLE_H
#define SIM_CONSOLE_H

struct app;

int console_page(struct app *app);

#endif
