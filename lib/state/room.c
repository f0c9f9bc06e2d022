#include "state/room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "host/atomic.h"
#include "base/err.h"
#include "host/file.h"
#include "host/os.h"
#include "base/pairs.h"
#include "state/record.h"

/* LEFTOVER_SECONDS: a temporary file as old as this was left by a process that died.
 * SIGNIN_SECONDS: no callback takes longer; what it keeps for a repeat may be deleted then. */
enum { LEFTOVER_SECONDS = 3600, SIGNIN_SECONDS = 15, RECORD_NAME_MAX = 64 };

/* ---- limits ---- */

struct tally {
        long long now;
        size_t files;    /* without temporary ones */
        size_t in_force; /* by their stamps */
        long long first; /* the stamp of the one that expires first, and its name */
        char name[RECORD_NAME_MAX + 1];
};

static int
tally_file(void *context, const char *name, long long stamp)
{
        struct tally *t = context;

        if (atomic_is_temporary(name) || strlen(name) > RECORD_NAME_MAX)
                return 0;
        t->files++;
        t->in_force += stamp > t->now;
        if (stamp < t->first) {
                t->first = stamp;
                memcpy(t->name, name, strlen(name) + 1);
        }
        return 0;
}

static int
check_shard(struct arena *arena, int root, enum store_kind kind, const char *name, long long now,
    struct err *err)
{
        const struct kind *k = kind_of(kind);
        struct tally tally = {.now = now, .first = LLONG_MAX};
        int folder;

        if (shard_open(arena, root, kind, name, false, &folder, err) != 0)
                return err_accept(err, ERR_NOT_FOUND);
        if (file_list(folder, tally_file, &tally, err) != 0)
                return -1;
        if (k->evicts)
                return tally.files < k->most ? 0 : atomic_drop(folder, tally.name, err);
        if (tally.in_force >= k->most)
                return err_set(err, ERR_FULL, "store: too many %s at once", k->folder);
        return 0;
}

/* Counts a user's records in force. The user is named by the generation. */
struct census {
        struct arena *arena;
        enum store_kind kind;
        int folder;
        long long now;
        const char *generation;
        size_t count;
};

static int
count_file(void *context, const char *name, long long stamp)
{
        struct census *c = context;
        struct store_record record;
        struct err ignored;

        if (stamp > c->now && !atomic_is_temporary(name) &&
            shard_read(c->arena, c->folder, c->kind, name, &record, &ignored) == 0)
                c->count +=
                    strcmp(pairs_get_text(&record.fields, "generation"), c->generation) == 0;
        return 0;
}

struct walk {
        void *context;
        struct err *err;
};

static int
count_shard(void *context, struct arena *arena, int parent, const char *shard, int folder)
{
        struct walk *walk = context;
        struct census *census = walk->context;

        (void)parent;
        (void)shard;
        census->arena = arena;
        census->folder = folder;
        return file_list(folder, count_file, census, walk->err);
}

static int
check_person(struct arena *arena, int root, enum store_kind kind, const struct store_record *record,
    struct err *err)
{
        struct census census = {.kind = kind,
            .now = record->created,
            .generation = pairs_get_text(&record->fields, "generation")};
        struct walk walk = {&census, err};

        if (shard_each(arena, root, kind, count_shard, &walk, err) != 0)
                return -1;
        if (census.count >= kind_of(kind)->persons)
                return err_set(
                    err, ERR_FULL, "store: too many %s of one person", kind_of(kind)->folder);
        return 0;
}

int
room_check(struct arena *arena, int root, enum store_kind kind, const char *name,
    const struct store_record *record, struct err *err)
{
        const struct kind *k = kind_of(kind);

        if (k->most > 0 && check_shard(arena, root, kind, name, record->created, err) != 0)
                return -1;
        return k->persons == 0 ? 0 : check_person(arena, root, kind, record, err);
}

/* ---- sweeping ---- */

struct sweep {
        struct arena *arena;
        enum store_kind kind;
        int folder;
        long long limit;     /* records that expire before it are deleted */
        long long begun;     /* as are those created before this */
        long long temporary; /* and temporary files older than this */
        size_t deleted;
        struct err *err;
        int result;
};

/* The stamp of a file is only a hint, which a copied folder may have lost: where it says that the
 * record has expired, the record itself decides. A record that cannot be read is deleted by its
 * stamp. */
static bool
is_over(struct sweep *s, const char *name, long long stamp)
{
        struct store_record record;
        struct err ignored;

        if (atomic_is_temporary(name))
                return stamp < s->temporary;
        if (stamp >= s->limit && s->begun == LLONG_MIN)
                return false;
        if (shard_read(s->arena, s->folder, s->kind, name, &record, &ignored) != 0)
                return stamp < s->limit;
        return record.expires < s->limit || record.created < s->begun;
}

static int
sweep_file(void *context, const char *name, long long stamp)
{
        struct sweep *s = context;

        if (!is_over(s, name, stamp))
                return 0;
        s->result = atomic_drop(s->folder, name, s->err);
        s->deleted++;
        return s->result;
}

static int
sweep_shard(struct sweep *sweep, int root, enum store_kind kind, const char *shard)
{
        if (shard_open(sweep->arena, root, kind, shard, false, &sweep->folder, sweep->err) != 0)
                return err_accept(sweep->err, ERR_NOT_FOUND);
        if (file_list(sweep->folder, sweep_file, sweep, sweep->err) != 0)
                return -1;
        return sweep->result;
}

int
room_sweep(struct arena *arena, int root, enum store_kind kind, unsigned draw, long long now,
    size_t *deleted, struct err *err)
{
        struct sweep sweep = {.arena = arena_begin(arena),
            .kind = kind,
            .limit = now - kind_of(kind)->grace,
            .begun = LLONG_MIN,
            .temporary = now - LEFTOVER_SECONDS,
            .err = err};
        char *shard = arena_printf(sweep.arena, "%03x", draw % 4096);
        int result;

        shard += strlen(shard) - kind_of(kind)->digits;
        result = sweep_shard(&sweep, root, kind, shard);
        arena_free(sweep.arena);
        if (result == 0 && deleted != NULL)
                *deleted = sweep.deleted;
        return result;
}

/* Also deletes the shard's folder, unless it holds files, even ones created meanwhile. */
static int
clear_shard(void *context, struct arena *arena, int parent, const char *shard, int folder)
{
        struct sweep *sweep = context;

        sweep->arena = arena;
        sweep->folder = folder;
        if (file_list(folder, sweep_file, sweep, sweep->err) != 0 || sweep->result != 0)
                return -1;
        (void)unlinkat(parent, shard, AT_REMOVEDIR);
        return 0;
}

bool
room_make(struct arena *arena, const char *state_dir, const struct err *err)
{
        long long now = os_now();
        struct err ignored;
        int root;

        if ((err->number != ENOSPC && err->number != EDQUOT) ||
            file_open_folder(arena, AT_FDCWD, state_dir, false, &root, &ignored) != 0)
                return false;
        for (enum store_kind kind = 0; kind < STORE_KINDS; kind++) {
                struct sweep sweep = {.kind = kind,
                    .limit = now,
                    .begun = kind_of(kind)->evicts ? now - SIGNIN_SECONDS : LLONG_MIN,
                    .temporary = now - LEFTOVER_SECONDS,
                    .err = &ignored};

                /* An error only means less room; the caller's next try reports it. */
                (void)!shard_each(arena, root, kind, clear_shard, &sweep, &ignored);
        }
        return true;
}
