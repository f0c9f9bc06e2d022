/*
 * pool: which programs a process for many requests serves. Some requests wait for WeChat, or for
 * the owner's handler, up to eight seconds. Served by processes of their own, they hold up nobody
 * else, and the others need no network.
 */
#ifndef WECHAT_POOL_H
#define WECHAT_POOL_H

#include <stdbool.h>

struct app_program;
struct arena;

enum pool {
        POOL_ALL,
        POOL_QUICK, /* programs that never wait */
        POOL_SLOW   /* the others, and those that are run by programs only */
};

/* Reads the name of a pool: "all", "quick" or "slow". Returns false if it is none. */
bool pool_parse(const char *name, enum pool *pool);

/* Does the pool serve this program? One that may have another answer in its place (.instead) is in
 * both. */
bool pool_has(enum pool pool, const struct app_program *program);

/* Returns those of programs, a list that ends with NULL, that the pool serves or, with serves
 * false, that it does not. */
const struct app_program *const *pool_choose(
    struct arena *arena, enum pool pool, const struct app_program *const *programs, bool serves);

#endif
