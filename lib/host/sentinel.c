#include "host/sentinel.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/redis_url.h"
#include "host/redis.h"

struct sentinel {
        struct redis *connections[REDIS_SENTINELS_MAX];
        size_t count;
        const char *group;
};

int
sentinel_new(
    struct arena *arena, const struct redis_url *url, struct sentinel **sentinel, struct err *err)
{
        struct sentinel *new = arena_alloc(arena, sizeof(*new));

        new->count = url->sentinel_count;
        new->group = url->group;
        for (size_t i = 0; i < new->count; i++) {
                const struct redis_url one = {.host = url->sentinels[i].host,
                    .port = url->sentinels[i].port,
                    .user = url->sentinel_user,
                    .password = url->sentinel_password,
                    .prefix = ""};

                if (redis_new(arena, &one, &new->connections[i], err) != 0)
                        return -1;
                redis_limit(new->connections[i], SENTINEL_ANSWER_MS);
        }
        *sentinel = new;
        return 0;
}

/* Asks one Sentinel about the group. */
static int
ask(const struct sentinel *sentinel, struct redis *redis, struct arena *arena, const char *what,
    struct redis_reply *reply, struct err *err)
{
        struct redis_question question;

        redis_renew(redis);
        redis_ask_begin(&question, arena);
        redis_add(&question, "SENTINEL", what, sentinel->group, NULL);
        if (redis_ask(redis, &question, reply, err) != 0)
                return -1;
        return reply->kind == REDIS_ERROR ? redis_refuse(redis, reply, err) : 0;
}

static int
ask_one(const struct sentinel *sentinel, struct redis *redis, struct arena *arena,
    struct redis_host *primary, struct err *err)
{
        struct redis_reply reply;

        if (ask(sentinel, redis, arena, "GET-MASTER-ADDR-BY-NAME", &reply, err) != 0)
                return -1;
        if (reply.kind != REDIS_LIST || reply.count != 2 || reply.items[0].kind != REDIS_TEXT ||
            reply.items[1].kind != REDIS_TEXT)
                return err_set(err, ERR_SYSTEM,
                    "state: %s is a Sentinel that knows no primary of that name: check the name "
                    "in the setting state",
                    redis_server(redis));
        *primary = (struct redis_host){reply.items[0].text, reply.items[1].text};
        return 0;
}

int
sentinel_ask(
    struct sentinel *sentinel, struct arena *arena, struct redis_host *primary, struct err *err)
{
        struct redis_host named[REDIS_SENTINELS_MAX];
        struct err last = {.kind = ERR_NONE};
        size_t count = 0, same;

        for (size_t i = 0; i < sentinel->count; i++) {
                if (ask_one(sentinel, sentinel->connections[i], arena, &named[count], &last) != 0)
                        continue;
                same = 1;
                for (size_t j = 0; j < count; j++)
                        same += strcmp(named[j].host, named[count].host) == 0 &&
                                strcmp(named[j].port, named[count].port) == 0;
                if (same > sentinel->count / 2) {
                        *primary = named[count];
                        return 0;
                }
                count++;
        }
        return err_set(err, ERR_SYSTEM,
            "state: more than half of %zu Sentinels must name the same primary, and %zu answered: "
            "%s",
            sentinel->count, count,
            last.kind == ERR_NONE ? "they do not agree yet" : last.text + strlen("state: "));
}

/* Returns the number behind a name in a list of names and values; 0: there is none. */
static int
find_number(const struct redis_reply *list, const char *name)
{
        for (size_t i = 0; i + 1 < list->count; i += 2)
                if (strcmp(list->items[i].text, name) == 0)
                        return (int)strtol(list->items[i + 1].text, NULL, 10);
        return 0;
}

int
sentinel_describe(
    struct sentinel *sentinel, struct arena *arena, int *watching, int *quorum, struct err *err)
{
        struct redis_reply reply;

        for (size_t i = 0; i < sentinel->count; i++)
                if (ask(sentinel, sentinel->connections[i], arena, "MASTER", &reply, err) == 0) {
                        *watching = find_number(&reply, "num-other-sentinels") + 1;
                        *quorum = find_number(&reply, "quorum");
                        return 0;
                }
        return -1;
}
