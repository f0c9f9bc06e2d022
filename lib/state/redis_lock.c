#include "state/redis_lock.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/os.h"

enum { WAIT_MS = 20 };

static const char take_over[] = "if redis.call('GET',KEYS[1])~=ARGV[1] then return 0 end "
                                "redis.call('SET',KEYS[1],ARGV[2],'EX',ARGV[3]) return 1";
static const char let_go[] =
    "if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0";

/* Numbers of connections begin again with each start of a server, and each server of a group has
 * its own; so the connection gets a name, too. */
static int
make_known(struct redis_base *base, struct err *err)
{
        struct redis_question question;
        struct redis_reply replies[2];
        char *name;

        if (*redis_known_as(base->redis) != '\0')
                return 0;
        if (os_random_token(base->arena, &name, err) != 0)
                return -1;
        redis_ask_begin(&question, base->arena);
        redis_add(&question, "CLIENT", "ID", NULL);
        redis_add(&question, "CLIENT", "SETNAME", name, NULL);
        if (redis_do_all(base, &question, replies, err) != 0)
                return -1;
        redis_set_known_as(base->redis, replies[0].number, name);
        return 0;
}

/* Is the holder's connection still there, or does the server not tell? */
static int
is_there(struct redis_base *base, const char *held, bool *there, struct err *err)
{
        size_t size = strcspn(held, " ");
        const char *name = held + size + (held[size] == ' ');
        struct redis_question question;
        struct redis_reply connection;

        redis_ask_begin(&question, base->arena);
        redis_add(&question, "CLIENT", "LIST", "ID", arena_copy(base->arena, held, size), NULL);
        if (redis_ask(base->redis, &question, &connection, err) != 0)
                return -1;
        *there = connection.kind != REDIS_TEXT ||
                 strstr(connection.text, arena_printf(base->arena, " name=%.*s ",
                                             (int)strcspn(name, " "), name)) != NULL;
        return 0;
}

/* Takes the lock of a connection that is gone. *taken: it is this process's. */
static int
try_take_over(
    struct redis_base *base, const char *key, const char *value, bool *taken, struct err *err)
{
        struct redis_reply held;
        bool there;

        if (redis_do(base, &held, err, "GET", key, NULL) != 0)
                return -1;
        if (held.kind != REDIS_TEXT)
                return 0; /* released meanwhile */
        if (is_there(base, held.text, &there, err) != 0)
                return -1;
        if (there)
                return 0;
        if (redis_run(base, take_over, &key, 1,
                (const char *const[]){held.text, value, redis_word(base, REDIS_LOCK_SECONDS)}, 3,
                &held, err) != 0)
                return -1;
        *taken = held.number == 1;
        return 0;
}

int
redis_lock_acquire(struct redis_base *base, const char *key, long long until,
    struct redis_lock *lock, struct err *err)
{
        struct redis_reply reply;
        bool taken;
        char *token, *value;

        if (make_known(base, err) != 0 || os_random_token(base->arena, &token, err) != 0)
                return -1;
        value = arena_printf(base->arena, "%s %s", redis_known_as(base->redis), token);
        for (;;) {
                if (redis_do(base, &reply, err, "SET", key, value, "NX", "EX",
                        redis_word(base, REDIS_LOCK_SECONDS), NULL) != 0)
                        return -1;
                taken = reply.kind == REDIS_TEXT;
                if (!taken && try_take_over(base, key, value, &taken, err) != 0)
                        return -1;
                if (taken)
                        break;
                if (os_clock_ms() >= until)
                        return err_set(
                            err, ERR_BUSY, "state: another process is still at work on this");
                os_sleep(WAIT_MS);
        }
        *lock = (struct redis_lock){key, value};
        return 0;
}

void
redis_lock_release(struct redis_base *base, struct redis_lock *lock)
{
        struct redis_reply reply;
        struct err ignored;

        if (lock->key != NULL)
                (void)!redis_run(base, let_go, &lock->key, 1, &lock->value, 1, &reply, &ignored);
        *lock = (struct redis_lock){NULL, NULL};
}
