#include "state/redis_pushes.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "host/os.h"
#include "state/redis_lock.h"
#include "state/redis_records.h"
#include "state/store.h"

static const char *
mark_of(struct redis_base *base, const char *key)
{
        return arena_printf(base->arena, "%s begun", key);
}

/* Reads a record of a push; *found is false if there is none. */
static int
read_push(struct redis_base *base, const char *key, struct store_record *record, bool *found,
    struct err *err)
{
        *found = redis_read(base, STORE_PUSH, store_name(base->arena, STORE_PUSH, key), os_now(),
                     record, err) == 0;
        return *found ? 0 : err_accept(err, ERR_NOT_FOUND);
}

static void
release(void *handle)
{
        redis_end_push(handle);
}

int
redis_begin_push(struct redis_base *base, const char *key, long long until, const char **reply,
    bool *marked, struct err *err)
{
        const char *lock = redis_key(base, "lock:%s", store_name(base->arena, STORE_PUSH, key));
        struct store_record record;
        bool answered;

        redis_end_push(base);
        if (redis_lock_acquire(base, lock, until, &base->push, err) != 0)
                return -1;
        arena_defer(base->arena, release, base);
        if (read_push(base, key, &record, &answered, err) != 0)
                return -1;
        *reply = answered ? pairs_get_text(&record.fields, "reply") : NULL;
        base->marked = false;
        if (marked == NULL)
                return 0;
        if (!answered && read_push(base, mark_of(base, key), &record, &base->marked, err) != 0)
                return -1;
        *marked = base->marked;
        return 0;
}

/* Writes a record of the push while its lock is held, and only then. */
static int
write_push(
    struct redis_base *base, const char *key, const struct store_record *record, struct err *err)
{
        const struct redis_lock *outer = base->fence;
        int result;

        if (base->push.key != NULL)
                base->fence = &base->push;
        result = redis_replace(base, STORE_PUSH, key, record, err);
        base->fence = outer;
        return result;
}

int
redis_mark_push(
    struct redis_base *base, const char *key, long long now, long long expires, struct err *err)
{
        struct store_record record = {.created = now, .expires = expires};

        pairs_init(&record.fields, base->arena);
        pairs_add(&record.fields, "begun", "1");
        base->marked = write_push(base, mark_of(base, key), &record, err) == 0;
        return base->marked ? 0 : -1;
}

int
redis_finish_push(struct redis_base *base, const char *key, const char *reply, long long now,
    long long expires, struct err *err)
{
        struct store_record record = {.created = now, .expires = expires}, mark;
        bool emptied = false, found;

        if (base->marked) {
                if (read_push(base, mark_of(base, key), &mark, &found, err) != 0)
                        return -1;
                emptied = found && pairs_get(&mark.fields, "begun") == NULL;
        }
        pairs_init(&record.fields, base->arena);
        pairs_add(&record.fields, "reply", emptied ? "" : reply);
        if (write_push(base, key, &record, err) != 0)
                return -1;
        if (base->marked && redis_remove(base, STORE_PUSH,
                                store_name(base->arena, STORE_PUSH, mark_of(base, key)), err) != 0)
                return -1;
        base->marked = false;
        return 0;
}

void
redis_end_push(struct redis_base *base)
{
        redis_lock_release(base, &base->push);
}
