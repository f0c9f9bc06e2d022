/* fault: answers a call to the API with the fault that is set on the control page. */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>

#include "base/pairs.h"

struct app;

/* Can it be set: is it an errcode, or the name of a broken answer? */
bool fault_is_known(const char *fault);

/* Reads the switches. Returns true if a fault is set for this call ("grant", "menu_create") and has
 * been sent as the answer, or if app->err is set. A delay alone is not a fault: it waits, and
 * returns false. */
bool fault_happens(struct app *app, const char *call, struct pairs *switches);

#endif
