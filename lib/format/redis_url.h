/*
 * redis_url: the address of a Redis server and of a site's part of it, as in the setting state:
 *
 *     redis://user:password@host:port/database?prefix=name
 *     redis+unix://user:password@/path/to/the/socket?db=database&prefix=name
 *
 * Only the host, or the path, is required. A password alone is written `:password@`. Bytes that
 * mean something in an address are written %XX in user and password.
 */
#ifndef WECHAT_REDIS_URL_H
#define WECHAT_REDIS_URL_H

#include <stdbool.h>

struct arena;

enum { REDIS_PREFIX_MAX = 32, REDIS_DATABASE_MAX = 9999, REDIS_URL_MAX = 1000 };

struct redis_url {
        const char *host; /* NULL: path is the path of a socket */
        const char *port;
        const char *path;
        const char *user;     /* "": the default user */
        const char *password; /* "": none */
        int database;
        const char *prefix; /* what the names of all keys begin with */
        int wait;           /* replicas that have to confirm: wait=1, behind the question mark */
};

/* Is text the address of a Redis server, valid or not? */
bool redis_url_is_meant(const char *text);

/* Returns NULL if text is a valid address, else a description of valid ones that completes "must be
 * …" and has no part of text. */
const char *redis_url_check(const char *text);

/* Fills url from a valid address. */
void redis_url_parse(struct arena *arena, const char *text, struct redis_url *url);

/* Returns the address without user and password: for logs and pages. */
char *redis_url_show(struct arena *arena, const struct redis_url *url);

#endif
