#include "user.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "durable.h"
#include "err.h"
#include "json.h"
#include "file.h"
#include "json_build.h"
#include "lock.h"
#include "os.h"
#include "wechat.h"

enum { SESSIONS_MAX = 100, SHARD_DIGITS = 3, LEFTOVER_SECONDS = 3600 };

struct users {
        struct arena *arena;
        const char *path;
};

struct users *
user_open(struct arena *arena, const char *state_dir)
{
        struct users *users = arena_alloc(arena, sizeof(*users));

        users->arena = arena;
        users->path = arena_printf(arena, "%s/users", state_dir);
        return users;
}

/* The folder of a shard, made where it is missing and create is set. */
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

        if (!wechat_is_openid(openid))
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

/* The user's members; *text is the file, whose size is *size. */
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

static void
remove_profile(struct pairs *user)
{
        static const char *const members[] = {
            "nickname", "sex", "province", "city", "country", "headimgurl", "privilege"};

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                pairs_remove(user, members[i]);
}

/* Replaces in user what from has. */
static void
set_members(struct pairs *user, const struct pairs *from)
{
        for (size_t i = 0; i < from->count; i++)
                if (from->items[i].type != PAIR_ITEM)
                        pairs_remove(user, from->items[i].name);
        for (size_t i = 0; i < from->count; i++)
                pairs_add_typed(
                    user, from->items[i].name, from->items[i].value, from->items[i].type);
}

/* Adds a session to the list, without those that are over and, past SESSIONS_MAX, the oldest. */
static void
add_session(struct pairs *user, const char *name, long long now, long long expires)
{
        struct pairs old = *user;
        size_t count = pairs_count(user, "sessions");

        old.items = arena_alloc(user->arena, user->count * sizeof(*old.items));
        memcpy(old.items, user->items, user->count * sizeof(*old.items));
        pairs_remove(user, "sessions");
        for (size_t i = 0; i < old.count; i++) {
                const char *blank = strchr(old.items[i].value, ' ');

                if (strcmp(old.items[i].name, "sessions") != 0)
                        continue;
                if (count-- >= SESSIONS_MAX || blank == NULL || strtoll(blank, NULL, 10) <= now)
                        continue;
                pairs_add_typed(user, "sessions", old.items[i].value, PAIR_ITEM);
        }
        pairs_add_typed(
            user, "sessions", arena_printf(user->arena, "%s %lld", name, expires), PAIR_ITEM);
}

static void
set_number(struct pairs *user, const char *name, long long number)
{
        pairs_remove(user, name);
        pairs_add_number(user, name, number);
}

/* A user of whom only the openid is known, with a fresh generation. */
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

/* A change of a user's members; it cannot fail. */
struct change {
        void (*apply)(struct pairs *user, const struct change *change);
        bool begins; /* a user who is not there begins; otherwise nothing is done then */
        const struct pairs *members;
        const char *scope; /* these are for a sign-in */
        const char *session_name;
        long long now;
        long long expires;
};

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

/* Reads, changes and writes the user's file; the shard is locked. What is in it besides, of a later
 * version or of the site's own programs, stays. */
static int
change_file(struct users *users, int folder, const char *openid, const struct change *change,
    struct pairs *user, struct err *err)
{
        struct pairs before;
        char *text = "{}";
        size_t size = strlen(text);

        pairs_init(&before, users->arena);
        if (read_text(users, folder, openid, user, &text, &size, err) == 0) {
                before = copy(user);
        } else {
                if (err->kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(err);
                if (!change->begins)
                        return 0;
                if (begin_user(users, openid, user, err) != 0)
                        return -1;
        }
        change->apply(user, change);
        if (json_change(users->arena, text, size, &before, user, &text, err) != 0)
                return -1;
        return durable_write(users->arena, folder, file_name(users, openid), text, strlen(text),
            os_now(), true, err);
}

static int
change_user(struct users *users, const char *openid, const struct change *change,
    struct pairs *user, struct err *err)
{
        int folder, lock, result;

        if (open_shard(users, openid, change->begins, &folder, err) != 0) {
                if (change->begins || err->kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(err);
                return 0;
        }
        if (lock_take(folder, ".lock", &lock, err) != 0)
                return -1;
        result = change_file(users, folder, openid, change, user, err);
        lock_release(lock);
        return result;
}

/* The profile replaces the one that is stored, unless it has nothing but the openid. */
static void
apply_sign_in(struct pairs *user, const struct change *change)
{
        const struct pairs *profile = change->members;

        if (profile->count > 1 + pairs_count(profile, "unionid"))
                remove_profile(user);
        set_members(user, profile);
        pairs_remove(user, "scope");
        pairs_add(user, "scope", change->scope);
        if (pairs_get(user, "first_sign_in") == NULL)
                pairs_add_number(user, "first_sign_in", change->now);
        set_number(user, "last_sign_in", change->now);
        add_session(user, change->session_name, change->now, change->expires);
}

int
user_sign_in(struct users *users, const struct pairs *profile, const char *scope,
    const char *session_name, long long now, long long expires, const char **generation,
    struct err *err)
{
        const struct change change = {
            apply_sign_in, true, profile, scope, session_name, now, expires};
        struct pairs user;

        if (change_user(users, pairs_get_text(profile, "openid"), &change, &user, err) != 0)
                return -1;
        *generation = pairs_get_text(&user, "generation");
        return 0;
}

static void
apply_set(struct pairs *user, const struct change *change)
{
        set_members(user, change->members);
}

int
user_set(struct users *users, const char *openid, const struct pairs *members, struct err *err)
{
        const struct change change = {.apply = apply_set, .begins = true, .members = members};
        struct pairs user;

        return change_user(users, openid, &change, &user, err);
}

static void
apply_drop_profile(struct pairs *user, const struct change *change)
{
        (void)change;
        remove_profile(user);
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
        long long limit; /* temporary files that are older go */
        struct err *err;
        int result;
};

static int
sweep_file(void *context, const char *name, long long stamp)
{
        struct sweep *sweep = context;

        if (!durable_is_temporary(name) || stamp >= sweep->limit)
                return 0;
        sweep->result = durable_delete(sweep->folder, name, sweep->err);
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
        char *shard = arena_printf(users->arena, "%0*x", SHARD_DIGITS, draw % 4096);
        int folder;

        if (open_folder(users, shard, false, &folder, err) != 0) {
                if (err->kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(err);
                return 0;
        }
        return sweep_folder(folder, now - LEFTOVER_SECONDS, err);
}

/* Reads the names of the user's sessions and deletes the file; the shard is locked, so that its
 * temporary files are those of processes that were ended, whatever their age. */
static int
delete_user(
    struct users *users, int folder, const char *openid, struct pairs *sessions, struct err *err)
{
        struct pairs user;

        if (read_file(users, folder, openid, &user, err) != 0)
                return -1;
        for (size_t i = 0; i < user.count; i++) {
                const char *value = user.items[i].value;

                if (strcmp(user.items[i].name, "sessions") == 0)
                        pairs_add(sessions, "sessions",
                            arena_copy(users->arena, value, strcspn(value, " ")));
        }
        if (durable_delete(folder, file_name(users, openid), err) != 0)
                return -1;
        return sweep_folder(folder, LLONG_MAX, err);
}

int
user_forget(struct users *users, const char *openid, struct pairs *sessions, struct err *err)
{
        int folder, lock;
        int result = open_shard(users, openid, false, &folder, err);

        if (result == 0) {
                if (lock_take(folder, ".lock", &lock, err) != 0)
                        return -1;
                result = delete_user(users, folder, openid, sessions, err);
                lock_release(lock);
        }
        if (result != 0 && err->kind == ERR_NOT_FOUND) {
                err_clear(err);
                result = 0;
        }
        return result;
}
