/*
 * redis_notes: what the owner is shown of the past, in Redis: errors, counts by day; log lines for
 * later; names that are noted once.
 *
 * The functions have the guarantees and errors of those in state.h.
 */
#ifndef WECHAT_REDIS_NOTES_H
#define WECHAT_REDIS_NOTES_H

#include <stdbool.h>

#include "state/redis_base.h"
#include "state/tally.h"

struct err;

bool redis_note(struct redis_base *base, const char *name);
int redis_defer_log(struct redis_base *base, const char *text, struct err *err)
    __attribute__((warn_unused_result));
int redis_take_log(struct redis_base *base, const char **text, struct err *err)
    __attribute__((warn_unused_result));

int redis_note_error(struct redis_base *base, const char *line, long long now, struct err *err)
    __attribute__((warn_unused_result));
int redis_read_errors(struct redis_base *base, long long since, long long now,
    bool (*visit)(void *context, long long when, const char *line), void *context, struct err *err)
    __attribute__((warn_unused_result));

/* Removes the errors of the two days up to now whose line contains the openid. ERR_SYSTEM. */
int redis_forget_errors(struct redis_base *base, const char *openid, long long now, struct err *err)
    __attribute__((warn_unused_result));

/* Adds so many to a count of the day of now. */
int redis_tally(struct redis_base *base, enum state_tally kind, long long count, long long now,
    struct err *err) __attribute__((warn_unused_result));
int redis_read_tallies(struct redis_base *base, long long now, int days,
    long long counts[][TALLY_KINDS], struct err *err) __attribute__((warn_unused_result));

#endif
