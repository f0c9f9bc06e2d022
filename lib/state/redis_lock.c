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

static int
find_id(struct redis_base *base, struct err *err)
{
        struct redis_reply reply;

        if (redis_id(base->redis) != 0)
                return 0;
        if (redis_do(base, &reply, err, "CLIENT", "ID", NULL) != 0)
                return -1;
        redis_set_id(base->redis, reply.number);
        return 0;
}

/* Takes the lock of a connection that is gone. *taken: it is this process's. */
static int
try_take_over(
    struct redis_base *base, const char *key, const char *value, bool *taken, struct err *err)
{
        struct redis_reply held, connection;
        struct redis_question question;
        const char *id;

        if (redis_do(base, &held, err, "GET", key, NULL) != 0)
                return -1;
        if (held.kind != REDIS_TEXT)
                return 0; /* released meanwhile */
        id = arena_copy(base->arena, held.text, strcspn(held.text, " "));
        redis_ask_begin(&question, base->arena);
        redis_add(&question, "CLIENT", "LIST", "ID", id, NULL);
        if (redis_ask(base->redis, &question, &connection, err) != 0)
                return -1;
        if (connection.kind != REDIS_TEXT || connection.size > 0)
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

        if (find_id(base, err) != 0 || os_random_token(base->arena, &token, err) != 0)
                return -1;
        value = arena_printf(base->arena, "%lld %s", redis_id(base->redis), token);
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
