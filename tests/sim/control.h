/* control: the page, or for scripts the JSON call, that sets the switches: who signs in silently,
 * and which faults occur. */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

struct app;

int control_page(struct app *app);

#endif
