/* wechat: each errcode's reaction and kind, answers of the wrong type, grants and profiles at their
 * limits. */
#include "table.h"

#include "wechat.h"

static void
errcodes_have_their_reaction(void **state)
{
        static const struct {
                int errcode;
                enum wechat_reaction reaction;
                enum err_kind kind;
        } rows[] = {
            {-1, WECHAT_RETRY, ERR_BUSY},
            {40001, WECHAT_GIVE_UP, ERR_CONFIG},
            {40013, WECHAT_GIVE_UP, ERR_CONFIG},
            {40125, WECHAT_GIVE_UP, ERR_CONFIG},
            {41002, WECHAT_GIVE_UP, ERR_CONFIG},
            {41004, WECHAT_GIVE_UP, ERR_CONFIG},
            {40003, WECHAT_REFRESH, ERR_UPSTREAM},
            {40014, WECHAT_REFRESH, ERR_EXPIRED},
            {41001, WECHAT_REFRESH, ERR_EXPIRED},
            {42001, WECHAT_REFRESH, ERR_EXPIRED},
            {40029, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {41008, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {42003, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {40163, WECHAT_CODE_USED, ERR_EXPIRED},
            {40030, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {41003, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {42002, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {42007, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {43004, WECHAT_GIVE_UP, ERR_FOLLOW},
            {50005, WECHAT_GIVE_UP, ERR_FOLLOW},
            {45009, WECHAT_GIVE_UP, ERR_BUSY},
            {45011, WECHAT_GIVE_UP, ERR_BUSY},
            {48001, WECHAT_NEED_USERINFO, ERR_CONFIG},
            {48004, WECHAT_GIVE_UP, ERR_RESTRICTED},
            {50002, WECHAT_GIVE_UP, ERR_RESTRICTED},
            {50001, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {40000, WECHAT_GIVE_UP, ERR_UPSTREAM}, /* any other */
            {1, WECHAT_GIVE_UP, ERR_UPSTREAM},
            {-2, WECHAT_GIVE_UP, ERR_UPSTREAM},
            {99999, WECHAT_GIVE_UP, ERR_UPSTREAM},
        };

        assert_int_equal(wechat_reaction(0), WECHAT_OK);
        for (size_t i = 0; i < COUNT(rows); i++)
                for (int quoted = 0; quoted < 2; quoted++) {
                        char *json = arena_printf(*state,
                            quoted ? "{\"errcode\":\"%d\",\"errmsg\":\"no, rid: 1a-2B\"}"
                                   : "{\"errcode\":%d,\"errmsg\":\"no, rid: 1a-2B\"}",
                            rows[i].errcode);
                        struct pairs fields;
                        struct err err = {.kind = ERR_NONE};

                        pairs_init(&fields, *state);
                        ROW(wechat_reaction(rows[i].errcode) == rows[i].reaction, i, json);
                        ROW(wechat_parse_answer(*state, json, strlen(json), &fields, &err) == -1 &&
                                err.kind == rows[i].kind && err.errcode == rows[i].errcode &&
                                same(err.rid, "1a-2B"),
                            i, json);
                }
        END_ROWS();
}

static void
request_ids_are_kept_to_what_is_safe(void **state)
{
        static const struct {
                const char *errmsg, *rid;
        } rows[] = {{"invalid code", ""},
            {"x, rid: 5f9f9ee7-2d2a1b1b-0a0a0a0a", "5f9f9ee7-2d2a1b1b-0a0a0a0a"}, {"rid:1", "1"},
            {"rid: ", ""}, {"rid: <b>", ""}, {"rid: 1<b>", "1"}, {"rid: 1 2", "1"},
            {"hints: [req_id: abc]", ""},
            {"rid: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"},
            {"rid: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", ""}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *json =
                    arena_printf(*state, "{\"errcode\":1,\"errmsg\":\"%s\"}", rows[i].errmsg);
                struct pairs fields;
                struct err err = {.kind = ERR_NONE};

                pairs_init(&fields, *state);
                ROW(wechat_parse_answer(*state, json, strlen(json), &fields, &err) == -1 &&
                        same(err.rid, rows[i].rid),
                    i, rows[i].errmsg);
                ROW(strstr(err.text, "<") == NULL, i, err.text);
        }
        END_ROWS();
}

/* A grant whose one member is value; the others are good. */
static char *
grant_with(struct arena *arena, const char *member, const char *value)
{
        static const struct {
                const char *name, *value;
        } members[] = {{"access_token", "\"A\""}, {"expires_in", "7200"},
            {"refresh_token", "\"R\""}, {"openid", "\"oX\""}, {"scope", "\"snsapi_userinfo\""},
            {"unionid", "\"u1\""}, {"is_snapshotuser", "0"}};
        char *json = "{\"z\":1";

        for (size_t i = 0; i < COUNT(members); i++) {
                bool it = strcmp(members[i].name, member) == 0;

                if (!it || value != NULL)
                        json = arena_printf(arena, "%s,\"%s\":%s", json, members[i].name,
                            it ? value : members[i].value);
        }
        return arena_printf(arena, "%s}", json);
}

static char *
quoted_run(struct arena *arena, char byte, size_t size)
{
        char *text = arena_alloc(arena, size + 1);

        memset(text, byte, size);
        return arena_printf(arena, "\"%s\"", text);
}

static void
grants_have_their_members(void **state)
{
        const struct {
                const char *member, *value;
                bool good;
        } rows[] = {
            {"", NULL, true},
            {"access_token", NULL, false},
            {"access_token", "\"\"", false},
            {"access_token", "7", false},
            {"access_token", "null", false},
            {"access_token", "[\"A\"]", false},
            {"access_token", "\"a b\"", false},
            {"access_token", "\"a\\u5c0f\"", false},
            {"access_token", quoted_run(*state, 'a', 1024), true},
            {"access_token", quoted_run(*state, 'a', 1025), false},
            {"refresh_token", NULL, true},
            {"refresh_token", "\"a b\"", false},
            {"refresh_token", quoted_run(*state, 'a', 1025), false},
            {"expires_in", NULL, false},
            {"expires_in", "\"7200\"", true},
            {"expires_in", "1", true},
            {"expires_in", "0", false},
            {"expires_in", "-1", false},
            {"expires_in", "\"soon\"", false},
            {"expires_in", "31622400", true},
            {"expires_in", "31622401", false},
            {"openid", NULL, false},
            {"openid", "\"\"", false},
            {"openid", "\"a/b\"", false},
            {"openid", "\"..\"", false},
            {"openid", "[\"oX\"]", false},
            {"openid", "{\"a\":\"oX\"}", false},
            {"openid", quoted_run(*state, 'o', 64), true},
            {"openid", quoted_run(*state, 'o', 65), false},
            {"scope", NULL, false},
            {"scope", "\"snsapi_base\"", true},
            {"scope", "\"snsapi_base,snsapi_userinfo\"", true},
            {"scope", "\"a\\r\\nb\"", true}, /* cleaned to ab */
            {"scope", "\"a b\"", false},
            {"scope", "5", false},
            {"unionid", NULL, true},
            {"unionid", "\"a b\"", false},
            {"is_snapshotuser", NULL, true},
        };
        struct wechat_grant grant;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *json = grant_with(*state, rows[i].member, rows[i].value);
                struct err err = {.kind = ERR_NONE};
                int result = wechat_parse_grant(*state, json, strlen(json), &grant, &err);

                ROW(rows[i].good ? result == 0 : result == -1 && err.kind == ERR_UPSTREAM, i, json);
                ROW(err.kind == ERR_NONE || strchr(err.text, '{') == NULL, i, err.text);
        }
        END_ROWS();
}

static void
snapshot_users_are_known(void **state)
{
        static const struct {
                const char *value;
                bool snapshot;
        } rows[] = {{NULL, false}, {"1", true}, {"\"1\"", true}, {"0", false}, {"\"\"", false},
            {"null", false}, {"2", false}};
        struct wechat_grant grant;
        struct err err;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *json = grant_with(*state, "is_snapshotuser", rows[i].value);

                ROW(wechat_parse_grant(*state, json, strlen(json), &grant, &err) == 0 &&
                        grant.is_snapshotuser == rows[i].snapshot,
                    i, json);
        }
        END_ROWS();
}

static void
profiles_keep_what_came(void **state)
{
        static const struct {
                const char *member, *name, *value; /* value NULL: not kept */
        } rows[] = {{"\"nickname\":\"\xf0\x9f\x8c\xb8\"", "nickname", "\xf0\x9f\x8c\xb8"},
            {"\"nickname\":\"\"", "nickname", NULL}, {"\"nickname\":7", "nickname", NULL},
            {"\"nickname\":[\"a\"]", "nickname", NULL}, {"\"nickname\":null", "nickname", NULL},
            {"\"nickname\":\"<b>\"", "nickname", "<b>"}, /* escaped where it is shown */
            {"\"city\":\"\"", "city", NULL}, {"\"city\":\"广州\"", "city", "广州"},
            {"\"country\":\"CN\"", "country", "CN"}, {"\"province\":{}", "province", NULL},
            {"\"unionid\":\"u\"", "unionid", "u"}, {"\"unionid\":[\"u\"]", "unionid", NULL},
            {"\"sex\":1", "sex", "1"}, {"\"sex\":\"2\"", "sex", "2"}, {"\"sex\":0", "sex", "0"},
            {"\"sex\":3", "sex", "0"}, {"\"sex\":\"x\"", "sex", "0"}, {"\"sex\":-1", "sex", "0"},
            {"\"admin\":true", "admin", NULL}, {"\"generation\":\"g\"", "generation", NULL},
            {"\"sessions\":[\"s\"]", "sessions", NULL}, {"\"scope\":\"s\"", "scope", NULL},
            {"\"privilege\":[\"p\"]", "privilege", "p"}, {"\"privilege\":\"p\"", "privilege", NULL},
            {"\"privilege\":[]", "privilege", NULL},
            {"\"headimgurl\":[\"https://x.qlogo.cn/a\"]", "headimgurl", NULL},
            {"\"headimgurl\":\"https://x.qlogo.cn:443/a\"", "headimgurl", NULL},
            {"\"headimgurl\":\"https://a/.qlogo.cn/a\"", "headimgurl", NULL},
            {"\"headimgurl\":\"https://a?.qlogo.cn/a\"", "headimgurl", NULL},
            {"\"headimgurl\":\"https://a#.qlogo.cn/a\"", "headimgurl", NULL},
            {"\"headimgurl\":\"https://qlogo.cn/a\"", "headimgurl", NULL},
            {"\"headimgurl\":\"HTTPS://x.qlogo.cn/a\"", "headimgurl", NULL},
            {"\"headimgurl\":\"http://127.0.0.1:8008/a\"", "headimgurl", NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *json = arena_printf(*state, "{\"openid\":\"oX\",%s}", rows[i].member);
                struct pairs profile;
                struct err err;

                pairs_init(&profile, *state);
                ROW(wechat_parse_profile(*state, json, strlen(json), "oX", NULL, &profile, &err) ==
                        0,
                    i, json);
                ROW(same(pairs_get(&profile, rows[i].name), rows[i].value), i, json);
        }
        END_ROWS();
}

static void
profiles_are_of_the_user_who_granted(void **state)
{
        static const char *const rows[] = {"{}", "{\"openid\":\"\"}", "{\"openid\":\"oY\"}",
            "{\"openid\":\"ox\"}", "{\"openid\":\"oX \"}", "{\"openid\":[\"oX\"]}",
            "{\"openid\":7}", "{\"openid\":null}", "[]", "", "{\"openid\":\"oX\"} x"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs profile;
                struct err err = {.kind = ERR_NONE};

                pairs_init(&profile, *state);
                ROW(wechat_parse_profile(
                        *state, rows[i], strlen(rows[i]), "oX", NULL, &profile, &err) == -1 &&
                        err.kind == ERR_UPSTREAM && profile.count == 0,
                    i, rows[i]);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(errcodes_have_their_reaction),
            TEST(request_ids_are_kept_to_what_is_safe), TEST(grants_have_their_members),
            TEST(snapshot_users_are_known), TEST(profiles_keep_what_came),
            TEST(profiles_are_of_the_user_who_granted)};

        return RUN(tests);
}
