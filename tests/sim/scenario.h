/* scenario: what goes wrong at WeChat in practice, each a set of switches with a name. */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

/* Returns the switches of a scenario, as a form ("fault_grant=40163"); NULL: there is none of that
 * name. */
const char *scenario_find(const char *id);

#endif
