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

#endif
