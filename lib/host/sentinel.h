/*
 * sentinel: asks the Sentinels of a group of Redis servers which of them is the primary.
 *
 * What more than half of the Sentinels in the address name is the primary. One that was frozen or
 * cut off together with an earlier primary still names that one.
 */
#ifndef WECHAT_SENTINEL_H
#define WECHAT_SENTINEL_H

struct arena;
struct err;
struct redis_host;
struct redis_url;
struct sentinel;

/* How long one Sentinel may take to answer. They are asked one after the other. */
enum { SENTINEL_ANSWER_MS = 200 };

/* Looks the Sentinels up; does not connect. Their connections last as long as the arena.
 * ERR_SYSTEM: there is no such host, or these programs were built without hiredis. */
int sentinel_new(struct arena *arena, const struct redis_url *url, struct sentinel **sentinel,
    struct err *err) __attribute__((warn_unused_result));

/* Returns the primary's address, in the arena. ERR_SYSTEM: no more than half of the Sentinels name
 * the same. */
int sentinel_ask(struct sentinel *sentinel, struct arena *arena, struct redis_host *primary,
    struct err *err) __attribute__((warn_unused_result));

/* Sets how many Sentinels know of each other, and how many have to miss the primary before it is
 * replaced, as the first one that answers says. ERR_SYSTEM: none does. */
int sentinel_describe(struct sentinel *sentinel, struct arena *arena, int *watching, int *quorum,
    struct err *err) __attribute__((warn_unused_result));

#endif
