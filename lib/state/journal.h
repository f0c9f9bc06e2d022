/*
 * journal: the pushes, one file per day (UTC+8, Beijing), one JSON object per line:
 * <state_dir>/events/YYYY-MM-DD.jsonl.
 */
#ifndef WECHAT_JOURNAL_H
#define WECHAT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "host/lines.h"

struct arena;
struct buf;
struct err;
struct pairs;

/* Appends a line, JSON without a line end, to the file of the day of now; durable when this returns
 * 0. days: how many days back files are kept; the first line of a day deletes older ones.
 * ERR_SYSTEM: the line may have been appended all the same. */
int journal_append(struct arena *arena, const char *state_dir, const char *line, long long days,
    long long now, struct err *err) __attribute__((warn_unused_result));

/* Calls visit for each line of a day, given as "2026-11-24", oldest first, until it returns false.
 * No day, or one without lines: there is nothing to visit. ERR_SYSTEM. */
int journal_read(struct arena *arena, const char *state_dir, const char *day, lines_visit *visit,
    void *context, struct err *err) __attribute__((warn_unused_result));

/* Removes, durably and from all files, the lines that have the openid as a value. Each file is
 * replaced as a whole; lines appended meanwhile stay. ERR_SYSTEM: some of the lines may still be
 * there. */
int journal_forget(struct arena *arena, const char *state_dir, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Adds to lines those that have the openid as a value, each with a line end, the oldest first: of
 * more than size bytes the latest ones, and then *all is false. ERR_SYSTEM. */
int journal_find(struct arena *arena, const char *state_dir, const char *openid, size_t size,
    struct buf *lines, bool *all, struct err *err) __attribute__((warn_unused_result));

/* Adds the days that have a file, as values such as "2026-11-24", in no order. ERR_SYSTEM. */
int journal_days(struct arena *arena, const char *state_dir, struct pairs *days, struct err *err)
    __attribute__((warn_unused_result));

/* Sets *when to the time at which the latest line was written, in seconds since 1970; 0: there is
 * no journal. ERR_SYSTEM. */
int journal_last(struct arena *arena, const char *state_dir, long long *when, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes the files of days that are no longer kept (days as for journal_append(); 0: of all days),
 * and temporary files more than an hour older than now, left by processes that died. A missing
 * journal is not an error. ERR_SYSTEM. */
int journal_sweep(struct arena *arena, const char *state_dir, long long days, long long now,
    struct err *err) __attribute__((warn_unused_result));

#endif
