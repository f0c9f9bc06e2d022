/*
 * redis_url: the address of a Redis server and of a site's part of it, as in the setting state:
 *
 *     redis://user:password@host:port/database?prefix=name
 *     redis+unix://user:password@/path/to/the/socket?db=database&prefix=name
 *     redis-sentinel://user:password@host:port,host:port,host:port/group/database?prefix=name
 *
 * Only the host, or the path, or hosts and group, is required. A password alone is written
 * `:password@`. Bytes that mean something in an address are written %XX in user and password.
 *
 * With redis-sentinel the hosts are those of the Sentinels (port 26379), and the group is the name
 * by which they know the primary. User and password are those of the primary; the Sentinels' own
 * are sentinel_user= and sentinel_password=, behind the question mark.
 */
#ifndef WECHAT_REDIS_URL_H
#define WECHAT_REDIS_URL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum {
        REDIS_PREFIX_MAX = 32,
        REDIS_DATABASE_MAX = 9999,
        REDIS_URL_MAX = 1000,
        REDIS_SENTINELS_MAX = 9
};

struct redis_host {
        const char *host, *port;
};

struct redis_url {
        const char *host; /* NULL: path is the path of a socket, or the Sentinels know the host */
        const char *port;
        const char *path;
        struct redis_host sentinels[REDIS_SENTINELS_MAX];
        size_t sentinel_count; /* 0: there are none */
        const char *group;
        const char *sentinel_user;
        const char *sentinel_password;
        const char *user;     /* "": the default user */
        const char *password; /* "": none */
        int database;
        const char *prefix; /* what the names of all keys begin with */
        int wait;           /* replicas that have to confirm: wait=1, behind the question mark */
        const char
            *folder; /* folder=, the same: where the primary's address is kept; "": nowhere */
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
