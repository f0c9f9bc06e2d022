/* fault: how a call to the API is answered: as it should be, or with what the control page ordered.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>

#include "base/pairs.h"

struct app;

/* Is it what can be ordered: an errcode, or one of the ways to answer with something broken? */
bool fault_is_known(const char *fault);

/* Reads the switches. True: a fault was ordered for this call ("grant", "refresh", "userinfo",
 * "auth", "mini") and is answered already, or app->err is set. A slow answer is delayed and goes
 * on. */
bool fault_happens(struct app *app, const char *call, struct pairs *switches);

#endif
