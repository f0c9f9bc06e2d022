#include "state/redis_primary.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/redis_url.h"
#include "host/atomic.h"
#include "host/file.h"
#include "host/os.h"
#include "host/redis.h"
#include "host/sentinel.h"
#include "state/store_server.h"

struct redis_primary {
        struct arena *arena;
        struct redis *redis;
        struct sentinel *sentinel; /* NULL: the server is known */
        size_t sentinel_count;
        const char *shown; /* the address of the Sentinels */
        const char *folder;
        struct redis_host at; /* host NULL: not known yet, or a socket */
        long long confirmed;  /* when the Sentinels and the server said so, by os_clock_ms() */
};

static const char name[] = "primary";

/* The longest is an IPv6 address with the name of its interface. */
enum { HOST_SIZE = 64, PORT_SIZE = 6 };

/* ---- the file: milliseconds, host, port, the address of the Sentinels ---- */

static bool
read_kept(const struct redis_primary *primary, struct redis_host *at, long long *confirmed)
{
        char host[HOST_SIZE], port[PORT_SIZE], *text;
        int folder, begin = 0;
        struct err ignored;
        long long age;
        size_t size;

        if (*primary->folder == '\0' ||
            file_open_folder(primary->arena, AT_FDCWD, primary->folder, false, &folder, &ignored) !=
                0 ||
            file_read_private(primary->arena, folder, name, &text, &size, &ignored) != 0 ||
            sscanf(text, "%lld %63s %5s %n", confirmed, host, port, &begin) != 3 || begin == 0 ||
            strcmp(text + begin, primary->shown) != 0)
                return false;
        *at = (struct redis_host){
            arena_strdup(primary->arena, host), arena_strdup(primary->arena, port)};
        age = os_clock_ms() - *confirmed;
        return age >= 0 && age < REDIS_PRIMARY_FRESH_MS;
}

/* Without the file, the next process asks the Sentinels. */
static void
keep(const struct redis_primary *primary)
{
        const char *text = arena_printf(primary->arena, "%lld %s %s %s", primary->confirmed,
            primary->at.host, primary->at.port, primary->shown);
        struct err ignored;
        int folder;

        if (*primary->folder != '\0' && file_open_folder(primary->arena, AT_FDCWD, primary->folder,
                                            true, &folder, &ignored) == 0)
                (void)!atomic_write(primary->arena, folder, name, text, strlen(text), os_now(),
                    ATOMIC_REPLACE | ATOMIC_UNSYNCED, &ignored);
}

/* ---- the primary ---- */

static int
move(struct redis_primary *primary, const struct redis_host *to, struct err *err)
{
        if (primary->at.host != NULL && strcmp(primary->at.host, to->host) == 0 &&
            strcmp(primary->at.port, to->port) == 0)
                return 0;
        primary->at = (struct redis_host){
            arena_strdup(primary->arena, to->host), arena_strdup(primary->arena, to->port)};
        return redis_move(primary->redis, to->host, to->port, err);
}

/* Asks the Sentinels, and the server that they name. */
static int
confirm(struct redis_primary *primary, struct arena *arena, struct err *err)
{
        long long begun = os_clock_ms();
        struct redis_question question;
        struct redis_reply reply;
        struct redis_host named;

        if (sentinel_ask(primary->sentinel, arena, &named, err) != 0 ||
            move(primary, &named, err) != 0)
                return redis_give_up(primary->redis, err);
        redis_ask_begin(&question, arena);
        redis_add(&question, "ROLE", NULL);
        if (redis_ask(primary->redis, &question, &reply, err) != 0)
                return -1;
        if (!redis_is_primary(primary->redis, &reply, err))
                return redis_give_up(primary->redis, err);
        primary->confirmed = begun;
        return 0;
}

int
redis_primary_open(struct arena *arena, const struct redis_url *url, struct redis_primary **primary,
    struct err *err)
{
        struct redis_primary *new = arena_alloc(arena, sizeof(*new));
        struct redis_host at;

        *primary = new;
        new->arena = arena;
        new->shown = redis_url_show(arena, url);
        new->folder = url->folder;
        new->sentinel_count = url->sentinel_count;
        if (redis_new(arena, url, &new->redis, err) != 0)
                return -1;
        if (url->sentinel_count == 0) {
                new->at = (struct redis_host){url->host, url->port};
                return redis_open(new->redis, err);
        }
        if (sentinel_new(arena, url, &new->sentinel, err) != 0)
                return -1;
        if (read_kept(new, &at, &new->confirmed) && move(new, &at, err) == 0 &&
            redis_open(new->redis, err) == 0)
                return 0;
        redis_renew(new->redis);
        if (confirm(new, arena, err) != 0)
                return -1;
        keep(new);
        return 0;
}

void
redis_primary_renew(struct redis_primary *primary, struct arena *arena)
{
        bool connected = redis_renew(primary->redis);
        struct err ignored;

        if (primary->sentinel != NULL &&
            (!connected || os_clock_ms() - primary->confirmed >= REDIS_PRIMARY_FRESH_MS))
                (void)!confirm(primary, arena, &ignored);
}

int
redis_primary_describe(struct redis_primary *primary, struct arena *arena,
    struct state_server *server, struct err *err)
{
        server->sentinels = (int)primary->sentinel_count;
        return primary->sentinel == NULL ? 0
                                         : sentinel_describe(primary->sentinel, arena,
                                               &server->watching, &server->quorum, err);
}

struct redis *
redis_primary_connection(const struct redis_primary *primary)
{
        return primary->redis;
}

int
redis_primary_port(const struct redis_primary *primary)
{
        return primary->at.host == NULL ? 0 : (int)strtol(primary->at.port, NULL, 10);
}
