/* state: the simulator's data: tickets, codes and tokens (in the kit's store), switches, and the
 * journal of requests. */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include <stdbool.h>

#include "state/state.h"

struct app;

enum kept_kind { STATE_TICKET, STATE_CODE, STATE_ACCESS, STATE_REFRESH };

/* Stores fields under a new random key that is valid for that many seconds. With the switch
 * long_tokens, the keys of tokens have the greatest length allowed. */
int kept_issue(struct app *app, enum kept_kind kind, const struct pairs *fields, long long seconds,
    char **key) __attribute__((warn_unused_result));

/* Finds the record of a key. ERR_NOT_FOUND: there is none. */
int kept_find(struct app *app, enum kept_kind kind, const char *key, struct store_record *record)
    __attribute__((warn_unused_result));

/* Replaces the record of a key. */
int kept_replace(struct app *app, enum kept_kind kind, const char *key,
    const struct store_record *record) __attribute__((warn_unused_result));

/* Uses a key up. ERR_EXISTS: it was used before, or at the same moment. */
int kept_use(struct app *app, enum kept_kind kind, const char *key)
    __attribute__((warn_unused_result));

/* Locks the switches, to read and then change them; lock_release() unlocks them. */
int kept_lock_switches(struct app *app, int *lock) __attribute__((warn_unused_result));

/* Read and write the switches of the control page; those not set are absent. */
int kept_read_switches(struct app *app, struct pairs *switches) __attribute__((warn_unused_result));
int kept_write_switches(struct app *app, const struct pairs *switches)
    __attribute__((warn_unused_result));

/* Adds a line about this request to <state_dir>/requests.jsonl, without secrets. */
int kept_journal(struct app *app, const char *answer) __attribute__((warn_unused_result));

#endif
