/*
 * shard: where the records of a kind lie: <state_dir>/<kind>/<shard>/<name>. A name is 64 hex
 * digits, and a shard the first few of them.
 */
#ifndef WECHAT_SHARD_H
#define WECHAT_SHARD_H

#include <stdbool.h>

#include "state/kind.h"

struct arena;
struct err;
struct store_record;

/* Opens the shard that name, or the beginning of one, belongs to, in the state folder root.
 * ERR_NOT_FOUND: create is not set, and it is not there; ERR_SYSTEM. */
int shard_open(struct arena *arena, int root, enum store_kind kind, const char *name, bool create,
    int *folder, struct err *err) __attribute__((warn_unused_result));

/* Reads the record of a name in an open shard. ERR_NOT_FOUND; ERR_SYSTEM: it cannot be read. */
int shard_read(struct arena *arena, int folder, enum store_kind kind, const char *name,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Calls visit for each shard of a kind that is there, with an arena that ends with the call; stops
 * where it returns not 0, and returns that. */
int shard_each(struct arena *arena, int root, enum store_kind kind,
    int (*visit)(void *context, struct arena *arena, int parent, const char *shard, int folder),
    void *context, struct err *err) __attribute__((warn_unused_result));

#endif
