/* control: the page, and for scripts the call, that chooses the silent person and what goes wrong.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

struct app;

int control_page(struct app *app);

#endif
