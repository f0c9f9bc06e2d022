/* api: the reaction to each errcode and its kind, answers of the wrong type, token responses and
 * profiles at their limits. */
#include "table.h"

#include "wechat/api.h"
#include "conf/conf.h"

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
            {40164, WECHAT_GIVE_UP, ERR_CONFIG},
            {40243, WECHAT_GIVE_UP, ERR_CONFIG},
            {61010, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {89503, WECHAT_GIVE_UP, ERR_CONFIG},
            {40030, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {41003, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {42002, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {42007, WECHAT_SIGN_IN_AGAIN, ERR_EXPIRED},
            {43004, WECHAT_GIVE_UP, ERR_FOLLOW},
            {50005, WECHAT_GIVE_UP, ERR_FOLLOW},
            {45009, WECHAT_GIVE_UP, ERR_BUSY},
            {45011, WECHAT_GIVE_UP, ERR_BUSY},
            {40007, WECHAT_GIVE_UP, ERR_REQUEST},
            {45002, WECHAT_GIVE_UP, ERR_REQUEST},
            {45015, WECHAT_GIVE_UP, ERR_RESTRICTED},
            {45047, WECHAT_GIVE_UP, ERR_RESTRICTED},
            {45080, WECHAT_GIVE_UP, ERR_RESTRICTED},
            {45081, WECHAT_GIVE_UP, ERR_BUSY},
            {46003, WECHAT_GIVE_UP, ERR_NOT_FOUND},
            {47001, WECHAT_GIVE_UP, ERR_REQUEST},
            {48002, WECHAT_GIVE_UP, ERR_RESTRICTED},
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
                        ROW(api_parse_answer(*state, json, strlen(json), &fields, &err) == -1 &&
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
                ROW(api_parse_answer(*state, json, strlen(json), &fields, &err) == -1 &&
                        same(err.rid, rows[i].rid),
                    i, rows[i].errmsg);
                ROW(strstr(err.text, "<") == NULL, i, err.text);
        }
        END_ROWS();
}

/* Returns a token response in which member is value and the other members are valid. */
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
        struct token_response grant;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *json = grant_with(*state, rows[i].member, rows[i].value);
                struct err err = {.kind = ERR_NONE};
                int result = api_parse_token_response(*state, json, strlen(json), &grant, &err);

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
        struct token_response grant;
        struct err err;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *json = grant_with(*state, "is_snapshotuser", rows[i].value);

                ROW(api_parse_token_response(*state, json, strlen(json), &grant, &err) == 0 &&
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
            {"\"nickname\":\"a\\u0000b\\u001dc\"", "nickname", "abc"},
            {"\"nickname\":\"a\xe4\xbd\"", "nickname", "a\xef\xbf\xbd\xef\xbf\xbd"},
            {"\"unionid\":\"u/u\"", "unionid", NULL},
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
                ROW(api_parse_profile(*state, json, strlen(json), "oX", NULL, &profile, &err) == 0,
                    i, json);
                ROW(same(pairs_get(&profile, rows[i].name), rows[i].value), i, json);
        }
        END_ROWS();
}

/* A NUL does not end the nickname, and a nickname that is too long is cut between characters. */
static void
nicknames_are_kept_whatever_they_hold(void **state)
{
        static const char with_nul[] = "{\"openid\":\"oX\",\"nickname\":\"a\0b\"}";
        char *dots = "", *json;
        struct pairs profile;
        struct err err;

        pairs_init(&profile, *state);
        assert_int_equal(
            api_parse_profile(*state, with_nul, sizeof(with_nul) - 1, "oX", NULL, &profile, &err),
            0);
        assert_string_equal(pairs_get(&profile, "nickname"), "ab");
        for (size_t i = 0; i < 200; i++)
                dots = arena_printf(*state, "%s\xe2\x80\xa2", dots);
        json = arena_printf(*state, "{\"openid\":\"oX\",\"nickname\":\"%s\"}", dots);
        pairs_init(&profile, *state);
        assert_int_equal(
            api_parse_profile(*state, json, strlen(json), "oX", NULL, &profile, &err), 0);
        assert_int_equal(strlen(pairs_get(&profile, "nickname")), 510);
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
                ROW(api_parse_profile(
                        *state, rows[i], strlen(rows[i]), "oX", NULL, &profile, &err) == -1 &&
                        err.kind == ERR_UPSTREAM && profile.count == 0,
                    i, rows[i]);
        }
        END_ROWS();
}

static void
links_are_exact(void **state)
{
        static const struct conf conf = {.appid = "wx0123456789abcdef",
            .secret = "0123456789abcdef0123456789abcdef",
            .open_url = "https://open.weixin.qq.com",
            .api_url = "https://api.weixin.qq.com",
            .website_appid = "wxWebsite",
            .website_secret = "WebsiteSecret",
            .mini_appid = "wxMini",
            .mini_secret = "MiniSecret",
            .language = "zh_CN"};
        struct token_response grant = {.access_token = "A+B", .openid = "oX"};

        assert_string_equal(
            api_authorize_url(*state, &conf, "https://www.example.com/c?a=b", "snsapi_base", "s0"),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef"
            "&redirect_uri=https%3A%2F%2Fwww.example.com%2Fc%3Fa%3Db&response_type=code"
            "&scope=snsapi_base&state=s0#wechat_redirect");
        assert_string_equal(api_token_url(*state, &conf, "snsapi_base", "c&d"),
            "https://api.weixin.qq.com/sns/oauth2/access_token?appid=wx0123456789abcdef"
            "&secret=0123456789abcdef0123456789abcdef&code=c%26d&grant_type=authorization_code");
        assert_string_equal(api_refresh_url(*state, &conf, "snsapi_userinfo", "r"),
            "https://api.weixin.qq.com/sns/oauth2/refresh_token?appid=wx0123456789abcdef"
            "&grant_type=refresh_token&refresh_token=r");
        assert_string_equal(api_profile_url(*state, &conf, &grant),
            "https://api.weixin.qq.com/sns/userinfo?access_token=A%2BB&openid=oX&lang=zh_CN");
        assert_string_equal(api_auth_url(*state, &conf, "t", "oX"),
            "https://api.weixin.qq.com/sns/auth?access_token=t&openid=oX");

        /* The website application and the mini program have accounts of their own. */
        assert_string_equal(
            api_authorize_url(*state, &conf, "https://a/c", WECHAT_SCOPE_WEBSITE, "s0"),
            "https://open.weixin.qq.com/connect/qrconnect?appid=wxWebsite"
            "&redirect_uri=https%3A%2F%2Fa%2Fc&response_type=code&scope=snsapi_login&state=s0"
            "#wechat_redirect");
        assert_string_equal(api_token_url(*state, &conf, WECHAT_SCOPE_WEBSITE, "c"),
            "https://api.weixin.qq.com/sns/oauth2/access_token?appid=wxWebsite"
            "&secret=WebsiteSecret&code=c&grant_type=authorization_code");
        assert_string_equal(api_refresh_url(*state, &conf, WECHAT_SCOPE_WEBSITE, "r"),
            "https://api.weixin.qq.com/sns/oauth2/refresh_token?appid=wxWebsite"
            "&grant_type=refresh_token&refresh_token=r");
        assert_string_equal(api_mini_url(*state, &conf, "c&d"),
            "https://api.weixin.qq.com/sns/jscode2session?appid=wxMini&secret=MiniSecret"
            "&js_code=c%26d&grant_type=authorization_code");
        assert_true(api_scope_has_profile("snsapi_base,snsapi_userinfo"));
        assert_true(api_scope_has_profile(WECHAT_SCOPE_WEBSITE));
        assert_false(api_scope_has_profile("snsapi_base"));
        assert_false(api_scope_has_profile(WECHAT_SCOPE_MINI));
}

static void
mini_programs_give_an_openid(void **state)
{
        static const struct {
                const char *json, *openid, *unionid; /* openid NULL: refused */
                enum err_kind kind;
        } rows[] = {{"{\"openid\":\"oX\",\"session_key\":\"k==\"}", "oX", NULL, ERR_NONE},
            {"{\"openid\":\"oX\",\"session_key\":\"k\",\"unionid\":\"u-1\",\"errcode\":0}", "oX",
                "u-1", ERR_NONE},
            {"{\"session_key\":\"k\"}", NULL, NULL, ERR_UPSTREAM},
            {"{\"openid\":\"../x\"}", NULL, NULL, ERR_UPSTREAM},
            {"{\"openid\":7}", NULL, NULL, ERR_UPSTREAM},
            {"{\"openid\":\"oX\",\"unionid\":\"a b\"}", NULL, NULL, ERR_UPSTREAM},
            {"[]", NULL, NULL, ERR_UPSTREAM}, {"", NULL, NULL, ERR_UPSTREAM},
            {"{\"errcode\":40029}", NULL, NULL, ERR_EXPIRED},
            {"{\"errcode\":40226}", NULL, NULL, ERR_RESTRICTED}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct token_response grant = {.openid = NULL};
                struct err err = {.kind = ERR_NONE};
                int result =
                    api_parse_mini(*state, rows[i].json, strlen(rows[i].json), &grant, &err);

                ROW(result == (rows[i].openid == NULL ? -1 : 0) && err.kind == rows[i].kind &&
                        same(grant.openid, rows[i].openid) && same(grant.unionid, rows[i].unionid),
                    i, rows[i].json);
                ROW(rows[i].openid == NULL ||
                        (same(grant.access_token, "") && same(grant.refresh_token, "") &&
                            same(grant.scope, WECHAT_SCOPE_MINI)),
                    i, "no tokens");
        }
        END_ROWS();
}

static void
grants_are_checked(void **state)
{
        static const struct {
                const char *json;
                enum err_kind kind;
                int errcode;
        } rows[] = {
            {"{\"access_token\":\"a\",\"expires_in\":7200,\"refresh_token\":\"r\",\"openid\":"
             "\"oX\",\"scope\":\"snsapi_base\"}",
                ERR_NONE, 0},
            {"{\"access_token\":\"a\",\"expires_in\":\"7200\",\"openid\":\"oX\",\"scope\":\"a,b\","
             "\"errcode\":\"0\"}",
                ERR_NONE, 0},
            {"{\"errcode\":40029,\"errmsg\":\"invalid code, rid: 61-ab-0f\"}", ERR_EXPIRED, 40029},
            {"{\"errcode\":\"40029\"}", ERR_EXPIRED, 40029},
            {"{\"errcode\":-1,\"errmsg\":\"system error\"}", ERR_BUSY, -1},
            {"{\"errcode\":40125}", ERR_CONFIG, 40125},
            {"{\"errcode\":99999999999}", ERR_UPSTREAM, -999},
            {"{\"errcode\":\"x\"}", ERR_UPSTREAM, -999},
            {"{}", ERR_UPSTREAM, 0},
            {"{\"access_token\":\"a\",\"expires_in\":7200,\"openid\":\"../x\",\"scope\":\"s\"}",
                ERR_UPSTREAM, 0},
            {"{\"access_token\":\"a\\n\",\"expires_in\":7200,\"openid\":\"oX\",\"scope\":\"S!\"}",
                ERR_UPSTREAM, 0},
            {"{\"access_token\":\"a b\",\"expires_in\":7200,\"openid\":\"oX\",\"scope\":\"s\"}",
                ERR_UPSTREAM, 0},
            {"{\"access_token\":\"a\",\"expires_in\":0,\"openid\":\"oX\",\"scope\":\"s\"}",
                ERR_UPSTREAM, 0},
            {"{\"access_token\":\"a\",\"expires_in\":7200,\"openid\":7,\"scope\":\"s\"}",
                ERR_UPSTREAM, 0},
            {"{\"access_token\":\"a\",\"expires_in\":7200,\"openid\":\"oX\"}", ERR_UPSTREAM, 0},
        };
        struct token_response grant;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                int result = api_parse_token_response(
                    *state, rows[i].json, strlen(rows[i].json), &grant, &err);

                ROW(err.kind == rows[i].kind && err.errcode == rows[i].errcode &&
                        result == (rows[i].kind == ERR_NONE ? 0 : -1),
                    i, rows[i].json);
                if (i == 2)
                        assert_string_equal(err.rid, "61-ab-0f");
        }
        END_ROWS();
}

static void
profiles_are_cleaned(void **state)
{
        static const struct {
                const char *url;
                const char *kept;
        } rows[] = {
            {"https://thirdwx.qlogo.cn/mmopen/x/132", "https://thirdwx.qlogo.cn/mmopen/x/132"},
            {"http://wx.qlogo.cn/a/0", "https://wx.qlogo.cn/a/0"},
            {"http://127.0.0.1:8008/mmopen/x/132", "http://127.0.0.1:8008/mmopen/x/132"},
            {"http://127.0.0.1:80080/x", NULL},
            {"https://evil.example/qlogo.cn/", NULL},
            {"https://qlogo.cn.evil.example/a", NULL},
            {"https://evilqlogo.cn/a", NULL},
            {"https://a@x.qlogo.cn/a", NULL},
            {"https://x.qlogo.cn", NULL},
            {"javascript:alert(1)", NULL},
            {"//x.qlogo.cn/a", NULL},
            {"https://x.qlogo.cn/a\\\"b", NULL},
            {"https://x.qlogo.cn/a b", NULL},
            {"", NULL},
            {"https://X.qlogo.cn/a", NULL},
        };
        struct err err;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *json = arena_printf(*state,
                    "{\"openid\":\"oX\",\"nickname\":\"a\001b\",\"sex\":\"2\",\"city\":\"\","
                    "\"headimgurl\":\"%s\",\"privilege\":[\"p\",{}]}",
                    rows[i].url);
                struct pairs profile;

                pairs_init(&profile, *state);
                ROW(api_parse_profile(*state, json, strlen(json), "oX", "http://127.0.0.1:8008",
                        &profile, &err) == 0,
                    i, rows[i].url);
                ROW(same(pairs_get(&profile, "headimgurl"), rows[i].kept), i, rows[i].url);
                ROW(same(pairs_get(&profile, "nickname"), "ab") &&
                        same(pairs_get(&profile, "sex"), "2") &&
                        pairs_get(&profile, "city") == NULL &&
                        pairs_count(&profile, "privilege") == 1,
                    i, rows[i].url);
                ROW(api_parse_profile(*state, json, strlen(json), "oY", NULL, &profile, &err) ==
                            -1 &&
                        err.kind == ERR_UPSTREAM,
                    i, "another openid");
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(links_are_exact),
            TEST(mini_programs_give_an_openid), TEST(grants_are_checked),
            TEST(profiles_are_cleaned), TEST(errcodes_have_their_reaction),
            TEST(request_ids_are_kept_to_what_is_safe), TEST(grants_have_their_members),
            TEST(snapshot_users_are_known), TEST(profiles_keep_what_came),
            TEST(nicknames_are_kept_whatever_they_hold),
            TEST(profiles_are_of_the_user_who_granted)};

        return RUN(tests);
}
