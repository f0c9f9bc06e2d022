/*
 * room: limits the number of records, and deletes records to make room for others.
 */
#ifndef WECHAT_ROOM_H
#define WECHAT_ROOM_H

#include <stdbool.h>
#include <stddef.h>

#include "state/shard.h"

struct arena;
struct err;
struct store_record;

/* If the kind has limits, checks that one more record may be created under name. In a full shard of
 * a kind that evicts, deletes the record that expires first. ERR_FULL: as many records are in force
 * as allowed, in the shard or of the user whom the field "generation" names. ERR_SYSTEM. */
int room_check(struct arena *arena, int root, enum store_kind kind, const char *name,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Deletes, from one shard, selected by draw (any number), the records that expired before now minus
 * the kind's grace, and temporary files more than an hour older than now. *deleted: how many;
 * deleted may be NULL. ERR_SYSTEM. */
int room_sweep(struct arena *arena, int root, enum store_kind kind, unsigned draw, long long now,
    size_t *deleted, struct err *err) __attribute__((warn_unused_result));

/*
 * If err says that the disk or the quota is full (ENOSPC, EDQUOT), deletes all expired records of
 * every kind, claims, codes and waiting computers created more than 15 seconds ago, temporary files
 * more than an hour old, and empty folders of shards. Returns whether it did: then what failed is
 * worth another try.
 */
bool room_make(struct arena *arena, const char *state_dir, const struct err *err);

#endif
