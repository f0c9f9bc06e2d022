/*
 * notes: what the site's owner is shown of the past: errors of the last two days, as log lines, and
 * what owners did.
 *
 * <state_dir>/errors/YYYY-MM-DD (the day in Beijing): a line is the time, in seconds since 1970, a
 * blank, and the log line. <state_dir>/audit.jsonl: a line is a JSON object.
 */
#ifndef WECHAT_NOTES_H
#define WECHAT_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "host/lines.h"

struct arena;
struct err;

/* NOTES_DAY_MAX: bytes of errors that are kept of one day. */
enum { NOTES_DAY_MAX = 256 * 1024 };

/* Appends an error's log line to the day of now; the first one of a day deletes those of the day
 * before yesterday. Not durable. folder: the state folder. ERR_TOO_LARGE: the day has as many
 * already. ERR_SYSTEM. */
int notes_add_error(struct arena *arena, int folder, const char *line, long long now,
    struct err *err) __attribute__((warn_unused_result));

/* Calls visit for each error noted at since or later, newest first, until it returns false. line:
 * as it was given. ERR_SYSTEM. */
int notes_read_errors(struct arena *arena, int folder, long long since, long long now,
    bool (*visit)(void *context, long long when, const char *line), void *context, struct err *err)
    __attribute__((warn_unused_result));

/* Removes the errors whose line contains the openid, durably. ERR_SYSTEM: some may still be there.
 */
int notes_forget(struct arena *arena, int folder, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Appends a line, JSON without a line end, to what owners did; durably. ERR_SYSTEM: nothing was
 * added. */
int notes_audit(struct arena *arena, int folder, const char *line, struct err *err)
    __attribute__((warn_unused_result));

/* Calls visit for the latest lines (lines_read_back()), newest first. ERR_SYSTEM. */
int notes_read_audit(struct arena *arena, int folder, lines_visit *visit, void *context,
    struct err *err) __attribute__((warn_unused_result));

/* Calls visit for all lines, oldest first. ERR_SYSTEM. */
int notes_each_audit(struct arena *arena, int folder, lines_visit *visit, void *context,
    struct err *err) __attribute__((warn_unused_result));

#endif
