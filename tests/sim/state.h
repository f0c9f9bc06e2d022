/* state: what the simulator remembers: tickets, codes, tokens (the kit's store), switches, and the
 * journal of what it was asked. */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include <stdbool.h>

#include "state/state.h"

struct app;

enum kept_kind { STATE_TICKET, STATE_CODE, STATE_ACCESS, STATE_REFRESH };

/* Keeps fields under a new random key that lives so many seconds. Keys of tokens are as long as
 * they may be where the control page says so. */
int kept_issue(struct app *app, enum kept_kind kind, const struct pairs *fields, long long seconds,
    char **key) __attribute__((warn_unused_result));

/* Finds them; ERR_NOT_FOUND. */
int kept_find(struct app *app, enum kept_kind kind, const char *key, struct store_record *record)
    __attribute__((warn_unused_result));

/* Changes them. */
int kept_replace(struct app *app, enum kept_kind kind, const char *key,
    const struct store_record *record) __attribute__((warn_unused_result));

/* Uses a key up: ERR_EXISTS when it was used before, also at the same moment. */
int kept_use(struct app *app, enum kept_kind kind, const char *key)
    __attribute__((warn_unused_result));

/* Holds the switches for one who reads and then changes them; lock_release() gives them back. */
int kept_lock_switches(struct app *app, int *lock) __attribute__((warn_unused_result));

/* The control page's switches; none where nothing was switched. */
int kept_read_switches(struct app *app, struct pairs *switches) __attribute__((warn_unused_result));
int kept_write_switches(struct app *app, const struct pairs *switches)
    __attribute__((warn_unused_result));

/* Adds a line about this request to <state_dir>/requests.jsonl; secrets are left out. */
int kept_journal(struct app *app, const char *answer) __attribute__((warn_unused_result));

#endif
