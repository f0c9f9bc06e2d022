/*
 * redis_search: looks at many records in Redis, and tidies the indexes (redis_records.h).
 */
#ifndef WECHAT_REDIS_SEARCH_H
#define WECHAT_REDIS_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "state/redis_records.h"

struct err;
struct pairs;

/* Calls visit for each record of a kind, in no order, expired or not; one that is written meanwhile
 * may be visited twice. If the kind has no index, it looks at all keys. ERR_SYSTEM. */
int redis_each_record(struct redis_base *base, enum store_kind kind, text_visit *visit,
    void *context, struct err *err) __attribute__((warn_unused_result));

/* Guarantees and errors as state_find(), state_find_owned() and state_empty_owned(). */
int redis_find(struct redis_base *base, enum store_kind kind, const char *field, const char *value,
    struct pairs *names, struct err *err) __attribute__((warn_unused_result));
int redis_find_owned(struct redis_base *base, enum store_kind kind, const char *owner,
    struct pairs *names, struct err *err) __attribute__((warn_unused_result));
int redis_empty_owned(struct redis_base *base, enum store_kind kind, const char *owner,
    struct err *err) __attribute__((warn_unused_result));

/* Deletes the records of a kind with an index that expired before now minus its grace. Only one
 * call in sixteen does so, by draw (any number): Redis deletes them by itself as well. ERR_SYSTEM.
 */
int redis_sweep(struct redis_base *base, enum store_kind kind, unsigned draw, long long now,
    struct err *err) __attribute__((warn_unused_result));

#endif
