/* state: the simulator's data: tickets, codes and tokens (in the kit's store), switches, and the
 * journal of requests. docs.h has the rest. */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include <stdbool.h>

#include "state/state.h"

struct app;

enum kept_kind {
        STATE_TICKET,
        STATE_CODE,
        STATE_ACCESS,
        STATE_REFRESH,
        STATE_QR,        /* what a QR code of the account holds */
        STATE_QR_TICKET, /* which code a ticket is for */
        STATE_MEDIA      /* an uploaded file, without its bytes */
};

enum { KEPT_LONG = 512 }; /* characters of a token of the greatest length */

/* Opens the state folder. */
int kept_folder(struct app *app, int *folder) __attribute__((warn_unused_result));

/* Makes a random text of that size, with - and _ as well as letters and digits. */
int kept_random(struct app *app, size_t size, char **text) __attribute__((warn_unused_result));

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

/* Adds a line about this request to <state_dir>/requests.jsonl, with the JSON of its body, without
 * secrets and tokens. */
int kept_journal(struct app *app, const char *answer) __attribute__((warn_unused_result));

#endif
