/*
 * redis_journal: the pushes in Redis, one stream for each day (Beijing), and what owners did, one
 * stream for ever. An entry has one field, "line".
 *
 * The functions have the guarantees and errors of those in state.h.
 */
#ifndef WECHAT_REDIS_JOURNAL_H
#define WECHAT_REDIS_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "host/lines.h"
#include "state/redis_base.h"

struct buf;
struct err;
struct pairs;

int redis_log(struct redis_base *base, const char *line, long long days, long long now,
    struct err *err) __attribute__((warn_unused_result));
int redis_forget_lines(struct redis_base *base, const char *openid, struct err *err)
    __attribute__((warn_unused_result));
int redis_find_lines(struct redis_base *base, const char *openid, size_t size, struct buf *lines,
    bool *all, struct err *err) __attribute__((warn_unused_result));
int redis_last_log(struct redis_base *base, long long *when, struct err *err)
    __attribute__((warn_unused_result));
int redis_read_day(struct redis_base *base, const char *day, lines_visit *visit, void *context,
    struct err *err) __attribute__((warn_unused_result));

/* Adds the days that have lines to days, as values, oldest first. ERR_SYSTEM. */
int redis_list_days(struct redis_base *base, struct pairs *days, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes the days that are no longer kept; days as for state_tidy(). ERR_SYSTEM. */
int redis_sweep_days(struct redis_base *base, long long days, long long now, struct err *err)
    __attribute__((warn_unused_result));

int redis_audit(struct redis_base *base, const char *line, struct err *err)
    __attribute__((warn_unused_result));
int redis_read_audit(struct redis_base *base, lines_visit *visit, void *context, struct err *err)
    __attribute__((warn_unused_result));

/* Calls visit for all that owners did, oldest first. ERR_SYSTEM. */
int redis_each_audit(struct redis_base *base, lines_visit *visit, void *context, struct err *err)
    __attribute__((warn_unused_result));

#endif
