/*
 * away: finds users who have been away for long (member.h).
 */
#ifndef WECHAT_AWAY_H
#define WECHAT_AWAY_H

struct arena;
struct err;
struct member_away;
struct pairs;

/* AWAY_LOOKS_MAX: users that are looked at, and the rest of their shard; AWAY_SHARDS_MAX: shards;
 * AWAY_FOUND_MAX: users that are found. */
enum { AWAY_LOOKS_MAX = 64, AWAY_SHARDS_MAX = 512, AWAY_FOUND_MAX = 8 };

/* Adds to openids, as values, some of the users who are away. Looks at a part of the users, from
 * the shard on that draw (any number) selects. Files that cannot be read are passed over.
 * ERR_SYSTEM. */
int away_find(struct arena *arena, const char *state_dir, unsigned draw,
    const struct member_away *away, struct pairs *openids, struct err *err)
    __attribute__((warn_unused_result));

#endif
