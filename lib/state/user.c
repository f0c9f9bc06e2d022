#include "state/user.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/digest.h"
#include "host/atomic.h"
#include "base/err.h"
#include "host/file.h"
#include "format/json.h"
#include "format/json_build.h"
#include "host/lock.h"
#include "state/member.h"
#include "host/os.h"
#include "state/room.h"
#include "wechat/api.h"

enum { SHARD_DIGITS = 3, LEFTOVER_SECONDS = 3600, WAITING_SHARDS = 8 };

struct users {
        struct arena *arena;
        const char *state_dir;
        const char *path;
};

struct users *
users_new(struct arena *arena, const char *state_dir)
{
        struct users *users = arena_alloc(arena, sizeof(*users));

        users->arena = arena;
        users->state_dir = state_dir;
        users->path = arena_printf(arena, "%s/users", state_dir);
        return users;
}

/* Opens the folder of a shard; with create, a missing one is created. */
static int
open_folder(struct users *users, const char *shard, bool create, int *folder, struct err *err)
{
        int parent;

        if (file_open_folder(users->arena, AT_FDCWD, users->path, create, &parent, err) != 0)
                return -1;
        return file_open_folder(users->arena, parent, shard, create, folder, err);
}

/* The same for the openid's shard. */
static int
open_shard(struct users *users, const char *openid, bool create, int *folder, struct err *err)
{
        char hex[DIGEST_HEX_SIZE + 1];

        if (!api_is_openid(openid))
                return err_set(err, ERR_SYSTEM, "user: not an openid");
        digest_sha256_hex(openid, strlen(openid), hex);
        hex[SHARD_DIGITS] = '\0';
        return open_folder(users, hex, create, folder, err);
}

static char *
file_name(struct users *users, const char *openid)
{
        return arena_printf(users->arena, "%s.json", openid);
}

/* Reads the user's members; *text is the file's text, *size its size. */
static int
read_text(struct users *users, int folder, const char *openid, struct pairs *user, char **text,
    size_t *size, struct err *err)
{
        if (file_read_private(users->arena, folder, file_name(users, openid), text, size, err) != 0)
                return -1;
        pairs_init(user, users->arena);
        if (json_parse(users->arena, *text, *size, user, err) != 0 ||
            strcmp(pairs_get_text(user, "openid"), openid) != 0)
                return err_set(err, ERR_SYSTEM, "user: a user's file is broken");
        return 0;
}

static int
read_file(struct users *users, int folder, const char *openid, struct pairs *user, struct err *err)
{
        size_t size;
        char *text;

        return read_text(users, folder, openid, user, &text, &size, err);
}

int
user_read(struct users *users, const char *openid, struct pairs *user, struct err *err)
{
        int folder;

        if (open_shard(users, openid, false, &folder, err) != 0)
                return -1;
        return read_file(users, folder, openid, user, err);
}

static struct pairs
copy(const struct pairs *pairs)
{
        struct pairs copied;

        pairs_init(&copied, pairs->arena);
        for (size_t i = 0; i < pairs->count; i++)
                pairs_add_typed(
                    &copied, pairs->items[i].name, pairs->items[i].value, pairs->items[i].type);
        return copied;
}

int
user_export(struct users *users, const char *openid, char **json, struct err *err)
{
        struct pairs user, shown;
        size_t size;
        char *text;
        int folder;

        if (open_shard(users, openid, false, &folder, err) != 0 ||
            read_text(users, folder, openid, &user, &text, &size, err) != 0)
                return -1;
        shown = copy(&user);
        pairs_remove(&shown, "generation");
        pairs_remove(&shown, "sessions");
        return json_change(users->arena, text, size, &user, &shown, json, err);
}

static void
set_number(struct pairs *user, const char *name, long long number)
{
        pairs_remove(user, name);
        pairs_add_number(user, name, number);
}

/* Fills user with the openid and a new generation. */
static int
begin_user(struct users *users, const char *openid, struct pairs *user, struct err *err)
{
        char *generation;

        pairs_init(user, users->arena);
        if (os_random_token(users->arena, &generation, err) != 0)
                return -1;
        pairs_add(user, "openid", openid);
        pairs_add(user, "generation", generation);
        return 0;
}

/* A change of a user's members. apply cannot fail. */
struct change {
        void (*apply)(struct pairs *user, const struct change *change);
        bool begins; /* a missing user is created; otherwise it is left missing */
        bool exists; /* a missing user is an error: ERR_NOT_FOUND */
        bool amends; /* need not be durable: if only digits change, they change in place */
        const struct pairs *members;
        const char *scope;                /* for a sign-in */
        const struct user_session *added; /* for a sign-in and for a session */
        struct pairs *ended;
        const char *generation; /* the user must have it, and the session beside; NULL: any */
        const char *beside;
        const struct member_change *owners; /* for a change by the owner */
        long long now;                      /* for the waiting list */
        bool *begun;
};

/* The caller learns only that the session is over, not why. */
static int
refuse(struct err *err)
{
        return err_set(err, ERR_EXPIRED, "user: forgotten, or that session has ended");
}

static int
write_text(struct users *users, int folder, const char *openid, const char *text, struct err *err)
{
        /* A file that could not be read back is not written. */
        if (strlen(text) > FILE_SIZE_MAX)
                return err_set(err, ERR_TOO_LARGE,
                    "user: a user's file would grow past %d kB: remove members that your own "
                    "programs added",
                    FILE_SIZE_MAX / 1024);
        if (atomic_write(users->arena, folder, file_name(users, openid), text, strlen(text),
                os_now(), ATOMIC_REPLACE, err) == 0)
                return 0;
        if (err->kind == ERR_NOT_FOUND)
                err->kind = ERR_SYSTEM;
        return -1;
}

/* Reads, changes and writes the user's file. The shard is locked. Members of a later version or of
 * the site's own programs stay. */
static int
change_file(struct users *users, int folder, const char *openid, const struct change *change,
    struct pairs *user, struct err *err)
{
        struct pairs before;
        char *text = "{}", *old;
        size_t size = strlen(text);

        pairs_init(&before, users->arena);
        if (read_text(users, folder, openid, user, &text, &size, err) == 0) {
                before = copy(user);
        } else {
                if (err->kind != ERR_NOT_FOUND || change->exists)
                        return -1;
                if (change->generation != NULL)
                        return refuse(err);
                err_clear(err);
                if (!change->begins)
                        return 0;
                if (begin_user(users, openid, user, err) != 0)
                        return -1;
        }
        if (change->generation != NULL &&
            !member_is_in_force(user, change->generation, change->beside))
                return refuse(err);
        change->apply(user, change);
        old = text;
        if (json_change(users->arena, old, size, &before, user, &text, err) != 0)
                return -1;
        if (change->amends &&
            atomic_amend(users->arena, folder, file_name(users, openid), old, text))
                return 0;
        return write_text(users, folder, openid, text, err);
}

static int
try_change(struct users *users, const char *openid, const struct change *change, struct pairs *user,
    struct err *err)
{
        int folder, lock, result;

        if (open_shard(users, openid, change->begins, &folder, err) != 0) {
                if (change->begins || change->exists || err->kind != ERR_NOT_FOUND)
                        return -1;
                if (change->generation != NULL)
                        return refuse(err);
                err_clear(err);
                return 0;
        }
        if (lock_acquire(folder, ".lock", &lock, err) != 0)
                return -1;
        result = change_file(users, folder, openid, change, user, err);
        lock_release(lock);
        return result;
}

static int
change_user(struct users *users, const char *openid, const struct change *change,
    struct pairs *user, struct err *err)
{
        int result = try_change(users, openid, change, user, err);

        if (result != 0 && room_make(users->arena, users->state_dir, err))
                result = try_change(users, openid, change, user, err);
        return result;
}

static void
apply_session(struct pairs *user, const struct change *change)
{
        const struct user_session *added = change->added;

        if (added->consented != 0 && pairs_get(user, "consented") == NULL)
                pairs_add_number(user, "consented", added->consented);
        member_add_session(user, added->name, added->now, added->expires, change->ended);
}

/* The profile replaces the stored one, unless it has only openid and unionid. */
static void
apply_profile(struct pairs *user, const struct change *change)
{
        const struct pairs *profile = change->members;

        if (profile->count > 1 + pairs_count(profile, "unionid"))
                member_remove_profile(user);
        member_set(user, profile);
        pairs_remove(user, "scope");
        pairs_add(user, "scope", change->scope);
}

static void
apply_sign_in(struct pairs *user, const struct change *change)
{
        apply_profile(user, change);
        pairs_remove(user, "waiting");
        if (change->added->is_first != NULL)
                *change->added->is_first = pairs_get(user, "first_sign_in") == NULL;
        if (pairs_get(user, "first_sign_in") == NULL)
                pairs_add_number(user, "first_sign_in", change->added->now);
        set_number(user, "last_sign_in", change->added->now);
        apply_session(user, change);
}

int
user_sign_in(struct users *users, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err)
{
        const struct change change = {.apply = apply_sign_in,
            .begins = true,
            .members = profile,
            .scope = scope,
            .added = session,
            .ended = ended};
        struct pairs user;

        if (change_user(users, pairs_get_text(profile, "openid"), &change, &user, err) != 0) {
                if (err->kind == ERR_TOO_LARGE)
                        err->kind = ERR_SYSTEM;
                return -1;
        }
        *generation = pairs_get_text(&user, "generation");
        return 0;
}

int
user_join(struct users *users, const char *openid, const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended, struct err *err)
{
        const struct change change = {.apply = apply_session,
            .added = session,
            .ended = ended,
            .generation = generation,
            .beside = beside};
        struct pairs user;

        if (change_user(users, openid, &change, &user, err) == 0)
                return 0;
        if (err->kind == ERR_TOO_LARGE)
                err->kind = ERR_SYSTEM;
        return -1;
}

static void
apply_set(struct pairs *user, const struct change *change)
{
        member_set(user, change->members);
}

/* last_seen may be lost: the user's next message sets it again. */
static bool
only_seen(const struct pairs *members)
{
        return members->count == 1 && strcmp(members->items[0].name, "last_seen") == 0;
}

int
user_set(struct users *users, const char *openid, const struct pairs *members, struct err *err)
{
        const struct change change = {
            .apply = apply_set, .begins = true, .amends = only_seen(members), .members = members};
        struct pairs user;

        return change_user(users, openid, &change, &user, err);
}

static void
apply_wait(struct pairs *user, const struct change *change)
{
        apply_profile(user, change);
        *change->begun = pairs_get(user, "waiting") == NULL;
        if (*change->begun)
                pairs_add_number(user, "waiting", change->now);
}

int
user_wait(struct users *users, const struct pairs *profile, const char *scope, long long now,
    bool *begun, struct err *err)
{
        const struct change change = {.apply = apply_wait,
            .begins = true,
            .members = profile,
            .scope = scope,
            .now = now,
            .begun = begun};
        struct pairs user;

        return change_user(users, pairs_get_text(profile, "openid"), &change, &user, err);
}

static void
apply_owners(struct pairs *user, const struct change *change)
{
        member_change(user, change->owners, change->ended);
}

int
user_change(struct users *users, const char *openid, const struct member_change *owners,
    struct pairs *ended, struct err *err)
{
        const struct change change = {
            .apply = apply_owners, .exists = true, .owners = owners, .ended = ended};
        struct pairs user;

        return change_user(users, openid, &change, &user, err);
}

static void
apply_drop_profile(struct pairs *user, const struct change *change)
{
        (void)change;
        member_remove_profile(user);
        pairs_remove(user, "unionid");
}

int
user_drop_profile(struct users *users, const char *openid, struct err *err)
{
        const struct change change = {.apply = apply_drop_profile};
        struct pairs user;

        return change_user(users, openid, &change, &user, err);
}

struct sweep {
        int folder;
        long long limit; /* temporary files older than this are deleted */
        struct err *err;
        int result;
};

static int
sweep_file(void *context, const char *name, long long stamp)
{
        struct sweep *sweep = context;

        if (!atomic_is_temporary(name) || stamp >= sweep->limit)
                return 0;
        sweep->result = atomic_delete(sweep->folder, name, sweep->err);
        return sweep->result;
}

static int
sweep_folder(int folder, long long limit, struct err *err)
{
        struct sweep sweep = {folder, limit, err, 0};

        return file_list(folder, sweep_file, &sweep, err) == 0 ? sweep.result : -1;
}

int
user_sweep(struct users *users, unsigned draw, long long now, struct err *err)
{
        char *shard = arena_printf(users->arena, "%0*x", SHARD_DIGITS, draw % USER_SHARDS);
        int folder;

        if (open_folder(users, shard, false, &folder, err) != 0)
                return err_accept(err, ERR_NOT_FOUND);
        return sweep_folder(folder, now - LEFTOVER_SECONDS, err);
}

/* ---- the waiting list ---- */

struct waiting {
        struct users *users;
        int folder;
        long long limit;
        struct err *err;
        int result;
};

/* A file that was changed since the limit need not be read. Those who have written to the account
 * are its followers, and stay; so do those who were in before and have set a picture, which would
 * be left behind. */
static int
drop_waiting(void *context, const char *name, long long stamp)
{
        struct waiting *w = context;
        struct pairs user;
        size_t size = strlen(name);
        char *openid;
        struct err ignored = {.kind = ERR_NONE};

        if (stamp >= w->limit || size < 6 || strcmp(name + size - 5, ".json") != 0)
                return 0;
        openid = arena_copy(w->users->arena, name, size - 5);
        if (read_file(w->users, w->folder, openid, &user, &ignored) != 0 ||
            pairs_get(&user, "waiting") == NULL || pairs_get(&user, "last_seen") != NULL ||
            pairs_get(&user, "picture") != NULL || pairs_get(&user, "picture_other") != NULL ||
            pairs_get_number(&user, "waiting", 0) >= w->limit)
                return 0;
        w->result = atomic_drop(w->folder, name, w->err);
        return w->result;
}

int
user_sweep_waiting(struct users *users, unsigned draw, long long limit, struct err *err)
{
        for (unsigned i = 0; i < WAITING_SHARDS; i++) {
                char *shard = arena_printf(users->arena, "%0*x", SHARD_DIGITS, (draw + i) % 4096);
                struct waiting waiting = {users, -1, limit, err, 0};
                int lock, result;

                if (open_folder(users, shard, false, &waiting.folder, err) != 0) {
                        if (err->kind != ERR_NOT_FOUND)
                                return -1;
                        err_clear(err);
                        continue;
                }
                if (lock_acquire(waiting.folder, ".lock", &lock, err) != 0)
                        return -1;
                result = file_list(waiting.folder, drop_waiting, &waiting, err);
                lock_release(lock);
                if (result != 0 || waiting.result != 0)
                        return -1;
        }
        return 0;
}

/* ---- the end ---- */

/* A block outlives its user: otherwise to unfollow the account would end it. */
static int
keep_block(
    struct users *users, int folder, const char *openid, const struct pairs *user, struct err *err)
{
        struct pairs kept;
        char *text;

        if (begin_user(users, openid, &kept, err) != 0)
                return -1;
        pairs_add_number(&kept, "blocked", pairs_get_number(user, "blocked", 1));
        return json_build(users->arena, &kept, &text, err) != 0
                   ? -1
                   : write_text(users, folder, openid, text, err);
}

/* Reads the names of the user's sessions and deletes the file, even if it cannot be read. The shard
 * is locked, so its temporary files, whatever their age, were left by processes that died. */
static int
delete_user(struct users *users, int folder, const char *openid, const struct member_away *away,
    struct pairs *sessions, bool *listed, struct err *err)
{
        struct pairs user;

        *listed = read_file(users, folder, openid, &user, err) == 0;
        if (away != NULL && !*listed)
                return -1;
        if (away != NULL && !member_is_away(&user, away))
                return err_set(err, ERR_EXISTS, "user: is no longer away");
        if (*listed)
                member_get_sessions(&user, sessions);
        else if (err->kind == ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        if ((*listed && member_is_blocked(&user)
                    ? keep_block(users, folder, openid, &user, err)
                    : atomic_delete(folder, file_name(users, openid), err)) != 0)
                return -1;
        return sweep_folder(folder, LLONG_MAX, err);
}

int
user_forget(struct users *users, const char *openid, const struct member_away *away,
    struct pairs *sessions, bool *listed, struct err *err)
{
        int folder, lock;
        int result = open_shard(users, openid, false, &folder, err);

        *listed = true;
        if (result == 0) {
                if (lock_acquire(folder, ".lock", &lock, err) != 0)
                        return -1;
                result = delete_user(users, folder, openid, away, sessions, listed, err);
                lock_release(lock);
        }
        if (result != 0 && err->kind == ERR_NOT_FOUND) {
                err_clear(err);
                *listed = true;
                result = 0;
        }
        return result;
}
