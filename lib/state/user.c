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
#include "host/lock.h"
#include "state/edit.h"
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

/* Sets shard to that of the openid. */
static int
find_shard(const char *openid, char shard[DIGEST_HEX_SIZE + 1], struct err *err)
{
        if (!api_is_openid(openid))
                return err_set(err, ERR_SYSTEM, "user: not an openid");
        digest_sha256_hex(openid, strlen(openid), shard);
        shard[SHARD_DIGITS] = '\0';
        return 0;
}

/* The same as open_folder() for the openid's shard. */
static int
open_shard(struct users *users, const char *openid, bool create, int *folder, struct err *err)
{
        char shard[DIGEST_HEX_SIZE + 1];

        return find_shard(openid, shard, err) != 0 ? -1
                                                   : open_folder(users, shard, create, folder, err);
}

static char *
file_name(struct users *users, const char *openid)
{
        return arena_printf(users->arena, "%s.json", openid);
}

static int
read_file(struct users *users, int folder, const char *openid, struct pairs *user, struct err *err)
{
        size_t size;
        char *text;

        return file_read_private(
                   users->arena, folder, file_name(users, openid), &text, &size, err) != 0
                   ? -1
                   : edit_parse(users->arena, openid, text, size, user, err);
}

/* Reads the user's text; the folders are only looked at. */
static int
read_text(struct users *users, const char *openid, char **text, size_t *size, struct err *err)
{
        char hex[DIGEST_HEX_SIZE + 1];
        const char *shard;

        if (find_shard(openid, hex, err) != 0)
                return -1;
        shard = arena_printf(users->arena, "%s/%s", users->path, hex);
        if (file_check_folder(AT_FDCWD, users->path, err) != 0 ||
            file_check_folder(AT_FDCWD, shard, err) != 0)
                return -1;
        return file_read_private(users->arena, AT_FDCWD,
            arena_printf(users->arena, "%s/%s", shard, file_name(users, openid)), text, size, err);
}

int
user_read(struct users *users, const char *openid, struct pairs *user, struct err *err)
{
        size_t size;
        char *text;

        return read_text(users, openid, &text, &size, err) != 0
                   ? -1
                   : edit_parse(users->arena, openid, text, size, user, err);
}

int
user_export(struct users *users, const char *openid, char **json, struct err *err)
{
        size_t size;
        char *text;

        return read_text(users, openid, &text, &size, err) != 0
                   ? -1
                   : edit_export(users->arena, openid, text, size, json, err);
}

static int
write_text(struct users *users, int folder, const char *openid, const char *text, struct err *err)
{
        if (edit_check_size(text, err) != 0)
                return -1;
        if (atomic_write(users->arena, folder, file_name(users, openid), text, strlen(text),
                os_now(), ATOMIC_REPLACE, err) == 0)
                return 0;
        if (err->kind == ERR_NOT_FOUND)
                err->kind = ERR_SYSTEM;
        return -1;
}

/* Reads, changes and writes the user's file. The shard is locked. */
static int
change_file(struct users *users, int folder, const char *openid, const struct edit *edit,
    struct pairs *user, struct err *err)
{
        char *old = NULL, *text;
        size_t size = 0;

        if (file_read_private(users->arena, folder, file_name(users, openid), &old, &size, err) !=
            0) {
                if (err->kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(err);
                old = NULL;
        }
        if (edit_apply(users->arena, openid, old, size, edit, user, &text, err) != 0)
                return -1;
        if (text == NULL)
                return 0;
        if (edit->amends && old != NULL &&
            atomic_amend(users->arena, folder, file_name(users, openid), old, text))
                return 0;
        return write_text(users, folder, openid, text, err);
}

static int
try_change(struct users *users, const char *openid, const struct edit *edit, struct pairs *user,
    struct err *err)
{
        int folder, lock, result;
        char *text;

        if (open_shard(users, openid, edit->begins, &folder, err) != 0) {
                if (edit->begins || err->kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(err);
                return edit_apply(users->arena, openid, NULL, 0, edit, user, &text, err);
        }
        if (lock_acquire(folder, ".lock", &lock, err) != 0)
                return -1;
        result = change_file(users, folder, openid, edit, user, err);
        lock_release(lock);
        return result;
}

static int
change_user(struct users *users, const char *openid, const struct edit *edit, struct pairs *user,
    struct err *err)
{
        int result = try_change(users, openid, edit, user, err);

        if (result != 0 && room_make(users->arena, users->state_dir, err))
                result = try_change(users, openid, edit, user, err);
        return result;
}

int
user_sign_in(struct users *users, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err)
{
        const struct edit edit = edit_sign_in(profile, scope, session, ended);
        struct pairs user;

        if (change_user(users, pairs_get_text(profile, "openid"), &edit, &user, err) != 0) {
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
        const struct edit edit = edit_join(generation, beside, session, ended);
        struct pairs user;

        if (change_user(users, openid, &edit, &user, err) == 0)
                return 0;
        if (err->kind == ERR_TOO_LARGE)
                err->kind = ERR_SYSTEM;
        return -1;
}

int
user_set(struct users *users, const char *openid, const struct pairs *members, struct err *err)
{
        const struct edit edit = edit_set(members);
        struct pairs user;

        return change_user(users, openid, &edit, &user, err);
}

int
user_wait(struct users *users, const struct pairs *profile, const char *scope, long long now,
    bool *begun, struct err *err)
{
        const struct edit edit = edit_wait(profile, scope, now, begun);
        struct pairs user;

        return change_user(users, pairs_get_text(profile, "openid"), &edit, &user, err);
}

int
user_change(struct users *users, const char *openid, const struct member_change *owners,
    struct pairs *ended, struct err *err)
{
        const struct edit edit = edit_owners(owners, ended);
        struct pairs user;

        return change_user(users, openid, &edit, &user, err);
}

int
user_drop_profile(struct users *users, const char *openid, struct err *err)
{
        const struct edit edit = edit_drop_profile();
        struct pairs user;

        return change_user(users, openid, &edit, &user, err);
}

int
user_add(struct users *users, const char *openid, const char *text, struct err *err)
{
        int folder, lock, result;

        if (open_shard(users, openid, true, &folder, err) != 0 ||
            lock_acquire(folder, ".lock", &lock, err) != 0)
                return -1;
        result = edit_check_size(text, err);
        if (result == 0)
                result = atomic_write(users->arena, folder, file_name(users, openid), text,
                    strlen(text), os_now(), ATOMIC_NEW, err);
        lock_release(lock);
        return result;
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

static int
keep_block(
    struct users *users, int folder, const char *openid, const struct pairs *user, struct err *err)
{
        char *text;

        return edit_keep_block(users->arena, openid, user, &text, err) != 0
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
