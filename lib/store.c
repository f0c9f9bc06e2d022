#include "store.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "durable.h"
#include "err.h"
#include "file.h"
#include "text.h"
#include "url.h"

/*
 * A record's file: "wxstore1 <created> <expires> <length> <sha256>\n" and the fields as a form. The
 * checksum covers what stands before it, a blank, and the fields.
 */
static const char magic[] = "wxstore1";

enum { KEEP_AFTER_EXPIRY = 3600 };

/* shard: how many hex digits of a record's name name its folder. Kinds that live for minutes have
 * fewer shards, so that the few that one sign-in sweeps come round soon. most: how many records in
 * force a shard holds, 0 for any number. */
static const struct {
        const char *folder;
        size_t shard;
        size_t most;
} kinds[STORE_KINDS] = {
    [STORE_CLAIM] = {"claims", 2, 0},
    [STORE_CODE] = {"codes", 2, 0},
    [STORE_SESSION] = {"sessions", 3, 0},
    [STORE_GRANT] = {"grants", 3, 0},
    [STORE_PUSH] = {"pushes", 2, 0},
    [STORE_VALUES] = {"values", 3, 0},
    [STORE_TICKET] = {"tickets", 1, 64},
};

struct store {
        struct arena *arena;
        int root;
};

int
store_open(
    struct arena *arena, const char *state_dir, bool create, struct store **store, struct err *err)
{
        struct store *opened = arena_alloc(arena, sizeof(*opened));

        opened->arena = arena;
        if (file_open_folder(arena, AT_FDCWD, state_dir, create, &opened->root, err) != 0) {
                if (create)
                        err->kind = ERR_SYSTEM;
                return -1;
        }
        *store = opened;
        return 0;
}

int
store_folder(const struct store *store)
{
        return store->root;
}

/* Opens the folder of shard, which is the beginning of a record's name. */
static int
open_shard(struct store *store, enum store_kind kind, const char *name, bool create, int *folder,
    struct err *err)
{
        char *shard = arena_copy(store->arena, name, kinds[kind].shard);
        int parent;

        if (file_open_folder(store->arena, store->root, kinds[kind].folder, create, &parent, err) !=
            0)
                return -1;
        return file_open_folder(store->arena, parent, shard, create, folder, err);
}

char *
store_name(struct arena *arena, enum store_kind kind, const char *key)
{
        char *text = arena_printf(arena, "%s %s", kinds[kind].folder, key);
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(text, strlen(text), hex);
        return arena_strdup(arena, hex);
}

/* A record's first line but for the checksum. */
static char *
format_head(struct arena *arena, const struct store_record *record, const char *form)
{
        return arena_printf(
            arena, "%s %lld %lld %zu", magic, record->created, record->expires, strlen(form));
}

static char *
checksum(struct arena *arena, const char *head, const char *form)
{
        char *text = arena_printf(arena, "%s %s", head, form);
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(text, strlen(text), hex);
        return arena_strdup(arena, hex);
}

static int
write_record(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, bool replace, struct err *err)
{
        struct arena *arena = store->arena;
        char *name = store_name(arena, kind, key);
        char *form = url_build_form(arena, &record->fields);
        char *head = format_head(arena, record, form);
        char *file = arena_printf(arena, "%s %s\n%s", head, checksum(arena, head, form), form);
        int folder;

        /* What could not be read back is not written. */
        if (record->fields.count > URL_FIELDS_MAX || strlen(file) > FILE_SIZE_MAX)
                return err_set(err, ERR_SYSTEM, "store: a record is too large");
        if (open_shard(store, kind, name, true, &folder, err) != 0)
                return -1;
        return durable_write(
            arena, folder, name, file, strlen(file), record->expires, replace, err);
}

struct count {
        long long now;
        size_t count;
};

static int
count_file(void *context, const char *name, long long stamp)
{
        struct count *c = context;

        c->count += stamp > c->now && !durable_is_temporary(name);
        return 0;
}

/* Is there room for one more record in the shard of name? */
static int
check_room(
    struct store *store, enum store_kind kind, const char *name, long long now, struct err *err)
{
        struct count count = {now, 0};
        int folder;

        if (open_shard(store, kind, name, true, &folder, err) != 0 ||
            file_list(folder, count_file, &count, err) != 0)
                return -1;
        if (count.count >= kinds[kind].most)
                return err_set(err, ERR_FULL, "store: too many %s at once", kinds[kind].folder);
        return 0;
}

int
store_create(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err)
{
        if (kinds[kind].most > 0 &&
            check_room(store, kind, store_name(store->arena, kind, key), record->created, err) != 0)
                return -1;
        return write_record(store, kind, key, record, false, err);
}

int
store_replace(struct store *store, enum store_kind kind, const char *key,
    const struct store_record *record, struct err *err)
{
        return write_record(store, kind, key, record, true, err);
}

/* Reads a record's file; ERR_SYSTEM where it is not whole. */
static int
parse_record(
    struct arena *arena, char *file, size_t size, struct store_record *record, struct err *err)
{
        char *form = memchr(file, '\n', size);
        char *sum, *end;

        if (form == NULL || strlen(file) != size)
                return err_set(err, ERR_SYSTEM, "store: a record is broken");
        *form++ = '\0';
        sum = strrchr(file, ' ');
        if (sum == NULL || !text_starts_with(file, magic) || file[strlen(magic)] != ' ')
                return err_set(err, ERR_SYSTEM,
                    "store: a record of another version of these programs: put that version back, "
                    "or have its visitor sign in again");
        *sum++ = '\0';
        if (!digest_equal(sum, checksum(arena, file, form)))
                return err_set(err, ERR_SYSTEM, "store: a record is broken");
        record->created = strtoll(file + strlen(magic), &end, 10);
        record->expires = strtoll(end, NULL, 10);
        /* Written as it would be now: so the length is right, too, and nothing else stands there.
         */
        if (strcmp(file, format_head(arena, record, form)) != 0)
                return err_set(err, ERR_SYSTEM, "store: a record is cut off");
        pairs_init(&record->fields, arena);
        if (url_parse_form(arena, form, &record->fields, err) != 0) {
                err->kind = ERR_SYSTEM;
                return -1;
        }
        return 0;
}

static int
read_name(
    struct store *store, int folder, const char *name, struct store_record *record, struct err *err)
{
        size_t size;
        char *file;

        if (file_read_private(store->arena, folder, name, &file, &size, err) != 0)
                return -1;
        return parse_record(store->arena, file, size, record, err);
}

/* Reads the record of name that is in force at now; its folder comes back as well. */
static int
read_in_force(struct store *store, enum store_kind kind, const char *name, long long now,
    int *folder, struct store_record *record, struct err *err)
{
        struct store_record found;

        if (open_shard(store, kind, name, false, folder, err) != 0 ||
            read_name(store, *folder, name, &found, err) != 0)
                return -1;
        if (found.expires <= now)
                return err_set(err, ERR_NOT_FOUND, "store: the record has expired");
        if (found.created > now)
                return err_set(err, ERR_NOT_FOUND, "store: the record is from the future");
        *record = found;
        return 0;
}

int
store_read(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        int folder;

        return read_in_force(
            store, kind, store_name(store->arena, kind, key), now, &folder, record, err);
}

int
store_take(struct store *store, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        char *name = store_name(store->arena, kind, key);
        struct store_record found;
        int folder;

        if (read_in_force(store, kind, name, now, &folder, &found, err) != 0 ||
            durable_remove(folder, name, err) != 0)
                return -1;
        *record = found;
        return 0;
}

int
store_delete(struct store *store, enum store_kind kind, const char *key, struct err *err)
{
        return store_delete_name(store, kind, store_name(store->arena, kind, key), err);
}

int
store_delete_name(struct store *store, enum store_kind kind, const char *name, struct err *err)
{
        int folder;

        if (!text_is_id(name, DIGEST_HEX_SIZE, DIGEST_HEX_SIZE))
                return err_set(err, ERR_SYSTEM, "store: not a record's name");
        if (open_shard(store, kind, name, false, &folder, err) != 0) {
                if (err->kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(err);
                return 0;
        }
        return durable_delete(folder, name, err);
}

struct sweep {
        struct store *store;
        int folder;
        long long limit; /* what expired before it goes */
        size_t deleted;
        struct err *err;
        int result;
};

/* The stamp of a file is a hint, which a copied folder may have lost: its record decides. What
 * cannot be read goes when it is old. */
static int
sweep_file(void *context, const char *name, long long stamp)
{
        struct sweep *s = context;
        struct store_record record;
        struct err ignored;

        if (stamp >= s->limit)
                return 0;
        if (!durable_is_temporary(name) &&
            read_name(s->store, s->folder, name, &record, &ignored) == 0 &&
            record.expires >= s->limit)
                return 0;
        s->result = durable_delete(s->folder, name, s->err);
        s->deleted++;
        return s->result;
}

int
store_sweep(struct store *store, enum store_kind kind, unsigned draw, long long now,
    size_t *deleted, struct err *err)
{
        struct sweep sweep = {store, -1, now - KEEP_AFTER_EXPIRY, 0, err, 0};
        char *shard = arena_printf(store->arena, "%03x", draw % 4096);

        shard += strlen(shard) - kinds[kind].shard;
        if (open_shard(store, kind, shard, false, &sweep.folder, err) != 0) {
                if (err->kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(err);
                return 0;
        }
        if (file_list(sweep.folder, sweep_file, &sweep, err) != 0 || sweep.result != 0)
                return -1;
        if (deleted != NULL)
                *deleted = sweep.deleted;
        return 0;
}
