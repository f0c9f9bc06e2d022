#include "oidc/key_set.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/pairs.h"
#include "format/jws.h"
#include "host/os.h"
#include "state/state.h"

/* RECORD_SECONDS: as good as for ever. LOCK_MS: longer than a set takes to be stored. */
#define RECORD_SECONDS (100LL * 366 * 86400)

enum { LOCK_MS = 5000 };

static const char record_key[] = "oidc";

/* ---- the record ---- */

static const char *
item_name(struct arena *arena, size_t number, const char *member)
{
        return arena_printf(arena, "%zu/%s", number, member);
}

static const char *
item_get(const struct pairs *fields, size_t number, const char *member)
{
        return pairs_get_text(fields, item_name(fields->arena, number, member));
}

static bool
read_item(const struct pairs *fields, size_t number, struct key_set_item *item)
{
        struct arena *arena = fields->arena;

        item->id = item_get(fields, number, "id");
        item->pem = item_get(fields, number, "pem");
        item->public_key = item_get(fields, number, "public");
        item->made = pairs_get_number(fields, item_name(arena, number, "made"), -1);
        item->begins = pairs_get_number(fields, item_name(arena, number, "begins"), -1);
        return strlen(item->id) == KEY_ID_SIZE && *item->pem != '\0' && *item->public_key == '{' &&
               item->made >= 0 && item->begins >= item->made &&
               key_algorithm_read(item_get(fields, number, "algorithm"), &item->algorithm);
}

static int
read_fields(const struct pairs *fields, struct key_set *set, struct err *err)
{
        *set = (struct key_set){.salt = pairs_get_text(fields, "salt")};
        while (set->count < KEY_SET_MAX && *item_get(fields, set->count, "id") != '\0') {
                if (!read_item(fields, set->count, &set->items[set->count]))
                        return err_set(err, ERR_SYSTEM, "keys: what is stored is malformed");
                set->count++;
        }
        return set->count > 0 && *set->salt != '\0'
                   ? 0
                   : err_set(err, ERR_SYSTEM, "keys: what is stored is malformed");
}

static void
add_item(struct pairs *fields, size_t number, const struct key_set_item *item)
{
        struct arena *arena = fields->arena;

        pairs_add(fields, item_name(arena, number, "id"), item->id);
        pairs_add(
            fields, item_name(arena, number, "algorithm"), key_algorithm_name(item->algorithm));
        pairs_add_number(fields, item_name(arena, number, "made"), item->made);
        pairs_add_number(fields, item_name(arena, number, "begins"), item->begins);
        pairs_add(fields, item_name(arena, number, "pem"), item->pem);
        pairs_add(fields, item_name(arena, number, "public"), item->public_key);
}

int
key_set_read(
    struct state *state, struct arena *arena, long long now, struct key_set *set, struct err *err)
{
        struct store_record record;

        pairs_init(&record.fields, arena);
        if (state_read(state, STORE_KEYS, record_key, now, &record, err) != 0)
                return -1;
        return read_fields(&record.fields, set, err);
}

static int
write_set(struct state *state, struct arena *arena, long long now, const struct key_set *set,
    struct err *err)
{
        struct store_record record = {.created = now, .expires = now + RECORD_SECONDS};

        pairs_init(&record.fields, arena);
        pairs_add(&record.fields, "salt", set->salt);
        for (size_t i = 0; i < set->count; i++)
                add_item(&record.fields, i, &set->items[i]);
        return state_replace(state, STORE_KEYS, record_key, &record, err);
}

/* ---- which key does what ---- */

/* Returns the key that takes the place of item; NULL: none. */
static const struct key_set_item *
successor(const struct key_set *set, const struct key_set_item *item)
{
        for (const struct key_set_item *at = item + 1; at < set->items + set->count; at++)
                if (at->algorithm == item->algorithm)
                        return at;
        return NULL;
}

enum key_phase
key_set_phase(const struct key_set *set, const struct key_set_item *item, long long now)
{
        const struct key_set_item *next = successor(set, item);

        if (now < item->begins)
                return KEY_NEXT;
        if (next == NULL || now < next->begins)
                return KEY_SIGNS;
        return now < next->begins + KEY_SET_OVERLAP ? KEY_LAST : KEY_RETIRED;
}

/* Returns the first key of that algorithm in that phase; NULL: there is none. */
static const struct key_set_item *
find_phase(
    const struct key_set *set, enum key_algorithm algorithm, enum key_phase phase, long long now)
{
        for (size_t i = 0; i < set->count; i++)
                if (set->items[i].algorithm == algorithm &&
                    key_set_phase(set, &set->items[i], now) == phase)
                        return &set->items[i];
        return NULL;
}

const struct key_set_item *
key_set_signing(const struct key_set *set, enum key_algorithm algorithm, long long now)
{
        return find_phase(set, algorithm, KEY_SIGNS, now);
}

const struct key_set_item *
key_set_next(const struct key_set *set, enum key_algorithm algorithm, long long now)
{
        return find_phase(set, algorithm, KEY_NEXT, now);
}

char *
key_set_published(struct arena *arena, const struct key_set *set, long long now)
{
        struct buf json;
        const char *comma = "";

        buf_init(&json, arena);
        buf_add_text(&json, "{\"keys\":[");
        for (size_t i = 0; i < set->count; i++) {
                if (key_set_phase(set, &set->items[i], now) == KEY_RETIRED)
                        continue;
                buf_add_text(&json, comma);
                buf_add_text(&json, set->items[i].public_key);
                comma = ",";
        }
        buf_add_text(&json, "]}");
        return buf_finish(&json);
}

/* ---- signing ---- */

int
key_set_sign(struct arena *arena, const struct key_set *set, enum key_algorithm algorithm,
    long long now, const char *type, const char *payload, char **text, struct err *err)
{
        const struct key_set_item *item = key_set_signing(set, algorithm, now);
        struct key *key;

        if (item == NULL)
                return err_set(err, ERR_CONFIG,
                    "keys: there is none for %s: make one: wechat keys make --alg %s",
                    key_algorithm_name(algorithm), key_algorithm_name(algorithm));
        return key_parse(arena, item->pem, os_random, &key, err) != 0
                   ? -1
                   : jws_sign(arena, key, type, payload, text, err);
}

/* What find_key() needs. */
struct search {
        struct arena *arena;
        const struct key_set *set;
};

static struct key *
find_key(void *context, const char *id)
{
        const struct search *search = context;
        struct err err = {.kind = ERR_NONE};
        struct key *key;

        for (size_t i = 0; i < search->set->count; i++)
                if (strcmp(search->set->items[i].id, id) == 0)
                        return key_parse(search->arena, search->set->items[i].pem, os_random, &key,
                                   &err) == 0
                                   ? key
                                   : NULL;
        return NULL;
}

int
key_set_verify(struct arena *arena, const struct key_set *set, const char *text, const char *type,
    struct pairs *claims, struct err *err)
{
        struct search search = {arena, set};

        return jws_verify(arena, text, type, find_key, &search, claims, err);
}

/* ---- changing ---- */

/* Reads the set, or begins one. */
static int
read_or_begin(
    struct state *state, struct arena *arena, long long now, struct key_set *set, struct err *err)
{
        char *salt;

        if (key_set_read(state, arena, now, set, err) == 0)
                return 0;
        if (err_accept(err, ERR_NOT_FOUND) != 0 || os_random_token(arena, &salt, err) != 0)
                return -1;
        *set = (struct key_set){.salt = salt};
        return 0;
}

/* Returns the last key of that algorithm; NULL: none. */
static const struct key_set_item *
last_of(const struct key_set *set, enum key_algorithm algorithm)
{
        const struct key_set_item *last = NULL;

        for (size_t i = 0; i < set->count; i++)
                if (set->items[i].algorithm == algorithm)
                        last = &set->items[i];
        return last;
}

static int
check_change(const struct key_set *set, enum key_change change, enum key_algorithm algorithm,
    long long now, struct err *err)
{
        const struct key_set_item *last = last_of(set, algorithm);
        const char *name = key_algorithm_name(algorithm);

        if (change == KEY_MAKE && last != NULL)
                return err_set(err, ERR_EXISTS, "keys: there is one for %s", name);
        if (change != KEY_MAKE && last == NULL)
                return err_set(err, ERR_NOT_FOUND, "keys: there is none for %s", name);
        if (change == KEY_ROTATE && key_set_phase(set, last, now) == KEY_NEXT)
                return err_set(err, ERR_EXISTS, "keys: the next one for %s is there already", name);
        return 0;
}

/* Is item to be kept when a key comes that takes the place of those of algorithm? Of those that are
 * retired the latest is. */
static bool
is_kept(const struct key_set *set, const struct key_set_item *item, enum key_change change,
    enum key_algorithm algorithm, long long now)
{
        const struct key_set_item *next = successor(set, item);

        if (item->algorithm != algorithm)
                return true;
        return change != KEY_REPLACE &&
               (next == NULL || key_set_phase(set, next, now) != KEY_RETIRED);
}

static void
put(struct key_set *set, enum key_change change, const struct key_set_item *made, long long now)
{
        struct key_set kept = {.salt = set->salt};

        for (size_t i = 0; i < set->count; i++)
                if (is_kept(set, &set->items[i], change, made->algorithm, now))
                        kept.items[kept.count++] = set->items[i];
        kept.items[kept.count++] = *made;
        *set = kept;
}

/* Makes a key. It signs at once, or from a day later on. */
static int
make_item(struct arena *arena, enum key_change change, enum key_algorithm algorithm, long long now,
    struct key_set_item *item, struct err *err)
{
        struct key *key;
        char *pem;

        if (key_generate(arena, algorithm, os_random, &pem, err) != 0 ||
            key_parse(arena, pem, os_random, &key, err) != 0)
                return -1;
        *item = (struct key_set_item){.id = key_id(key),
            .algorithm = algorithm,
            .made = now,
            .begins = change == KEY_ROTATE ? now + KEY_SET_OVERLAP : now,
            .pem = pem,
            .public_key = key_public(key)};
        return 0;
}

int
key_set_change(struct state *state, struct arena *arena, enum key_change change,
    enum key_algorithm algorithm, long long now, struct key_set *set, struct err *err)
{
        struct key_set_item made;

        if (state_lock(state, "keys", os_clock_ms() + LOCK_MS, err) != 0 ||
            read_or_begin(state, arena, now, set, err) != 0 ||
            check_change(set, change, algorithm, now, err) != 0 ||
            make_item(arena, change, algorithm, now, &made, err) != 0)
                return -1;
        put(set, change, &made, now);
        return write_set(state, arena, now, set, err);
}
