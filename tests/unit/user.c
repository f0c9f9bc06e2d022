/* user: keeping members of other programs, merging profiles, listing sessions, damaged files. */
#include "folder.h"

#include "format/digest.h"
#include "format/json.h"
#include "state/away.h"
#include "state/member.h"
#include "state/user.h"

static struct users *
open_users(struct folder *f)
{
        struct users *users;

        users = users_new(f->arena, f->path);
        return users;
}

static char *
file_of(struct folder *f, const char *openid)
{
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(openid, strlen(openid), hex);
        return arena_printf(f->arena, "%s/users/%.3s/%s.json", f->path, hex, openid);
}

static struct pairs
profile_of(struct folder *f, const char *openid, const char *nickname)
{
        struct pairs profile;

        pairs_init(&profile, f->arena);
        pairs_add(&profile, "openid", openid);
        pairs_add(&profile, "nickname", nickname);
        return profile;
}

static int
forget(struct folder *f, struct users *users, const char *openid, struct pairs *sessions)
{
        bool listed;

        return user_forget(users, openid, NULL, sessions, &listed, &f->err);
}

static const char *
sign_in(struct folder *f, struct users *users, const struct pairs *profile, const char *session,
    long long now, long long expires)
{
        const struct user_session added = {.name = session, .now = now, .expires = expires};
        const char *generation = NULL;
        struct pairs ended;

        pairs_init(&ended, f->arena);
        if (user_sign_in(users, profile, "snsapi_userinfo", &added, &generation, &ended, &f->err) !=
            0)
                fail_msg("%s", f->err.text);
        return generation;
}

/* Adds more at the end of the object in the user's file. */
static void
add_members(struct folder *f, const char *openid, const char *more)
{
        char *path = file_of(f, openid), *text, *changed;
        size_t size;

        assert_int_equal(file_read_public(f->arena, path, &text, &size, &f->err), 0);
        changed = arena_printf(f->arena, "%.*s,%s}", (int)size - 1, text, more);
        put_file(path, changed, strlen(changed));
}

static void
members_of_others_are_kept(void **state)
{
        static const struct {
                const char *json, *value;
        } rows[] = {{"\"note\":\"VIP 小明\"", "VIP 小明"}, {"\"note\":7", "7"},
            {"\"note\":9007199254740993", "9007199254740993"}, {"\"note\":true", "true"},
            {"\"note\":[\"a\"]", "a"}, {"\"note\":\"\"", ""},
            {"\"note\":1.5", "1.5"}}; /* a price, a score */
        struct folder *f = *state;
        struct users *users = open_users(f);

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *openid = arena_printf(f->arena, "o%zu", i);
                struct pairs profile = profile_of(f, openid, "a"), user;

                sign_in(f, users, &profile, "s1", 100, 200);
                add_members(f, openid, rows[i].json);
                sign_in(f, users, &profile, "s2", 110, 210);
                ROW(user_read(users, openid, &user, &f->err) == 0 &&
                        same(pairs_get(&user, "note"), rows[i].value),
                    i, rows[i].json);
                ROW(pairs_count(&user, "note") == 1, i, "once");
        }
        END_ROWS();
}

/* Members that json_parse() would drop or clean, as a later version or a program of the site may
 * write them. */
static void
members_that_are_not_understood_stay(void **state)
{
        static const char *const rows[] = {"\"note\":{\"a\":{\"b\":[1,{\"c\":null}]}}",
            "\"note\":null", "\"note\":{}", "\"note\":[]", "\"note\":[true,[1],{\"a\":2}]",
            "\"note\":\"a\\nb\xe2\x80\xae\"", "\"a/b\":1", "\"\":1", "\"note\":1.50"};
        struct folder *f = *state;
        struct users *users = open_users(f);

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *openid = arena_printf(f->arena, "o%zu", i);
                struct pairs profile = profile_of(f, openid, "a"), members;
                size_t size;
                char *text;

                sign_in(f, users, &profile, "s1", 100, 200);
                add_members(f, openid, rows[i]);
                sign_in(f, users, &profile, "s2", 110, 210);
                pairs_init(&members, f->arena);
                pairs_add(&members, "scene", "7");
                assert_int_equal(user_set(users, openid, &members, &f->err), 0);
                assert_int_equal(user_drop_profile(users, openid, &f->err), 0);
                assert_int_equal(
                    file_read_public(f->arena, file_of(f, openid), &text, &size, &f->err), 0);
                ROW(strstr(text, rows[i]) != NULL, i, text);
                ROW(strstr(text, "\"scene\":\"7\"") != NULL, i, text);
                ROW(strstr(text, "nickname") == NULL, i, text);
                ROW(strstr(text, "\"sessions\":[\"s1 200\",\"s2 210\"]") != NULL, i, text);
        }
        END_ROWS();
}

static void
profiles_are_merged(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs full = profile_of(f, "oX", "a"), base = profile_of(f, "oX", NULL);
        struct pairs bare = profile_of(f, "oX", "b"), user;
        const char *one, *two;

        pairs_add_number(&full, "sex", 1);
        pairs_add(&full, "city", "广州");
        pairs_add(&full, "headimgurl", "https://x.qlogo.cn/a");
        pairs_add_typed(&full, "privilege", "p", PAIR_ITEM);
        pairs_add_typed(&full, "privilege", "q", PAIR_ITEM);
        pairs_add(&full, "unionid", "u1");
        one = sign_in(f, users, &full, "s1", 100, 1000);
        two = sign_in(f, users, &base, "s2", 110, 1010);
        assert_string_equal(one, two);
        assert_int_equal(user_read(users, "oX", &user, &f->err), 0);
        assert_string_equal(pairs_get(&user, "city"), "广州");
        assert_string_equal(pairs_join(&user, "privilege", " "), "p q");
        assert_string_equal(pairs_get(&user, "unionid"), "u1");
        pairs_add(&base, "unionid", "u2"); /* a base grant's unionid is no profile */
        sign_in(f, users, &base, "s3", 120, 1020);
        assert_int_equal(user_read(users, "oX", &user, &f->err), 0);
        assert_string_equal(pairs_get(&user, "city"), "广州");
        assert_string_equal(pairs_get_once(&user, "unionid"), "u2");
        sign_in(f, users, &bare, "s4", 130, 1030); /* what a new profile lacks is gone */
        assert_int_equal(user_read(users, "oX", &user, &f->err), 0);
        assert_string_equal(pairs_get_once(&user, "nickname"), "b");
        assert_null(pairs_get(&user, "city"));
        assert_null(pairs_get(&user, "headimgurl"));
        assert_int_equal(pairs_count(&user, "privilege"), 0);
        assert_int_equal(pairs_get_number(&user, "first_sign_in", 0), 100);
        assert_int_equal(pairs_get_number(&user, "last_sign_in", 0), 130);
        assert_string_equal(pairs_get_once(&user, "scope"), "snsapi_userinfo");
        assert_string_equal(pairs_get_once(&user, "generation"), one);
        assert_int_equal(strlen(one), 43);
}

static void
sessions_are_listed_to_100(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oX", "a"), user, sessions;

        for (int i = 0; i < 103; i++)
                sign_in(f, users, &profile, arena_printf(f->arena, "s%d", i), 100, 1000 + i);
        assert_int_equal(user_read(users, "oX", &user, &f->err), 0);
        assert_int_equal(pairs_count(&user, "sessions"), 100);
        assert_string_equal(pairs_get(&user, "sessions"), "s3 1003"); /* the oldest went */
        sign_in(f, users, &profile, "last", 1102, 2000); /* what is over to the second goes */
        pairs_init(&sessions, f->arena);
        assert_int_equal(forget(f, users, "oX", &sessions), 0);
        assert_string_equal(pairs_join(&sessions, "sessions", " "), "last");
        assert_int_equal(access(file_of(f, "oX"), F_OK), -1);
}

/* Sessions that leave the list are returned, for deletion: first the expired ones, then the
 * oldest. */
static void
sessions_that_leave_the_list_are_named(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oX", "a"), ended;
        const char *generation;

        sign_in(f, users, &profile, "over", 100, 150);
        for (int i = 0; i < MEMBER_SESSIONS_MAX - 1; i++)
                sign_in(f, users, &profile, arena_printf(f->arena, "s%d", i), 100, 1000 + i);
        pairs_init(&ended, f->arena);
        generation = sign_in(f, users, &profile, "last", 149, 2000);
        assert_int_equal(user_join(users, "oX", generation, "last",
                             &(struct user_session){.name = "more", .now = 150, .expires = 1000},
                             &ended, &f->err),
            0);
        assert_string_equal(pairs_join(&ended, "sessions", " "), "s0");
        pairs_init(&ended, f->arena);
        assert_int_equal(user_join(users, "oX", generation, "last",
                             &(struct user_session){.name = "late", .now = 1002, .expires = 2000},
                             &ended, &f->err),
            0);
        assert_string_equal(pairs_join(&ended, "sessions", " "), "s1 s2 more");
}

static void
nobody_begins_by_joining(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oX", "a"), user, ended;
        struct user_session added = {.name = "new", .now = 10, .expires = 20};
        const char *generation;

        pairs_init(&ended, f->arena);
        assert_int_equal(user_join(users, "oX", "g", "s", &added, &ended, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_EXPIRED);
        assert_int_equal(access(inside(f, "users"), F_OK), -1);
        generation = sign_in(f, users, &profile, "s", 1, 20);
        const struct {
                const char *generation, *beside;
        } rows[] = {{"", "s"}, {"another", "s"}, {generation, "new"}, {generation, ""},
            {generation, "s "}, {generation, "s 20"}};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(user_join(users, "oX", rows[i].generation, rows[i].beside, &added, &ended,
                        &f->err) == -1 &&
                        f->err.kind == ERR_EXPIRED,
                    i, rows[i].beside);
        assert_int_equal(user_read(users, "oX", &user, &f->err), 0);
        assert_int_equal(pairs_count(&user, "sessions"), 1);
        assert_int_equal(user_join(users, "oX", generation, "s", &added, &ended, &f->err), 0);
        assert_int_equal(user_read(users, "oX", &user, &f->err), 0);
        assert_true(member_is_in_force(&user, generation, "new"));
        assert_int_equal(forget(f, users, "oX", &ended), 0);
        assert_int_equal(user_join(users, "oX", generation, "s", &added, &ended, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_EXPIRED);
        assert_int_equal(access(file_of(f, "oX"), F_OK), -1);
        END_ROWS();
}

/* However much text a follower's pushes contain, the file stays small enough to be read. */
static void
a_file_stays_readable(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs members = {0}, user;
        char *longest = arena_alloc(f->arena, MEMBER_VALUE_MAX + 2), *own;

        memset(longest, 'x', MEMBER_VALUE_MAX);
        pairs_init(&members, f->arena);
        pairs_add(&members, "scene", longest);
        assert_int_equal(user_set(users, "oA", &members, &f->err), 0);
        assert_int_equal(user_read(users, "oA", &user, &f->err), 0);
        assert_string_equal(pairs_get(&user, "scene"), longest);
        longest[MEMBER_VALUE_MAX] = 'x';
        pairs_init(&members, f->arena);
        pairs_add(&members, "scene", longest);
        pairs_add(&members, "latitude", longest);
        pairs_add_number(&members, "last_seen", 7);
        for (int i = 0; i < 1000; i++)
                pairs_add_typed(&members, "privilege", "p", PAIR_ITEM);
        assert_int_equal(user_set(users, "oA", &members, &f->err), 0);
        assert_int_equal(user_read(users, "oA", &user, &f->err), 0);
        assert_int_equal(strlen(pairs_get(&user, "scene")), MEMBER_VALUE_MAX);
        assert_null(pairs_get(&user, "latitude"));
        assert_int_equal(pairs_get_number(&user, "last_seen", 0), 7);
        assert_in_range(pairs_count(&user, "privilege"), 1, MEMBER_ITEMS_MAX + 1);
        /* Data of the site's own programs may fill the file. */
        own = arena_alloc(f->arena, FILE_SIZE_MAX);
        memset(own, 'y', FILE_SIZE_MAX - 2500);
        add_members(f, "oA", arena_printf(f->arena, "\"own\":\"%s\"", own));
        pairs_init(&members, f->arena);
        pairs_add(&members, "latitude", arena_copy(f->arena, longest, MEMBER_VALUE_MAX));
        pairs_add(&members, "longitude", arena_copy(f->arena, longest, MEMBER_VALUE_MAX));
        assert_int_equal(user_set(users, "oA", &members, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_TOO_LARGE);
        assert_int_equal(user_read(users, "oA", &user, &f->err), 0);
        assert_string_equal(pairs_get(&user, "own"), own);
}

static void
forgetting_somebody_unknown_leaves_nothing(void **state)
{
        struct folder *f = *state;
        struct pairs sessions;
        bool listed = false;

        pairs_init(&sessions, f->arena);
        assert_int_equal(user_forget(users_new(f->arena, inside(f, "state")), "oNobody", NULL,
                             &sessions, &listed, &f->err),
            0);
        assert_int_equal(access(inside(f, "state"), F_OK), -1);
        assert_int_equal(
            user_forget(users_new(f->arena, f->path), "oNobody", NULL, &sessions, &listed, &f->err),
            0);
        assert_int_equal(access(inside(f, "users"), F_OK), -1);
        assert_true(listed);
        assert_int_equal(sessions.count, 0);
}

static void
a_broken_file_can_be_forgotten(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oX", "a"), sessions;
        bool listed = true;
        char *large = arena_alloc(f->arena, FILE_SIZE_MAX + 1);

        memset(large, ' ', FILE_SIZE_MAX + 1);
        for (int i = 0; i < 2; i++) {
                sign_in(f, users, &profile, "s", 1, 20);
                put_file(file_of(f, "oX"), i == 0 ? "{" : large, i == 0 ? 1 : FILE_SIZE_MAX + 1);
                pairs_init(&sessions, f->arena);
                assert_int_equal(user_forget(users, "oX", NULL, &sessions, &listed, &f->err), 0);
                assert_false(listed);
                assert_int_equal(access(file_of(f, "oX"), F_OK), -1);
        }
        assert_int_equal(user_forget(users, "oX", NULL, &sessions, &listed, &f->err), 0);
        assert_true(listed);
}

static void
openids_that_are_none_touch_nothing(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        char *long_one = arena_alloc(f->arena, 66), *longest;
        const char *generation;
        const struct user_session added = {.name = "s1", .now = 1, .expires = 2};
        struct pairs user, sessions;

        memset(long_one, 'o', 65);
        longest = arena_copy(f->arena, long_one, 64);
        const char *const bad[] = {
            "", ".", "..", "../x", "a/b", "a.json", "a b", "a\n", "小", long_one};

        pairs_init(&sessions, f->arena);
        for (size_t i = 0; i < COUNT(bad); i++) {
                struct pairs profile = profile_of(f, bad[i], "a");

                ROW(user_sign_in(users, &profile, "s", &added, &generation, &sessions, &f->err) ==
                        -1,
                    i, bad[i]);
                ROW(user_read(users, bad[i], &user, &f->err) == -1, i, bad[i]);
                ROW(forget(f, users, bad[i], &sessions) == -1, i, bad[i]);
        }
        assert_int_equal(access(inside(f, "users"), F_OK), -1);
        struct pairs profile = profile_of(f, longest, "a");

        sign_in(f, users, &profile, "s1", 1, 2);
        assert_int_equal(user_read(users, longest, &user, &f->err), 0);
        END_ROWS();
}

static void
broken_files_are_an_error(void **state)
{
        static const char *const rows[] = {"", "{", "[]", "{}", "{\"openid\":\"oY\"}",
            "{\"openid\":\"oX\"} x", "{\"openid\":7}", "<?php"};
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oX", "a"), user, sessions;
        const struct user_session added = {.name = "s2", .now = 2, .expires = 20};
        char *path = file_of(f, "oX");
        const char *generation;

        sign_in(f, users, &profile, "s1", 1, 20);
        pairs_init(&sessions, f->arena);
        for (size_t i = 0; i < COUNT(rows); i++) {
                put_file(path, rows[i], strlen(rows[i]));
                ROW(user_read(users, "oX", &user, &f->err) == -1 && f->err.kind == ERR_SYSTEM, i,
                    rows[i]);
                ROW(user_sign_in(users, &profile, "s", &added, &generation, &sessions, &f->err) ==
                            -1 &&
                        f->err.kind == ERR_SYSTEM,
                    i, rows[i]);
        }
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkfifo(path, 0600), 0);
        ROW(user_read(users, "oX", &user, &f->err) == -1 && f->err.kind == ERR_SYSTEM, 0, "fifo");
        assert_int_equal(unlink(path), 0);
        put_file(inside(f, "aside"), "{\"openid\":\"oX\"}", 15);
        assert_int_equal(symlink(inside(f, "aside"), path), 0);
        ROW(user_read(users, "oX", &user, &f->err) == -1 && f->err.kind == ERR_SYSTEM, 0, "link");
        END_ROWS();
}

/* Threat 17, as for the store; here the folder users is changed. */
static void
planted_folders_are_refused(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oX", "a"), user;

        sign_in(f, users, &profile, "s1", 1, 20);
        assert_int_equal(chmod(inside(f, "users"), 0777), 0);
        ROW(user_read(users, "oX", &user, &f->err) == -1 && f->err.kind == ERR_SYSTEM, 0,
            "open to others");
        assert_int_equal(chmod(inside(f, "users"), 0700), 0);
        assert_int_equal(rename(inside(f, "users"), inside(f, "aside")), 0);
        assert_int_equal(symlink("aside", inside(f, "users")), 0);
        ROW(user_read(users, "oX", &user, &f->err) == -1 && f->err.kind == ERR_SYSTEM, 1, "a link");
        END_ROWS();
}

static const char *
sign_in_by(struct folder *f, struct users *users, const struct pairs *profile, const char *scope,
    struct user_session session)
{
        const char *generation = NULL;
        struct pairs ended;

        pairs_init(&ended, f->arena);
        assert_int_equal(
            user_sign_in(users, profile, scope, &session, &generation, &ended, &f->err), 0);
        return generation;
}

static void
users_are_kept_merged_and_forgotten(void **state)
{
        struct folder *f = *state;
        struct pairs base, full, user, sessions;
        const char *one, *two, *three;
        struct users *users;

        users = users_new(f->arena, f->path);
        pairs_init(&base, f->arena);
        pairs_add(&base, "openid", "oX-_9");
        full = base;
        full.items = NULL;
        full.count = full.room = 0;
        pairs_add(&full, "openid", "oX-_9");
        pairs_add(&full, "nickname", "小明");
        pairs_add_typed(&full, "privilege", "p", PAIR_ITEM);
        assert_int_equal(user_read(users, "oX-_9", &user, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        assert_int_equal(user_read(users, "../../etc/passwd", &user, &f->err), -1);
        one = sign_in_by(f, users, &full, "snsapi_userinfo",
            (struct user_session){.name = "s1", .now = 100, .expires = 200});
        two = sign_in_by(f, users, &base, "snsapi_base",
            (struct user_session){.name = "s2", .now = 150, .expires = 300});
        assert_string_equal(one, two);
        assert_int_equal(user_read(users, "oX-_9", &user, &f->err), 0);
        assert_string_equal(pairs_get(&user, "nickname"), "小明"); /* base does not take it away */
        assert_int_equal(pairs_get_number(&user, "first_sign_in", 0), 100);
        assert_int_equal(pairs_get_number(&user, "last_sign_in", 0), 150);
        assert_int_equal(pairs_count(&user, "sessions"), 2);
        two = sign_in_by(f, users, &full, "snsapi_userinfo",
            (struct user_session){.name = "s3", .now = 250, .expires = 400});
        assert_int_equal(user_read(users, "oX-_9", &user, &f->err), 0);
        assert_int_equal(pairs_count(&user, "sessions"), 2); /* s1 was over */
        assert_int_equal(pairs_count(&user, "privilege"), 1);
        pairs_init(&sessions, f->arena);
        assert_int_equal(forget(f, users, "oX-_9", &sessions), 0);
        assert_string_equal(pairs_join(&sessions, "sessions", " "), "s2 s3");
        assert_int_equal(user_read(users, "oX-_9", &user, &f->err), -1);
        assert_int_equal(forget(f, users, "oX-_9", &sessions), 0);
        three = sign_in_by(f, users, &full, "snsapi_userinfo",
            (struct user_session){.name = "s4", .now = 500, .expires = 600});
        assert_string_not_equal(one, three); /* a new generation */
}

static void
pushes_and_sign_ins_meet_in_one_file(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oA", "a"), members, user;
        const char *generation;

        pairs_init(&members, f->arena);
        pairs_add_number(&members, "last_seen", 100);
        pairs_add(&members, "scene", "7");
        assert_int_equal(user_set(users, "oA", &members, &f->err), 0);
        assert_int_equal(user_read(users, "oA", &user, &f->err), 0);
        assert_string_equal(pairs_get(&user, "openid"), "oA");
        assert_null(pairs_get(&user, "first_sign_in"));
        generation = pairs_get(&user, "generation");
        assert_string_equal(sign_in(f, users, &profile, "s1", 200, 300), generation);
        pairs_init(&members, f->arena);
        pairs_add_number(&members, "last_seen", 250);
        assert_int_equal(user_set(users, "oA", &members, &f->err), 0);
        assert_int_equal(user_read(users, "oA", &user, &f->err), 0);
        assert_int_equal(pairs_get_number(&user, "first_sign_in", 0), 200);
        assert_int_equal(pairs_get_number(&user, "last_seen", 0), 250);
        assert_int_equal(pairs_count(&user, "last_seen"), 1);
        assert_string_equal(pairs_get(&user, "scene"), "7");
        assert_string_equal(pairs_get(&user, "nickname"), "a");
        assert_string_equal(pairs_get(&user, "generation"), generation);
}

static void
a_dropped_profile_leaves_the_openid_and_the_session(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oA", "a"), user;
        const char *generation;

        pairs_add(&profile, "unionid", "u");
        pairs_add(&profile, "headimgurl", "https://x.qlogo.cn/a");
        pairs_add_typed(&profile, "privilege", "p", PAIR_ITEM);
        generation = sign_in(f, users, &profile, "s1", 200, 300);
        assert_int_equal(user_drop_profile(users, "oA", &f->err), 0);
        assert_int_equal(user_read(users, "oA", &user, &f->err), 0);
        assert_string_equal(pairs_get(&user, "openid"), "oA");
        assert_string_equal(pairs_get(&user, "generation"), generation);
        assert_int_equal(pairs_count(&user, "sessions"), 1);
        assert_null(pairs_get(&user, "nickname"));
        assert_null(pairs_get(&user, "unionid"));
        assert_null(pairs_get(&user, "headimgurl"));
        assert_null(pairs_get(&user, "privilege"));
        assert_int_equal(user_drop_profile(users, "oNobody", &f->err), 0);
        assert_int_equal(user_read(users, "oNobody", &user, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
}

/* Creates a file beside the user's, with that modification time, as a killed process leaves it. */
static char *
plant(struct folder *f, const char *openid, const char *name, long long moment)
{
        char *path = file_of(f, openid);
        struct timespec times[2] = {{(time_t)moment, 0}, {(time_t)moment, 0}};

        strcpy(strrchr(path, '/') + 1, name);
        put_file(path, "{", 1);
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        return path;
}

static void
leftovers_are_swept(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oA", "a"), user, sessions;
        char hex[DIGEST_HEX_SIZE + 1], *old, *young, *other, *empty;
        unsigned draw;

        sign_in(f, users, &profile, "s1", 200, 300);
        old = plant(f, "oA", ".tmp-a", 10000);
        young = plant(f, "oA", ".tmp-b", 10001);
        other = plant(f, "oA", "other", 10);
        digest_sha256_hex("oA", 2, hex);
        hex[3] = '\0';
        draw = (unsigned)strtoul(hex, NULL, 16);
        assert_int_equal(user_sweep(users, draw + 1, 13601, &f->err), 0); /* another shard */
        assert_int_equal(access(old, F_OK), 0);
        empty = arena_printf(f->arena, "%s/users/%03x", f->path, (draw + 1) % 4096);
        assert_int_equal(access(empty, F_OK), -1); /* and it makes none */
        assert_int_equal(user_sweep(users, draw, 13601, &f->err), 0);
        assert_int_equal(access(old, F_OK), -1);
        assert_int_equal(access(young, F_OK), 0);
        assert_int_equal(user_read(users, "oA", &user, &f->err), 0);
        pairs_init(&sessions, f->arena);
        assert_int_equal(forget(f, users, "oA", &sessions), 0);
        assert_int_equal(access(young, F_OK), -1); /* it may hold data of the forgotten user */
        assert_int_equal(access(other, F_OK), 0);
}

/* Sets a member, and returns the inode of the user's file. */
static ino_t
inode_after(
    struct folder *f, struct users *users, const char *name, const char *value, const char *more)
{
        struct pairs members;
        struct stat st;

        pairs_init(&members, f->arena);
        pairs_add_typed(&members, name, value, PAIR_NUMBER);
        if (more != NULL)
                pairs_add(&members, more, "x");
        if (user_set(users, "oX", &members, &f->err) != 0 || stat(file_of(f, "oX"), &st) != 0)
                fail_msg("%s", f->err.text);
        return st.st_ino;
}

/* A new last_seen changes digits in place, without a new file and without a sync. Any other change
 * writes a new file, which is synced. */
static void
who_is_seen_is_seen_in_place(void **state)
{
        static const struct {
                const char *name, *value, *more;
                bool in_place;
        } rows[] = {{"last_seen", "1790000001", NULL, true},
            {"last_seen", "1790000001", NULL, true}, {"last_seen", "1800000000", NULL, true},
            {"last_seen", "1700000000", NULL, true}, {"last_seen", "99", NULL, false},
            {"last_seen", "1790000002", "scene", false},
            {"subscribed_since", "1790000003", NULL, false},
            {"subscribed_since", "1790000004", NULL, false}};
        struct folder *f = *state;
        struct users *users = open_users(f);
        ino_t inode = inode_after(f, users, "last_seen", "1790000000", NULL);

        for (size_t i = 0; i < COUNT(rows); i++) {
                int held = open(file_of(f, "oX"), O_RDONLY); /* so that no number comes back */
                ino_t now = inode_after(f, users, rows[i].name, rows[i].value, rows[i].more);
                struct pairs user;

                ROW((now == inode) == rows[i].in_place, i, rows[i].name);
                ROW(user_read(users, "oX", &user, &f->err) == 0 &&
                        same(pairs_get(&user, rows[i].name), rows[i].value),
                    i, rows[i].value);
                inode = now;
                close(held);
        }
        END_ROWS();
}

/* Before 1000 is long ago; it is 5000 now. */
static const struct member_away long_ago = {1000, 5000};

static void
who_is_away(void **state)
{
        static const struct {
                const char *members;
                bool away;
        } rows[] = {{"", false}, {"\"nickname\":\"a\"", false}, {"\"last_sign_in\":999", true},
            {"\"last_sign_in\":1000", false}, {"\"last_sign_in\":1001", false},
            {"\"last_seen\":999", true}, {"\"last_seen\":1000", false},
            {"\"last_sign_in\":10,\"last_seen\":2000", false},
            {"\"last_sign_in\":2000,\"last_seen\":10", false}, {"\"waiting\":999", true},
            {"\"waiting\":4000", false}, {"\"last_seen\":10,\"approved\":4000", false},
            {"\"last_seen\":10,\"blocked\":20", false},
            {"\"last_sign_in\":10,\"sessions\":[\"s 5000\"]", true},
            {"\"last_sign_in\":10,\"sessions\":[\"s 5001\"]", false},
            {"\"last_sign_in\":10,\"sessions\":[\"s 20\",\"t 9000\"]", false},
            {"\"last_seen\":\"10\"", true}, {"\"last_seen\":-5", false},
            {"\"first_sign_in\":10,\"subscribed_since\":10", false}};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *text = arena_printf(f->arena, "{%s}", rows[i].members);
                struct pairs user;

                pairs_init(&user, f->arena);
                if (json_parse(f->arena, text, strlen(text), &user, &f->err) != 0)
                        fail_msg("%s", f->err.text);
                ROW(member_is_away(&user, &long_ago) == rows[i].away, i, text);
        }
        END_ROWS();
}

static int
find_away(struct folder *f, const char *state_dir, const char *openid, struct pairs *found)
{
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(openid, strlen(openid), hex);
        hex[3] = '\0';
        pairs_init(found, f->arena);
        return away_find(
            f->arena, state_dir, (unsigned)strtoul(hex, NULL, 16), &long_ago, found, &f->err);
}

/* In the shard that is drawn, and in those behind it. */
static void
who_is_away_is_found_and_deleted(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs seen, found, sessions, user;
        bool listed;

        assert_int_equal(find_away(f, inside(f, "none"), "oA", &found), 0);
        assert_int_equal(found.count, 0);
        pairs_init(&seen, f->arena);
        pairs_add_number(&seen, "last_seen", 100);
        for (int i = 0; i < 200; i++)
                assert_int_equal(
                    user_set(users, arena_printf(f->arena, "oAway%d", i), &seen, &f->err), 0);
        assert_int_equal(find_away(f, f->path, "oAway7", &found), 0);
        assert_int_equal(found.count, AWAY_FOUND_MAX);
        assert_string_equal(found.items[0].value, "oAway7");
        /* Nobody who has come back. */
        pairs_init(&seen, f->arena);
        pairs_add_number(&seen, "last_seen", 3000);
        for (int i = 0; i < 200; i++)
                assert_int_equal(
                    user_set(users, arena_printf(f->arena, "oAway%d", i), &seen, &f->err), 0);
        assert_int_equal(find_away(f, f->path, "oAway7", &found), 0);
        assert_int_equal(found.count, 0);
        pairs_init(&sessions, f->arena);
        assert_int_equal(user_forget(users, "oAway7", &long_ago, &sessions, &listed, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_EXISTS);
        assert_int_equal(user_read(users, "oAway7", &user, &f->err), 0);
        pairs_init(&seen, f->arena);
        pairs_add_number(&seen, "last_seen", 100);
        assert_int_equal(user_set(users, "oAway7", &seen, &f->err), 0);
        assert_int_equal(user_forget(users, "oAway7", &long_ago, &sessions, &listed, &f->err), 0);
        assert_int_equal(user_read(users, "oAway7", &user, &f->err), -1);
        assert_int_equal(user_forget(users, "oAway7", &long_ago, &sessions, &listed, &f->err), 0);
        /* A file that cannot be read is nobody's. */
        put_file(file_of(f, "oAway8"), "{", 1);
        assert_int_equal(find_away(f, f->path, "oAway8", &found), 0);
        assert_int_equal(found.count, 0);
        assert_int_equal(user_forget(users, "oAway8", &long_ago, &sessions, &listed, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
}

/* The first agreement counts; a sign-in without one changes nothing. */
static void
an_agreement_is_recorded_once(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        static const struct {
                long long consented;
                const char *stored;
        } rows[] = {{0, NULL}, {77, "77"}, {0, "77"}, {99, "77"}};
        struct pairs profile = profile_of(f, "oC", "c"), user, ended;
        const char *generation;

        pairs_init(&ended, f->arena);
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct user_session added = {
                    .name = "s", .now = 100, .expires = 200, .consented = rows[i].consented};

                if (user_sign_in(users, &profile, "snsapi_base", &added, &generation, &ended,
                        &f->err) != 0 ||
                    user_read(users, "oC", &user, &f->err) != 0)
                        fail_msg("%s", f->err.text);
                ROW(same(pairs_get(&user, "consented"), rows[i].stored), i, "consented");
        }
        END_ROWS();
}

/* A user's own copy has all members, also those of other programs, but nothing that signs in. */
static void
a_copy_has_no_keys(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs profile = profile_of(f, "oD", "d");
        char *json;

        assert_int_equal(user_export(users, "oD", &json, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        sign_in(f, users, &profile, "secretname", 100, 200);
        add_members(f, "oD", "\"points\": {\"gold\": [1, {\"a\": 2}]}, \"note\": \"n\"");
        assert_int_equal(user_export(users, "oD", &json, &f->err), 0);
        assert_non_null(strstr(json, "\"nickname\":\"d\""));
        assert_non_null(strstr(json, "\"note\":\"n\""));
        assert_non_null(strstr(json, "\"gold\":[1,{\"a\":2}]"));
        assert_null(strstr(json, "secretname"));
        assert_null(strstr(json, "generation"));
        assert_null(strstr(json, "sessions"));
}

/* A member that is null is removed. */
static void
null_removes(void **state)
{
        struct folder *f = *state;
        struct users *users = open_users(f);
        struct pairs members, user;

        pairs_init(&members, f->arena);
        pairs_add(&members, "latitude", "1.5");
        pairs_add(&members, "scene", "5");
        assert_int_equal(user_set(users, "oE", &members, &f->err), 0);
        pairs_init(&members, f->arena);
        pairs_add_typed(&members, "latitude", "", PAIR_NULL);
        pairs_add_typed(&members, "longitude", "", PAIR_NULL);
        assert_int_equal(user_set(users, "oE", &members, &f->err), 0);
        assert_int_equal(user_read(users, "oE", &user, &f->err), 0);
        assert_null(pairs_get(&user, "latitude"));
        assert_null(pairs_get(&user, "longitude"));
        assert_string_equal(pairs_get(&user, "scene"), "5");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(forgetting_somebody_unknown_leaves_nothing),
            FOLDER_TEST(users_are_kept_merged_and_forgotten), FOLDER_TEST(leftovers_are_swept),
            FOLDER_TEST(members_of_others_are_kept),
            FOLDER_TEST(members_that_are_not_understood_stay), FOLDER_TEST(profiles_are_merged),
            FOLDER_TEST(sessions_are_listed_to_100),
            FOLDER_TEST(sessions_that_leave_the_list_are_named),
            FOLDER_TEST(nobody_begins_by_joining), FOLDER_TEST(a_file_stays_readable),
            FOLDER_TEST(a_broken_file_can_be_forgotten),
            FOLDER_TEST(openids_that_are_none_touch_nothing),
            FOLDER_TEST(broken_files_are_an_error),
            FOLDER_TEST(pushes_and_sign_ins_meet_in_one_file),
            FOLDER_TEST(a_dropped_profile_leaves_the_openid_and_the_session),
            FOLDER_TEST(planted_folders_are_refused), FOLDER_TEST(who_is_away),
            FOLDER_TEST(who_is_away_is_found_and_deleted),
            FOLDER_TEST(an_agreement_is_recorded_once), FOLDER_TEST(a_copy_has_no_keys),
            FOLDER_TEST(null_removes), FOLDER_TEST(who_is_seen_is_seen_in_place)};

        return RUN(tests);
}
