/*
 * shard: the folders of the records: <state_dir>/<kind>/<shard>/<name>. A name is 64 hex digits;
 * the first few of them are the shard.
 */
#ifndef WECHAT_SHARD_H
#define WECHAT_SHARD_H

#include <stdbool.h>

#include "state/kind.h"

struct arena;
struct err;
struct store_record;

/* Opens the shard of name, which may be the beginning of a name, in the state folder root. The
 * arena closes the descriptor. ERR_NOT_FOUND: the shard is missing, and create is false.
 * ERR_SYSTEM. */
int shard_open(struct arena *arena, int root, enum store_kind kind, const char *name, bool create,
    int *folder, struct err *err) __attribute__((warn_unused_result));

/* Reads the record of a name in an open shard, whether or not it is in force. ERR_NOT_FOUND: it is
 * missing, or broken by a power cut and of a kind that does not last. ERR_SYSTEM: it is broken
 * otherwise, is of another version, or cannot be read. */
int shard_read(struct arena *arena, int folder, enum store_kind kind, const char *name,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* The same without an open shard, in the state folder root: its folders are only looked at. */
int shard_read_closed(struct arena *arena, int root, enum store_kind kind, const char *name,
    struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Calls visit for each shard of a kind that exists, with an arena that is freed after the call.
 * Stops if visit returns non-zero, and returns that. ERR_SYSTEM: a folder cannot be opened. */
int shard_each(struct arena *arena, int root, enum store_kind kind,
    int (*visit)(void *context, struct arena *arena, int parent, const char *shard, int folder),
    void *context, struct err *err) __attribute__((warn_unused_result));

#endif
