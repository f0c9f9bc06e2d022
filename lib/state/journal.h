/*
 * journal: what happened, a file a day: <state_dir>/events/YYYY-MM-DD.jsonl, the day in Beijing
 * (UTC+8), one JSON object a line.
 */
#ifndef WECHAT_JOURNAL_H
#define WECHAT_JOURNAL_H

struct arena;
struct err;

/* Adds a line, JSON without a line end, durably when it returns 0. Who begins a day deletes the
 * files that are more than days old. ERR_SYSTEM. */
int journal_append(struct arena *arena, const char *state_dir, const char *line, long long days,
    long long now, struct err *err) __attribute__((warn_unused_result));

/* Removes the lines that have the openid as a value, from all files. Each file is old or new,
 * whatever happens; what is added at that moment stays. ERR_SYSTEM: some may be there still. */
int journal_forget(struct arena *arena, const char *state_dir, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes temporary files that are more than an hour older than now, which processes left that were
 * ended. ERR_SYSTEM. */
int journal_sweep(struct arena *arena, const char *state_dir, long long now, struct err *err)
    __attribute__((warn_unused_result));

#endif
