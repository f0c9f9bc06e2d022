/*
 * redis_primary: the connection to the server that has the state, which may be the primary that
 * Sentinels name.
 *
 * Sentinels are asked after each loss of the connection, and when their last answer is older than
 * REDIS_PRIMARY_FRESH_MS: a primary that hangs, is replaced, and comes back says for ten seconds
 * that it is still the primary. Programs for one request keep the answer in the file `primary` of
 * the folder in the address (redis_url.h), with mode 0600; there is nothing secret in it. The
 * answer is kept only once that server has confirmed that it is the primary.
 */
#ifndef WECHAT_REDIS_PRIMARY_H
#define WECHAT_REDIS_PRIMARY_H

struct arena;
struct err;
struct redis;
struct redis_primary;
struct redis_url;
struct state_server;

enum { REDIS_PRIMARY_FRESH_MS = 1000 };

/* Connects. To be called before the sandbox: the file cannot be reached from inside. ERR_SYSTEM. */
int redis_primary_open(struct arena *arena, const struct redis_url *url,
    struct redis_primary **primary, struct err *err) __attribute__((warn_unused_result));

/* Before another request: finds out whether it is still the primary, if that is not known, and
 * connects to another one. If that fails, each question of the request does. arena: of the request.
 */
void redis_primary_renew(struct redis_primary *primary, struct arena *arena);

/* Sets what is known of the Sentinels in server; nothing if there are none. ERR_SYSTEM. */
int redis_primary_describe(struct redis_primary *primary, struct arena *arena,
    struct state_server *server, struct err *err) __attribute__((warn_unused_result));

struct redis *redis_primary_connection(const struct redis_primary *primary);

/* Returns the TCP port of the server; 0: it is on a socket. */
int redis_primary_port(const struct redis_primary *primary);

#endif
