#include "user.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "err.h"
#include "json.h"
#include "file.h"
#include "os.h"
#include "text.h"

enum { SESSIONS_MAX = 100, OPENID_MAX = 64 };

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

/* The folder of the openid's shard, made where it is missing and create is set. */
static int
open_shard(struct users *users, const char *openid, bool create, int *folder, struct err *err)
{
        char hex[DIGEST_HEX_SIZE + 1];
        int parent;

        if (!text_is_id(openid, 1, OPENID_MAX))
                return err_set(err, ERR_SYSTEM, "user: not an openid");
        digest_sha256_hex(openid, strlen(openid), hex);
        hex[3] = '\0';
        if (file_open_folder(users->arena, AT_FDCWD, users->path, create, &parent, err) != 0)
                return -1;
        return file_open_folder(users->arena, parent, hex, create, folder, err);
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

        if (file_read_private(users->arena, folder, file_name(users, openid), &text, &size, err) !=
            0)
                return -1;
        pairs_init(user, users->arena);
        if (json_parse(users->arena, text, size, user, err) != 0 ||
            strcmp(pairs_get_text(user, "openid"), openid) != 0)
                return err_set(err, ERR_SYSTEM, "user: a user's file is broken");
        return 0;
}

int
user_read(struct users *users, const char *openid, struct pairs *user, struct err *err)
{
        int folder;

        if (open_shard(users, openid, false, &folder, err) != 0)
                return -1;
        return read_file(users, folder, openid, user, err);
}

/* Replaces in user what profile has: the profile's own members first go, all of them, unless it
 * has nothing but the openid. */
static void
take_profile(struct pairs *user, const struct pairs *profile)
{
        static const char *const members[] = {
            "nickname", "sex", "province", "city", "country", "headimgurl", "privilege"};

        if (profile->count > 1 + pairs_count(profile, "unionid"))
                for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                        pairs_remove(user, members[i]);
        for (size_t i = 0; i < profile->count; i++) {
                if (profile->items[i].type != PAIR_ITEM)
                        pairs_remove(user, profile->items[i].name);
                pairs_add_typed(
                    user, profile->items[i].name, profile->items[i].value, profile->items[i].type);
        }
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

/* Reads the user, or begins a new one with a fresh generation. */
static int
read_or_begin(struct users *users, int folder, const char *openid, long long now,
    struct pairs *user, struct err *err)
{
        char *generation;

        if (read_file(users, folder, openid, user, err) == 0)
                return 0;
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        pairs_init(user, users->arena);
        if (os_random_token(users->arena, &generation, err) != 0)
                return -1;
        pairs_add(user, "openid", openid);
        pairs_add(user, "generation", generation);
        pairs_add_number(user, "first_sign_in", now);
        return 0;
}

/* Changes and writes the user's file; the shard is locked. */
static int
record_sign_in(struct users *users, int folder, const struct pairs *profile, const char *scope,
    const char *session_name, long long now, long long expires, const char **generation,
    struct err *err)
{
        const char *openid = pairs_get_text(profile, "openid");
        struct pairs user;
        char *text;

        if (read_or_begin(users, folder, openid, now, &user, err) != 0)
                return -1;
        take_profile(&user, profile);
        pairs_remove(&user, "scope");
        pairs_add(&user, "scope", scope);
        set_number(&user, "last_sign_in", now);
        add_session(&user, session_name, now, expires);
        if (json_build(users->arena, &user, &text, err) != 0 ||
            file_write(users->arena, folder, file_name(users, openid), text, strlen(text), now,
                true, err) != 0)
                return -1;
        *generation = pairs_get_text(&user, "generation");
        return 0;
}

int
user_sign_in(struct users *users, const struct pairs *profile, const char *scope,
    const char *session_name, long long now, long long expires, const char **generation,
    struct err *err)
{
        int folder, lock, result;

        if (open_shard(users, pairs_get_text(profile, "openid"), true, &folder, err) != 0 ||
            file_lock(folder, ".lock", &lock, err) != 0)
                return -1;
        result = record_sign_in(
            users, folder, profile, scope, session_name, now, expires, generation, err);
        file_unlock(lock);
        return result;
}

/* Reads the names of the user's sessions and deletes the file; the shard is locked. */
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
        return file_delete(folder, file_name(users, openid), err);
}

int
user_forget(struct users *users, const char *openid, struct pairs *sessions, struct err *err)
{
        int folder, lock;
        int result = open_shard(users, openid, false, &folder, err);

        if (result == 0) {
                if (file_lock(folder, ".lock", &lock, err) != 0)
                        return -1;
                result = delete_user(users, folder, openid, sessions, err);
                file_unlock(lock);
        }
        if (result != 0 && err->kind == ERR_NOT_FOUND) {
                err_clear(err);
                result = 0;
        }
        return result;
}
