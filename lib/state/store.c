#include "state/store.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/digest.h"
#include "host/atomic.h"
#include "base/err.h"
#include "host/file.h"
#include "host/lock.h"
#include "host/os.h"
#include "state/room.h"
#include "base/text.h"
#include "format/url.h"

enum { OWNER_DIGITS = DIGEST_HEX_SIZE / 2, KEY_DIGITS = 16, LOCK_MS = 2000 };

struct store {
        struct arena *arena;
        const char *state_dir;
        int root;
};

int
store_open(
    struct arena *arena, const char *state_dir, bool create, struct store **store, struct err *err)
{
        struct store *opened = arena_alloc(arena, sizeof(*opened));

        opened->arena = arena;
        opened->state_dir = state_dir;
        if (file_open_folder(arena, AT_FDCWD, state_dir, create, &opened->root, err) != 0) {
                if (create)
                        err->kind = ERR_SYSTEM;
                return -1;
        }
        *store = opened;
        return 0;
}

struct store *
store_again(const struct store *store, struct arena *arena)
{
        struct store *again;

        if (!file_is_at(store->root, store->state_dir))
                return NULL;
        again = arena_alloc(arena, sizeof(*again));
        *again = *store;
        again->arena = arena;
        return again;
}

int
store_folder(const struct store *store)
{
        return store->root;
}

static char *
hash(struct arena *arena, enum store_kind kind, const char *text)
{
        char *named = arena_printf(arena, "%s %s", kind_of(kind)->folder, text);
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(named, strlen(named), hex);
        return arena_strdup(arena, hex);
}

char *
store_name(struct arena *arena, enum store_kind kind, const char *key)
{
        char *name = hash(arena, kind, key);

        if (kind_of(kind)->owned)
                memcpy(name, hash(arena, kind, arena_copy(arena, key, strcspn(key, " "))),
                    OWNER_DIGITS);
        return name;
}

char *
store_name_ownerless(struct arena *arena, enum store_kind kind, const char *key)
{
        const char *owner_end = strchr(key, ' ');

        return hash(arena, kind, owner_end == NULL ? key : owner_end + 1);
}

/* Writes a record's text. Tries again if the disk was full and room was made, or if another process
 * that made room deleted the shard's folder while it was empty. */
static int
put(struct store *store, enum store_kind kind, const char *name, const char *text,
    long long expires, bool replace, struct err *err)
{
        unsigned how =
            (replace ? ATOMIC_REPLACE : ATOMIC_NEW) | (kind_of(kind)->lasts ? 0U : ATOMIC_UNSYNCED);
        int folder;

        for (int tries = 0;; tries++) {
                if (shard_open(store->arena, store->root, kind, name, true, &folder, err) == 0 &&
                    atomic_write(
                        store->arena, folder, name, text, strlen(text), expires, how, err) == 0)
                        return 0;
                if (tries > 1 ||
                    (err->kind != ERR_NOT_FOUND && !room_make(store->arena, store->state_dir, err)))
                        break;
        }
        if (err->kind == ERR_NOT_FOUND)
                err->kind = ERR_SYSTEM;
        return -1;
}

static int
write_record(struct store *store, enum store_kind kind, const char *name,
    const struct store_record *record, bool replace, struct err *err)
{
        char *text = record_format(store->arena, record);

        /* A record that could not be read back is not written. */
        if (record->fields.count > URL_FIELDS_MAX || strlen(text) > FILE_SIZE_MAX)
                return err_set(err, ERR_SYSTEM, "store: a record is too large");
        return put(store, kind, name, text, record->expires, replace, err);
}

/* The first lock creates the file, which fails on a full disk. */
static int
acquire_lock(struct store *store, unsigned long long key, int *lock, struct err *err)
{
        long long until = os_clock_ms() + LOCK_MS;

        if (lock_acquire_key(store->root, "room.lock", key, until, lock, err) == 0)
                return 0;
        return room_make(store->arena, store->state_dir, err)
                   ? lock_acquire_key(store->root, "room.lock", key, until, lock, err)
                   : -1;
}

/* Creates a record of a kind that is limited per user. The lock lets one process at a time count
 * and create a user's records. */
static int
create_counted(struct store *store, enum store_kind kind, const char *name,
    const struct store_record *record, struct err *err)
{
        char *key = hash(store->arena, kind, pairs_get_text(&record->fields, "generation"));
        int lock, result;

        key[KEY_DIGITS] = '\0';
        if (acquire_lock(store, strtoull(key, NULL, 16), &lock, err) != 0)
                return -1;
        result = room_check(store->arena, store->root, kind, name, record, err);
        if (result == 0)
                result = write_record(store, kind, name, record, false, err);
        lock_release(lock);
        return result;
}

int
store_create(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err)
{
        char *name = store_name(store->arena, kind, key);

        if (kind_of(kind)->persons > 0)
                return create_counted(store, kind, name, record, err);
        if (room_check(store->arena, store->root, kind, name, record, err) != 0)
                return -1;
        return write_record(store, kind, name, record, false, err);
}

int
store_replace(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err)
{
        return write_record(store, kind, store_name(store->arena, kind, key), record, true, err);
}

int
store_add_text(struct store *store, enum store_kind kind, const char *name, const char *text,
    long long expires, struct err *err)
{
        return put(store, kind, name, text, expires, false, err);
}

/* Sets *record to the one that was found if it is in force at now. */
static int
check_force(
    const struct store_record *found, long long now, struct store_record *record, struct err *err)
{
        if (record_check(found, now, ERR_NOT_FOUND, err) != 0)
                return -1;
        *record = *found;
        return 0;
}

int
store_read(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        return store_read_name(store, kind, store_name(store->arena, kind, key), now, record, err);
}

int
store_read_name(struct store *store, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err)
{
        struct store_record found;

        if (!text_is_id(name, DIGEST_HEX_SIZE, DIGEST_HEX_SIZE))
                return err_set(err, ERR_NOT_FOUND, "store: not a record's name");
        return shard_read_closed(store->arena, store->root, kind, name, &found, err) != 0
                   ? -1
                   : check_force(&found, now, record, err);
}

int
store_take(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        char *name = store_name(store->arena, kind, key);
        struct store_record found, valid;
        int folder;

        if (shard_open(store->arena, store->root, kind, name, false, &folder, err) != 0 ||
            shard_read(store->arena, folder, kind, name, &found, err) != 0 ||
            check_force(&found, now, &valid, err) != 0 || atomic_remove(folder, name, err) != 0)
                return -1;
        *record = valid;
        return 0;
}

int
store_delete(struct store *store, enum store_kind kind, const char *key, struct err *err)
{
        return store_delete_name(store, kind, store_name(store->arena, kind, key), err);
}

/* Opens the shard of name; *found is false if it does not exist. */
static int
find_shard(struct store *store, enum store_kind kind, const char *name, int *folder, bool *found,
    struct err *err)
{
        *found = shard_open(store->arena, store->root, kind, name, false, folder, err) == 0;
        if (*found)
                return 0;
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

int
store_delete_name(struct store *store, enum store_kind kind, const char *name, struct err *err)
{
        bool found;
        int folder;

        if (!text_is_id(name, DIGEST_HEX_SIZE, DIGEST_HEX_SIZE))
                return err_set(err, ERR_SYSTEM, "store: not a record's name");
        if (find_shard(store, kind, name, &folder, &found, err) != 0)
                return -1;
        return found ? atomic_delete(folder, name, err) : 0;
}

int
store_drop(struct store *store, enum store_kind kind, const char *key, struct err *err)
{
        const char *name = store_name(store->arena, kind, key);
        bool found;
        int folder;

        if (find_shard(store, kind, name, &folder, &found, err) != 0)
                return -1;
        return found ? atomic_drop(folder, name, err) : 0;
}

struct owned {
        struct store *store;
        enum store_kind kind;
        int folder;
        const char *owner;   /* the beginning of the owner's names */
        struct pairs *names; /* of add_name() */
        struct err *err;
        int result;
};

static int
empty_file(void *context, const char *name, long long stamp)
{
        struct owned *owned = context;
        struct arena *arena = owned->store->arena;
        struct store_record record;
        struct err ignored;

        if (!text_starts_with(name, owned->owner))
                return 0;
        if (shard_read(arena, owned->folder, owned->kind, name, &record, &ignored) == 0) {
                char *text;

                if (record.fields.count == 0)
                        return 0;
                pairs_init(&record.fields, arena);
                text = record_format(arena, &record);
                if (atomic_write(arena, owned->folder, name, text, strlen(text), stamp,
                        ATOMIC_REPLACE, &ignored) == 0)
                        return 0;
        }
        owned->result = atomic_delete(owned->folder, name, owned->err);
        return owned->result;
}

static int
add_name(void *context, const char *name, long long stamp)
{
        struct owned *owned = context;

        (void)stamp;
        if (text_starts_with(name, owned->owner))
                pairs_add(owned->names, "name", arena_strdup(owned->names->arena, name));
        return 0;
}

/* Visits the files of an owner's shard, with owned as the context; its store, kind and err are set.
 */
static int
visit_shard(struct owned *owned, const char *owner,
    int (*visit)(void *context, const char *name, long long stamp))
{
        char *name = store_name(owned->store->arena, owned->kind, owner);
        bool found;

        name[OWNER_DIGITS] = '\0';
        owned->owner = name;
        if (find_shard(owned->store, owned->kind, name, &owned->folder, &found, owned->err) != 0)
                return -1;
        if (found && file_list(owned->folder, visit, owned, owned->err) != 0)
                return -1;
        return owned->result;
}

int
store_empty_owned(struct store *store, enum store_kind kind, const char *owner, struct err *err)
{
        struct owned owned = {.store = store, .kind = kind, .err = err};

        return visit_shard(&owned, owner, empty_file);
}

int
store_find_owned(struct store *store, enum store_kind kind, const char *owner, struct pairs *names,
    struct err *err)
{
        struct owned owned = {.store = store, .kind = kind, .names = names, .err = err};

        return visit_shard(&owned, owner, add_name);
}

struct search {
        struct arena *arena;
        enum store_kind kind;
        int folder;
        const char *field;
        const char *value;
        struct pairs *names;
        struct err *err;
};

static int
search_file(void *context, const char *name, long long stamp)
{
        struct search *s = context;
        struct store_record record;
        struct err ignored;

        (void)stamp;
        if (!atomic_is_temporary(name) &&
            shard_read(s->arena, s->folder, s->kind, name, &record, &ignored) == 0 &&
            strcmp(pairs_get_text(&record.fields, s->field), s->value) == 0)
                pairs_add(s->names, s->field, arena_strdup(s->names->arena, name));
        return 0;
}

static int
search_shard(void *context, struct arena *arena, int parent, const char *shard, int folder)
{
        struct search *s = context;

        (void)parent;
        (void)shard;
        s->arena = arena;
        s->folder = folder;
        return file_list(folder, search_file, s, s->err);
}

int
store_find(struct store *store, enum store_kind kind, const char *field, const char *value,
    struct pairs *names, struct err *err)
{
        struct search search = {
            .kind = kind, .field = field, .value = value, .names = names, .err = err};

        return shard_each(store->arena, store->root, kind, search_shard, &search, err);
}

int
store_sweep(struct store *store, enum store_kind kind, unsigned draw, long long now,
    size_t *deleted, struct err *err)
{
        return room_sweep(store->arena, store->root, kind, draw, now, deleted, err);
}
