/*
 * redis_records: records that expire, in Redis. The text is that of record.h; Redis deletes it a
 * minute after its end at the latest, and the times in the text decide.
 *
 * The functions have the guarantees and errors of those in state.h: redis_create() of
 * state_create(), and so on.
 */
#ifndef WECHAT_REDIS_RECORDS_H
#define WECHAT_REDIS_RECORDS_H

#include <stdbool.h>

#include "state/kind.h"
#include "state/record.h"
#include "state/redis_base.h"

struct err;
struct pairs;

/* Is there an index of the kind's records? Sessions and the like, which may be many, have none. */
bool redis_has_index(enum store_kind kind);

/* Returns the key of a record, and that of the index of its kind. */
char *redis_record_key(const struct redis_base *base, enum store_kind kind, const char *name);
char *redis_index_key(const struct redis_base *base, enum store_kind kind, const char *name);

int redis_create(struct redis_base *base, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));
int redis_replace(struct redis_base *base, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));
int redis_read(struct redis_base *base, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));
int redis_take(struct redis_base *base, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));
int redis_remove(struct redis_base *base, enum store_kind kind, const char *name, struct err *err)
    __attribute__((warn_unused_result));
int redis_count(struct redis_base *base, enum store_kind kind, const char *key, int change,
    long long now, long long seconds, int *count, struct err *err)
    __attribute__((warn_unused_result));

/* Adds a record with the text as it is. Errors as state_create(). */
int redis_add_text(struct redis_base *base, enum store_kind kind, const char *name,
    const struct store_record *record, const char *text, struct err *err)
    __attribute__((warn_unused_result));

/* Writes a record in the place of the text old, and of no other. ERR_EXISTS: there is another, or
 * none. ERR_SYSTEM. */
int redis_change_text(struct redis_base *base, enum store_kind kind, const char *name,
    const struct store_record *record, const char *old, struct err *err)
    __attribute__((warn_unused_result));

#endif
