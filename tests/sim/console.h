/* console: the page, or for scripts the JSON call, that pushes messages to the site. */
#ifndef SIM_CONSOLE_H
#define SIM_CONSOLE_H

struct app;

int console_page(struct app *app);

#endif
