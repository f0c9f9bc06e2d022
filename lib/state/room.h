/*
 * room: how many records there may be, and what goes so that others find room.
 */
#ifndef WECHAT_ROOM_H
#define WECHAT_ROOM_H

#include <stdbool.h>
#include <stddef.h>

#include "state/shard.h"

struct arena;
struct err;
struct store_record;

/* Makes sure that one more record of name may be there, where its kind has limits: what expires
 * first goes, or ERR_FULL: as many are in force as may be, of all or of the record's person. */
int room_check(struct arena *arena, int root, enum store_kind kind, const char *name,
    const struct store_record *record, struct err *err) __attribute__((warn_unused_result));

/* Deletes what has expired, and after it the kind's grace, from one shard, chosen by draw (any
 * number), and temporary files that are an hour old. *deleted may be NULL. */
int room_sweep(struct arena *arena, int root, enum store_kind kind, unsigned draw, long long now,
    size_t *deleted, struct err *err) __attribute__((warn_unused_result));

/*
 * Where err says that the disk, or the quota, has no room: deletes all that has expired, of every
 * kind, what sign-ins left that ended a while ago, and folders that are empty. true: what failed is
 * worth another try.
 */
bool room_make(struct arena *arena, const char *state_dir, const struct err *err);

#endif
