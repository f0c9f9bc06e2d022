/*
 * redis_pushes: each push takes effect once, in Redis: a lock while it is worked on
 * (redis_lock.h), a mark, and the reply as a record. A worker whose lock was lost stores nothing.
 *
 * The functions have the guarantees and errors of those in state.h.
 */
#ifndef WECHAT_REDIS_PUSHES_H
#define WECHAT_REDIS_PUSHES_H

#include <stdbool.h>

#include "state/redis_base.h"

struct err;

int redis_begin_push(struct redis_base *base, const char *key, long long until, const char **reply,
    bool *marked, struct err *err) __attribute__((warn_unused_result));
int redis_mark_push(struct redis_base *base, const char *key, long long now, long long expires,
    struct err *err) __attribute__((warn_unused_result));
int redis_finish_push(struct redis_base *base, const char *key, const char *reply, long long now,
    long long expires, struct err *err) __attribute__((warn_unused_result));
void redis_end_push(struct redis_base *base);

#endif
