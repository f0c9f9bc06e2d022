#include "state/redis_search.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/digest.h"
#include "state/store.h"

enum { BATCH = 100, SCAN_COUNT = 1000, OWNER_DIGITS = DIGEST_HEX_SIZE / 2, SWEEPS = 16, TRIES = 5 };

struct walk {
        struct redis_base *base;
        enum store_kind kind;
        text_visit *visit; /* NULL: it wants no more */
        void *context;
};

/* Returns a record's name from its key; NULL: it is no record's. */
static char *
name_of(const struct redis_base *base, enum store_kind kind, const char *key)
{
        const char *start = redis_record_key(base, kind, "");
        char *name;

        if (!kind_of(kind)->owned)
                name = text_starts_with(key, start) ? arena_strdup(base->arena, key + strlen(start))
                                                    : NULL;
        else {
                size_t size = strlen(redis_key(base, "%s:{", kind_of(kind)->folder));

                if (strlen(key) != size + OWNER_DIGITS + 1 + OWNER_DIGITS)
                        return NULL;
                name = arena_printf(
                    base->arena, "%.*s%s", OWNER_DIGITS, key + size, key + size + OWNER_DIGITS + 1);
        }
        return name != NULL && text_is_id(name, DIGEST_HEX_SIZE, DIGEST_HEX_SIZE) ? name : NULL;
}

/* Reads the texts of these keys and visits them. */
static int
visit_keys(struct walk *walk, const char **keys, size_t count, struct err *err)
{
        const char *words[BATCH + 1] = {"MGET"};
        struct redis_question question;
        struct redis_reply reply;

        if (count == 0)
                return 0;
        memcpy(words + 1, keys, count * sizeof(*keys));
        redis_ask_begin(&question, walk->base->arena);
        redis_add_words(&question, words, count + 1);
        if (redis_do_all(walk->base, &question, &reply, err) != 0)
                return -1;
        for (size_t i = 0; i < reply.count && i < count && walk->visit != NULL; i++) {
                const struct redis_reply *text = &reply.items[i];
                const char *name = name_of(walk->base, walk->kind, keys[i]);

                if (text->kind == REDIS_TEXT && name != NULL &&
                    !walk->visit(walk->context, name, text->text, text->size))
                        walk->visit = NULL;
        }
        return 0;
}

static int
visit_list(struct walk *walk, const struct redis_reply *list, bool are_names, struct err *err)
{
        const char *keys[BATCH];
        size_t count = 0;

        for (size_t i = 0; i < list->count && walk->visit != NULL; i++) {
                const char *text = list->items[i].text;

                if (!are_names && name_of(walk->base, walk->kind, text) == NULL)
                        continue;
                keys[count++] = are_names ? redis_record_key(walk->base, walk->kind, text) : text;
                if (count < BATCH)
                        continue;
                if (visit_keys(walk, keys, count, err) != 0)
                        return -1;
                count = 0;
        }
        return walk->visit == NULL ? 0 : visit_keys(walk, keys, count, err);
}

/* Visits what one step of SCAN finds. */
static int
visit_step(struct walk *walk, char cursor[32], struct err *err)
{
        struct redis_base *base = walk->base;
        const char *pattern = redis_key(base, "%s:*", kind_of(walk->kind)->folder);
        struct redis_reply reply;

        if (redis_do(base, &reply, err, "SCAN", cursor, "MATCH", pattern, "COUNT",
                redis_word(base, SCAN_COUNT), NULL) != 0)
                return -1;
        if (reply.count != 2 || reply.items[0].size >= 32)
                return err_set(err, ERR_SYSTEM, "state: gave an answer that cannot be read");
        memcpy(cursor, reply.items[0].text, reply.items[0].size + 1);
        return visit_list(walk, &reply.items[1], false, err);
}

static int
scan(struct walk *walk, struct err *err)
{
        struct arena *outer = walk->base->arena;
        char cursor[32] = "0";
        int result;

        walk->base->arena = arena_begin(outer);
        do {
                result = visit_step(walk, cursor, err);
                arena_reset(walk->base->arena);
        } while (result == 0 && walk->visit != NULL && strcmp(cursor, "0") != 0);
        arena_free(walk->base->arena);
        walk->base->arena = outer;
        return result;
}

int
redis_each_record(struct redis_base *base, enum store_kind kind, text_visit *visit, void *context,
    struct err *err)
{
        struct walk walk = {base, kind, visit, context};
        struct redis_reply names;

        if (!redis_has_index(kind) || kind_of(kind)->owned)
                return scan(&walk, err);
        return redis_do(base, &names, err, "ZRANGE", redis_index_key(base, kind, ""), "0", "-1",
                   NULL) != 0
                   ? -1
                   : visit_list(&walk, &names, true, err);
}

struct search {
        struct redis_base *base;
        const char *field;
        const char *value;
        struct pairs *names;
};

static bool
look(void *context, const char *name, const char *text, size_t size)
{
        struct search *s = context;
        struct arena *arena = s->base->arena;
        struct store_record record;
        struct err ignored;

        if (record_parse(arena, arena_copy(arena, text, size), size, &record, &ignored) == 0 &&
            strcmp(pairs_get_text(&record.fields, s->field), s->value) == 0)
                pairs_add(s->names, s->field, arena_strdup(s->names->arena, name));
        return true;
}

int
redis_find(struct redis_base *base, enum store_kind kind, const char *field, const char *value,
    struct pairs *names, struct err *err)
{
        struct search search = {base, field, value, names};

        return redis_each_record(base, kind, look, &search, err);
}

/* ---- the records of an owner ---- */

/* Empties a record, unless it was changed meanwhile: then err becomes ERR_EXISTS. */
static int
try_empty(struct redis_base *base, enum store_kind kind, const char *name, struct err *err)
{
        struct store_record record;
        struct redis_reply reply;
        struct err ignored;

        if (redis_do(base, &reply, err, "GET", redis_record_key(base, kind, name), NULL) != 0)
                return -1;
        if (reply.kind != REDIS_TEXT)
                return 0;
        if (record_parse(base->arena, arena_copy(base->arena, reply.text, reply.size), reply.size,
                &record, &ignored) != 0)
                return redis_remove(base, kind, name, err);
        if (record.fields.count == 0)
                return 0;
        pairs_init(&record.fields, base->arena);
        return redis_change_text(base, kind, name, &record, reply.text, err);
}

static int
empty(struct redis_base *base, enum store_kind kind, const char *name, struct err *err)
{
        for (int i = 0; i < TRIES; i++) {
                if (try_empty(base, kind, name, err) == 0)
                        return 0;
                if (err->kind != ERR_EXISTS)
                        return -1;
                err_clear(err);
        }
        return redis_remove(base, kind, name, err);
}

int
redis_find_owned(struct redis_base *base, enum store_kind kind, const char *owner,
    struct pairs *names, struct err *err)
{
        const char *half = store_name(base->arena, kind, owner);
        struct redis_reply found;

        if (redis_do(base, &found, err, "ZRANGE", redis_index_key(base, kind, half), "0", "-1",
                NULL) != 0)
                return -1;
        for (size_t i = 0; i < found.count; i++)
                pairs_add(names, "name",
                    arena_printf(names->arena, "%.*s%s", OWNER_DIGITS, half, found.items[i].text));
        return 0;
}

int
redis_empty_owned(struct redis_base *base, enum store_kind kind, const char *owner, struct err *err)
{
        struct pairs names;

        pairs_init(&names, base->arena);
        if (redis_find_owned(base, kind, owner, &names, err) != 0)
                return -1;
        for (size_t i = 0; i < names.count; i++)
                if (empty(base, kind, names.items[i].value, err) != 0)
                        return -1;
        return 0;
}

/* ---- tidying ---- */

int
redis_sweep(
    struct redis_base *base, enum store_kind kind, unsigned draw, long long now, struct err *err)
{
        static const char sweep[] =
            "local gone=redis.call('ZRANGEBYSCORE',KEYS[1],'-inf',ARGV[1],'LIMIT',0,1000) "
            "for _,name in ipairs(gone) do redis.call('DEL',KEYS[1]..name) "
            "redis.call('ZREM',KEYS[1],name) end return #gone";
        const char *key = redis_index_key(base, kind, "");
        const char *before = redis_word(base, now - kind_of(kind)->grace);
        struct redis_reply reply;

        if (!redis_has_index(kind) || kind_of(kind)->owned || (draw + (unsigned)kind) % SWEEPS != 0)
                return 0;
        return redis_run(base, sweep, &key, 1, &before, 1, &reply, err);
}
