/* user: a user's file, which the site's own programs may also write. */
#include "fuzz.h"

#include "format/digest.h"
#include "state/user.h"

/* Returns the path of the file of the one user; its folders exist. */
static const char *
user_path(void)
{
        static char path[4096];
        char hex[DIGEST_HEX_SIZE + 1];

        if (*path != '\0')
                return path;
        digest_sha256_hex("oA", 2, hex);
        snprintf(path, sizeof(path), "%s/users", fuzz_folder());
        if (mkdir(path, 0700) != 0)
                abort();
        snprintf(path, sizeof(path), "%s/users/%.3s", fuzz_folder(), hex);
        if (mkdir(path, 0700) != 0)
                abort();
        snprintf(path, sizeof(path), "%s/users/%.3s/oA.json", fuzz_folder(), hex);
        return path;
}

static void
check_changed(struct users *users, const struct pairs *user)
{
        struct pairs members, changed;
        struct err err;

        pairs_init(&members, user->arena);
        pairs_add(&members, "scene", "7");
        CHECK(user_set(users, "oA", &members, &err) == 0);
        CHECK(user_read(users, "oA", &changed, &err) == 0);
        CHECK(strcmp(pairs_get_text(&changed, "scene"), "7") == 0);
        for (size_t i = 0; i < user->count; i++) /* no other member is lost */
                CHECK(strcmp(user->items[i].name, "scene") == 0 ||
                      pairs_get(&changed, user->items[i].name) != NULL);
        CHECK(user_drop_profile(users, "oA", &err) == 0);
        CHECK(user_read(users, "oA", &changed, &err) == 0);
        CHECK(pairs_get(&changed, "nickname") == NULL && pairs_get(&changed, "headimgurl") == NULL);
}

static void
check_signed_in(struct arena *arena, struct users *users)
{
        const struct user_session session = {
            .name = "name", .now = FUZZ_NOW, .expires = FUZZ_NOW + 60};
        struct pairs profile, sessions, ended;
        const char *generation;
        struct err err;
        bool listed;

        pairs_init(&profile, arena);
        pairs_init(&sessions, arena);
        pairs_add(&profile, "openid", "oA");
        pairs_init(&ended, arena);
        CHECK(
            user_sign_in(users, &profile, "snsapi_base", &session, &generation, &ended, &err) == 0);
        CHECK(user_join(users, "oA", generation, "name", &session, &ended, &err) == 0);
        CHECK(user_forget(users, "oA", NULL, &sessions, &listed, &err) == 0 && listed);
        CHECK(pairs_count(&sessions, "sessions") >= 1);
        CHECK(user_read(users, "oA", &profile, &err) == -1 && err.kind == ERR_NOT_FOUND);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        struct users *users = users_new(arena, fuzz_folder());
        struct err err = {.kind = ERR_NONE};
        struct pairs user;

        fuzz_write_file(user_path(), data, size);
        if (user_read(users, "oA", &user, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_SYSTEM);
                return;
        }
        CHECK(strcmp(pairs_get_text(&user, "openid"), "oA") == 0);
        for (size_t i = 0; i < user.count; i++)
                CHECK(fuzz_is_clean(user.items[i].value, ""));
        check_changed(users, &user);
        check_signed_in(arena, users);
}
