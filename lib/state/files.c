#include "state/files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/digest.h"
#include "host/atomic.h"
#include "host/file.h"
#include "host/lines.h"
#include "host/lock.h"
#include "host/os.h"
#include "state/away.h"
#include "state/journal.h"
#include "state/notes.h"
#include "state/room.h"
#include "state/store.h"
#include "state/tally.h"
#include "state/user.h"
#include "state/user_each.h"

struct files {
        struct arena *arena;
        const char *state_dir;
        struct store *store;
        struct users *users;
        struct held *push; /* the lock of the push at work; NULL: there is none */
        bool marked;       /* that push is marked */
};

static int
open_files(struct arena *arena, const char *where, bool create, void **handle, struct err *err)
{
        struct files *files = arena_alloc(arena, sizeof(*files));

        *files = (struct files){.arena = arena, .state_dir = where};
        if (store_open(arena, where, create, &files->store, err) != 0)
                return -1;
        files->users = users_new(arena, where);
        *handle = files;
        return 0;
}

static void *
again(void *handle, struct arena *arena)
{
        const struct files *files = handle;
        struct store *store = store_again(files->store, arena);
        struct files *next;

        if (store == NULL)
                return NULL;
        next = arena_alloc(arena, sizeof(*next));
        *next = (struct files){.arena = arena,
            .state_dir = files->state_dir,
            .store = store,
            .users = users_new(arena, files->state_dir)};
        return next;
}

static int
reach(void *handle)
{
        const struct files *files = handle;

        return store_folder(files->store);
}

/* To a program that only reads, a missing folder is an empty one, unless it could not be
 * created. */
static int
reach_missing(struct arena *arena, const char *where, bool writes, struct err *err)
{
        struct err ignored;
        int folder;

        if (writes)
                return file_open_above(arena, where, &folder, &ignored) == 0 ? folder : -1;
        if (!file_can_create(arena, where))
                err_set(err, ERR_SYSTEM,
                    "%s is missing and cannot be made: make it yourself, for the user that the "
                    "programs run as, chmod 700",
                    where);
        return -1;
}

static bool
note(void *handle, const char *name)
{
        const struct files *files = handle;

        return file_mark(store_folder(files->store), name);
}

/* ---- the log of processes without a web server ---- */

/* FILE_SIZE_MAX is what can be read back. */
enum { LATE_LOG_MAX = 128 * 1024 };
static const char late_log[] = "late.log";

static int
defer_log(void *handle, const char *text, struct err *err)
{
        const struct files *files = handle;
        int folder = store_folder(files->store);
        struct stat st;
        bool created;

        if (fstatat(folder, late_log, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            st.st_size + (off_t)strlen(text) > LATE_LOG_MAX)
                return err_set(
                    err, ERR_TOO_LARGE, "%s: more than %d bytes", late_log, (int)LATE_LOG_MAX);
        return lines_append(folder, late_log, text, &created, err);
}

static int
take_log(void *handle, const char **text, struct err *err)
{
        const struct files *files = handle;
        char *taken;

        if (lines_take(files->arena, store_folder(files->store), late_log, &taken, err) == 0) {
                *text = taken;
                return 0;
        }
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

/* ---- locks ---- */

enum { LOCK_DIGITS = 16 };

/* Locks one of the locks in a file, which is created with the first one: a full disk must not
 * prevent that. name: 64 hex digits; its last ones choose the lock. */
static int
acquire_lock(struct files *files, const char *file, const char *name, long long until, int *lock,
    struct err *err)
{
        unsigned long long key = strtoull(name + strlen(name) - LOCK_DIGITS, NULL, 16);
        int folder = store_folder(files->store);

        if (lock_acquire_key(folder, file, key, until, lock, err) == 0)
                return 0;
        return room_make(files->arena, files->state_dir, err)
                   ? lock_acquire_key(folder, file, key, until, lock, err)
                   : -1;
}

struct held {
        int lock; /* -1: released */
};

static void
unlock(void *handle)
{
        struct held *held = handle;

        if (held->lock >= 0)
                lock_release(held->lock);
        held->lock = -1;
}

/* Holds the lock until the arena, or the process, ends, or until unlock(). */
static int
hold_lock(struct files *files, const char *file, const char *name, long long until,
    struct held **held, struct err *err)
{
        *held = arena_alloc(files->arena, sizeof(**held));
        (*held)->lock = -1;
        if (acquire_lock(files, file, name, until, &(*held)->lock, err) != 0)
                return -1;
        arena_defer(files->arena, unlock, *held);
        return 0;
}

static int
lock_key(void *handle, const char *key, long long until, struct err *err)
{
        struct files *files = handle;
        char name[DIGEST_HEX_SIZE + 1];
        struct held *held;

        digest_sha256_hex(key, strlen(key), name);
        return hold_lock(files, "work.lock", name, until, &held, err);
}

/* ---- records ---- */

static int
create(void *handle, enum store_kind kind, const char *key, const struct store_record *record,
    struct err *err)
{
        struct files *files = handle;

        return store_create(files->store, kind, key, record, err);
}

static int
replace(void *handle, enum store_kind kind, const char *key, const struct store_record *record,
    struct err *err)
{
        struct files *files = handle;

        return store_replace(files->store, kind, key, record, err);
}

static int
read_name(void *handle, enum store_kind kind, const char *name, long long now,
    struct store_record *record, struct err *err)
{
        struct files *files = handle;

        return store_read_name(files->store, kind, name, now, record, err);
}

static int
take(void *handle, enum store_kind kind, const char *key, long long now,
    struct store_record *record, struct err *err)
{
        struct files *files = handle;

        return store_take(files->store, kind, key, now, record, err);
}

static int
delete_name(void *handle, enum store_kind kind, const char *name, struct err *err)
{
        struct files *files = handle;

        return store_delete_name(files->store, kind, name, err);
}

static int
empty_owned(void *handle, enum store_kind kind, const char *owner, struct err *err)
{
        struct files *files = handle;

        return store_empty_owned(files->store, kind, owner, err);
}

static int
find_owned(
    void *handle, enum store_kind kind, const char *owner, struct pairs *names, struct err *err)
{
        struct files *files = handle;

        return store_find_owned(files->store, kind, owner, names, err);
}

static int
find(void *handle, enum store_kind kind, const char *field, const char *value, struct pairs *names,
    struct err *err)
{
        struct files *files = handle;

        return store_find(files->store, kind, field, value, names, err);
}

/* Changes the counter while its lock is held. */
static int
change_count(struct files *files, enum store_kind kind, const char *key, int change, long long now,
    long long seconds, int *count, struct err *err)
{
        struct store_record record = {.created = now, .expires = now + seconds}, found;
        long long total;
        int result = store_read(files->store, kind, key, now, &found, err);

        if (result != 0 && err->kind != ERR_NOT_FOUND)
                return -1;
        total = result == 0 ? pairs_get_number(&found.fields, "count", 0) : 0;
        total += change;
        if (result == 0) {
                record.created = found.created;
                record.expires = found.expires;
        }
        *count = total < 0 ? 0 : (int)total;
        pairs_init(&record.fields, files->arena);
        pairs_add_number(&record.fields, "count", *count);
        err_clear(err);
        if (result == 0)
                return store_replace(files->store, kind, key, &record, err);
        /* One that has expired may still be in the way. */
        return store_create(files->store, kind, key, &record, err) == 0 ? 0
               : err->kind == ERR_EXISTS ? store_replace(files->store, kind, key, &record, err)
                                         : -1;
}

static int
count(void *handle, enum store_kind kind, const char *key, int change, long long now,
    long long seconds, int *result, struct err *err)
{
        struct files *files = handle;
        char *name = store_name(files->arena, kind, key);
        int lock, changed;

        if (acquire_lock(files, "work.lock", name, -1, &lock, err) != 0)
                return -1;
        changed = change_count(files, kind, key, change, now, seconds, result, err);
        lock_release(lock);
        return changed;
}

/* ---- users ---- */

static int
read_user(void *handle, const char *openid, struct pairs *user, struct err *err)
{
        struct files *files = handle;

        return user_read(files->users, openid, user, err);
}

static int
export_user(void *handle, const char *openid, char **json, struct err *err)
{
        struct files *files = handle;

        return user_export(files->users, openid, json, err);
}

static int
sign_in(void *handle, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err)
{
        struct files *files = handle;

        return user_sign_in(files->users, profile, scope, session, generation, ended, err);
}

static int
join(void *handle, const char *openid, const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended, struct err *err)
{
        struct files *files = handle;

        return user_join(files->users, openid, generation, beside, session, ended, err);
}

static int
set_user(void *handle, const char *openid, const struct pairs *members, struct err *err)
{
        struct files *files = handle;

        return user_set(files->users, openid, members, err);
}

static int
wait_user(void *handle, const struct pairs *profile, const char *scope, long long now, bool *begun,
    struct err *err)
{
        struct files *files = handle;

        return user_wait(files->users, profile, scope, now, begun, err);
}

static int
change_user(void *handle, const char *openid, const struct member_change *change,
    struct pairs *ended, struct err *err)
{
        struct files *files = handle;

        return user_change(files->users, openid, change, ended, err);
}

static int
drop_profile(void *handle, const char *openid, struct err *err)
{
        struct files *files = handle;

        return user_drop_profile(files->users, openid, err);
}

static int
forget_user(void *handle, const char *openid, const struct member_away *away,
    struct pairs *sessions, bool *listed, struct err *err)
{
        struct files *files = handle;

        return user_forget(files->users, openid, away, sessions, listed, err);
}

static int
find_away(void *handle, unsigned draw, const struct member_away *away, struct pairs *openids,
    struct err *err)
{
        struct files *files = handle;

        return away_find(files->arena, files->state_dir, draw, away, openids, err);
}

static int
each_user(void *handle, bool (*visit)(void *context, const struct pairs *user), void *context,
    struct err *err)
{
        const struct files *files = handle;

        return user_each(files->arena, files->state_dir, visit, context, err);
}

/* ---- pushes ---- */

/* A mark is a record beside that of the reply: to replace one file by another makes ext4 write the
 * new one at once, which takes longer than the rest of a push. */
static const char *
mark_of(struct files *files, const char *key)
{
        return arena_printf(files->arena, "%s begun", key);
}

static int
read_push_named(struct files *files, const char *name, struct store_record *record, bool *found,
    struct err *err)
{
        /* The present time, not the request's: another delivery may have begun later and finished
         * first. */
        *found = store_read_name(files->store, STORE_PUSH, name, os_now(), record, err) == 0;
        return *found ? 0 : err_accept(err, ERR_NOT_FOUND);
}

/* Reads a record of a push; *found is false if there is none. */
static int
read_push(
    struct files *files, const char *key, struct store_record *record, bool *found, struct err *err)
{
        return read_push_named(
            files, store_name(files->arena, STORE_PUSH, key), record, found, err);
}

/* In version 0.1.0 the records of pushes had no owners. WeChat repeats to this version what that
 * one has answered, if the programs are replaced meanwhile. */
static int
read_push_of_before(
    struct files *files, const char *key, struct store_record *record, bool *found, struct err *err)
{
        return read_push_named(
            files, store_name_ownerless(files->arena, STORE_PUSH, key), record, found, err);
}

/* The lock is held until the arena of the request is freed; if the process ends, however it ends,
 * the kernel releases it. */
static int
begin_push(void *handle, const char *key, long long until, const char **reply, bool *marked,
    struct err *err)
{
        struct files *files = handle;
        struct store_record record;
        bool answered;

        /* The end of the name, since the beginning is the same for all pushes of one user. */
        if (hold_lock(files, "inbox.lock", store_name(files->arena, STORE_PUSH, key), until,
                &files->push, err) != 0 ||
            read_push(files, key, &record, &answered, err) != 0)
                return -1;
        if (!answered && read_push_of_before(files, key, &record, &answered, err) != 0)
                return -1;
        *reply = answered ? pairs_get_text(&record.fields, "reply") : NULL;
        files->marked = false;
        if (marked == NULL)
                return 0;
        if (!answered && read_push(files, mark_of(files, key), &record, &files->marked, err) != 0)
                return -1;
        *marked = files->marked;
        return 0;
}

static int
mark_push(void *handle, const char *key, long long now, long long expires, struct err *err)
{
        struct store_record record = {.created = now, .expires = expires};
        struct files *files = handle;

        pairs_init(&record.fields, files->arena);
        pairs_add(&record.fields, "begun", "1");
        files->marked =
            store_replace(files->store, STORE_PUSH, mark_of(files, key), &record, err) == 0;
        return files->marked ? 0 : -1;
}

static int
finish_push(void *handle, const char *key, const char *reply, long long now, long long expires,
    struct err *err)
{
        struct store_record record = {.created = now, .expires = expires}, mark;
        struct files *files = handle;
        bool emptied = false, found;

        if (files->marked) {
                if (read_push(files, mark_of(files, key), &mark, &found, err) != 0)
                        return -1;
                emptied = found && pairs_get(&mark.fields, "begun") == NULL;
        }
        pairs_init(&record.fields, files->arena);
        pairs_add(&record.fields, "reply", emptied ? "" : reply);
        if (store_replace(files->store, STORE_PUSH, key, &record, err) != 0)
                return -1;
        if (files->marked && store_drop(files->store, STORE_PUSH, mark_of(files, key), err) != 0)
                return -1;
        files->marked = false;
        return 0;
}

static void
end_push(void *handle)
{
        struct files *files = handle;

        if (files->push != NULL)
                unlock(files->push);
        files->push = NULL;
}

/* ---- the journal ---- */

static int
append(void *handle, const char *line, long long days, long long now, struct err *err)
{
        const struct files *files = handle;

        return journal_append(files->arena, files->state_dir, line, days, now, err);
}

static int
forget_lines(void *handle, const char *openid, struct err *err)
{
        const struct files *files = handle;

        if (notes_forget(files->arena, store_folder(files->store), openid, err) != 0)
                return -1;
        return journal_forget(files->arena, files->state_dir, openid, err);
}

static int
find_lines(
    void *handle, const char *openid, size_t size, struct buf *lines, bool *all, struct err *err)
{
        const struct files *files = handle;

        return journal_find(files->arena, files->state_dir, openid, size, lines, all, err);
}

static int
last_log(void *handle, long long *when, struct err *err)
{
        const struct files *files = handle;

        return journal_last(files->arena, files->state_dir, when, err);
}

static int
read_day(void *handle, const char *day, lines_visit *visit, void *context, struct err *err)
{
        const struct files *files = handle;

        return journal_read(files->arena, files->state_dir, day, visit, context, err);
}

/* ---- for the site's owner ---- */

static int
tally(void *handle, enum state_tally kind, long long now, struct err *err)
{
        const struct files *files = handle;

        return tally_add(files->arena, store_folder(files->store), kind, now, err);
}

static int
read_tallies(
    void *handle, long long now, int days, long long counts[][TALLY_KINDS], struct err *err)
{
        const struct files *files = handle;

        return tally_read(files->arena, store_folder(files->store), now, days, counts, err);
}

static int
note_error(void *handle, const char *line, long long now, struct err *err)
{
        const struct files *files = handle;

        return notes_add_error(files->arena, store_folder(files->store), line, now, err);
}

static int
read_errors(void *handle, long long since, long long now,
    bool (*visit)(void *context, long long when, const char *line), void *context, struct err *err)
{
        const struct files *files = handle;

        return notes_read_errors(
            files->arena, store_folder(files->store), since, now, visit, context, err);
}

static int
audit(void *handle, const char *line, struct err *err)
{
        const struct files *files = handle;

        return notes_audit(files->arena, store_folder(files->store), line, err);
}

static int
read_audit(void *handle, lines_visit *visit, void *context, struct err *err)
{
        const struct files *files = handle;

        return notes_read_audit(files->arena, store_folder(files->store), visit, context, err);
}

/* ---- for a copy ---- */

struct copying {
        text_visit *visit;
        void *context;
        struct arena *arena;
        int folder;
        struct err *err;
        int result;
};

/* A record that is deleted meanwhile is left out. */
static int
copy_file(void *context, const char *name, long long stamp)
{
        struct copying *c = context;
        char *text;
        size_t size;

        (void)stamp;
        if (atomic_is_temporary(name))
                return 0;
        if (file_read_private(c->arena, c->folder, name, &text, &size, c->err) != 0) {
                c->result = err_accept(c->err, ERR_NOT_FOUND);
                return c->result;
        }
        c->result = c->visit(c->context, name, text, size) ? 0 : 1;
        return c->result;
}

static int
copy_shard(void *context, struct arena *arena, int parent, const char *shard, int folder)
{
        struct copying *c = context;

        (void)parent;
        (void)shard;
        c->arena = arena;
        c->folder = folder;
        return file_list(folder, copy_file, c, c->err) != 0 ? -1 : c->result;
}

static int
each_record(void *handle, enum store_kind kind, text_visit *visit, void *context, struct err *err)
{
        const struct files *files = handle;
        struct copying copying = {.visit = visit, .context = context, .err = err};

        return shard_each(
                   files->arena, store_folder(files->store), kind, copy_shard, &copying, err) < 0
                   ? -1
                   : 0;
}

static int
each_user_text(void *handle, text_visit *visit, void *context, struct err *err)
{
        const struct files *files = handle;

        return user_each_text(files->arena, files->state_dir, visit, context, err);
}

static int
list_days(void *handle, struct pairs *days, struct err *err)
{
        const struct files *files = handle;

        return journal_days(files->arena, files->state_dir, days, err);
}

static int
each_audit(void *handle, lines_visit *visit, void *context, struct err *err)
{
        const struct files *files = handle;

        return notes_each_audit(files->arena, store_folder(files->store), visit, context, err);
}

static int
add_record(void *handle, enum store_kind kind, const char *name, const struct store_record *record,
    const char *text, struct err *err)
{
        struct files *files = handle;

        return store_add_text(files->store, kind, name, text, record->expires, err);
}

static int
add_user(void *handle, const char *openid, const char *text, struct err *err)
{
        struct files *files = handle;

        return user_add(files->users, openid, text, err);
}

/* ---- tidying ---- */

static int
sweep(void *handle, enum store_kind kind, unsigned draw, long long now, struct err *err)
{
        struct files *files = handle;

        return store_sweep(files->store, kind, draw, now, NULL, err);
}

/* Deletes temporary files of the users and of the journal, and the journal's old days. */
static int
sweep_leftovers(void *handle, unsigned draw, long long days, long long now, struct err *err)
{
        struct files *files = handle;

        if (user_sweep(files->users, draw, now, err) != 0)
                return -1;
        return journal_sweep(files->arena, files->state_dir, days, now, err);
}

static int
sweep_waiting(void *handle, unsigned draw, long long limit, struct err *err)
{
        struct files *files = handle;

        return user_sweep_waiting(files->users, draw, limit, err);
}

const struct backend files_backend = {
    .open = open_files,
    .again = again,
    .reach = reach,
    .reach_missing = reach_missing,
    .note = note,
    .defer_log = defer_log,
    .take_log = take_log,
    .create = create,
    .replace = replace,
    .read = read_name,
    .take = take,
    .remove = delete_name,
    .empty_owned = empty_owned,
    .find_owned = find_owned,
    .find = find,
    .count = count,
    .lock = lock_key,
    .read_user = read_user,
    .export_user = export_user,
    .sign_in = sign_in,
    .join = join,
    .set_user = set_user,
    .wait = wait_user,
    .change_user = change_user,
    .drop_profile = drop_profile,
    .forget_user = forget_user,
    .each_user = each_user,
    .find_away = find_away,
    .begin_push = begin_push,
    .mark_push = mark_push,
    .finish_push = finish_push,
    .end_push = end_push,
    .log = append,
    .forget_lines = forget_lines,
    .find_lines = find_lines,
    .last_log = last_log,
    .read_day = read_day,
    .tally = tally,
    .read_tallies = read_tallies,
    .note_error = note_error,
    .read_errors = read_errors,
    .audit = audit,
    .read_audit = read_audit,
    .each_record = each_record,
    .each_user_text = each_user_text,
    .list_days = list_days,
    .each_audit = each_audit,
    .add_record = add_record,
    .add_user = add_user,
    .sweep = sweep,
    .sweep_leftovers = sweep_leftovers,
    .sweep_waiting = sweep_waiting,
};
