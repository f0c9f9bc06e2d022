/* url, json, page, wechat, conf, signin: text in, values out. */
#include "table.h"

#include "conf.h"
#include "json.h"
#include "page.h"
#include "signin.h"
#include "url.h"
#include "wechat.h"

static void
forms_are_parsed(void **state)
{
        static const struct {
                const char *form;
                const char *built; /* NULL: refused */
        } rows[] = {
            {"", ""},
            {"a=1&b=2", "a=1&b=2"},
            {"a", "a="},
            {"a=", "a="},
            {"=1", "=1"},
            {"&&a=1&&", "a=1"},
            {"a=%E5%B0%8F", "a=%E5%B0%8F"},
            {"a=b+c%20d", "a=b%20c%20d"},
            {"a=%3d%26", "a=%3D%26"},
            {"a=b=c", "a=b%3Dc"},
            {"a=%", NULL},
            {"a=%1", NULL},
            {"a=%zz", NULL},
            {"%=1", NULL},
            {"a=%00", NULL},
            {"a=%2", NULL},
            {"a=%2&b=1", NULL},
        };
        struct err err;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                int result;

                pairs_init(&pairs, *state);
                result = url_parse_form(*state, rows[i].form, &pairs, &err);
                ROW(rows[i].built == NULL
                        ? result == -1 && err.kind == ERR_REQUEST
                        : result == 0 && same(url_build_form(*state, &pairs), rows[i].built),
                    i, rows[i].form);
        }
        END_ROWS();
}

static void
only_local_pages_are_local(void **state)
{
        static const char *const local[] = {"/", "/a", "/a/b?c=d#e", "/a//b", "/@x", "/:80",
            "/%2f/x", "/a:b", "/.", "/..//x", "/;x"};
        static const char *const elsewhere[] = {"", "a", "//a", "///a", "/\\a", "\\/a", "\\\\a",
            "/ a", " /a", "/\ta", "/\n/a", "/\r/a", "/a\r\nX: y", "/a\\b", "http:/a", "https://a",
            "javascript:x", "data:x", "?a", "#a", "/\x7f", "/\x80", "/\xe5\xb0\x8f", "/\x1f",
            "\t//a", "./a"};
        char longest[URL_NEXT_MAX + 2];

        (void)state;
        for (size_t i = 0; i < COUNT(local); i++)
                ROW(url_is_local(local[i]), i, local[i]);
        for (size_t i = 0; i < COUNT(elsewhere); i++)
                ROW(!url_is_local(elsewhere[i]), i, elsewhere[i]);
        memset(longest, '/', sizeof(longest));
        longest[1] = 'a';
        longest[URL_NEXT_MAX] = '\0';
        assert_true(url_is_local(longest));
        longest[URL_NEXT_MAX] = 'a';
        longest[URL_NEXT_MAX + 1] = '\0';
        assert_false(url_is_local(longest));
        END_ROWS();
}

static void
origins_are_exact(void **state)
{
        static const char *const good[] = {"https://a", "https://www.example.com", "https://a:8443",
            "http://localhost", "http://localhost:5173", "http://127.0.0.1:8007", "http://[::1]:80",
            "https://[::1]"};
        static const char *const bad[] = {"", "https://", "http://a", "http://example.com",
            "https://a/", "https://a/b", "https://a?b", "https://A", "https://a:", "https://a:0",
            "https://a:99999", "https://a:1x", "https://u@a", "http://localhost.evil",
            "http://127.0.0.1.evil", "http://localhostx", "ftp://a", "https:/a", "https://.a",
            "https://-a", "https://a b"};

        (void)state;
        for (size_t i = 0; i < COUNT(good); i++)
                ROW(url_is_origin(good[i]), i, good[i]);
        for (size_t i = 0; i < COUNT(bad); i++)
                ROW(!url_is_origin(bad[i]), i, bad[i]);
        END_ROWS();
}

static void
json_is_taken_as_wechat_sends_it(void **state)
{
        static const struct {
                const char *text;
                const char *form; /* NULL: refused */
        } rows[] = {
            {"{}", ""},
            {" {\"a\":\"b\"} \n", "a=b"},
            {"{\"a\":1,\"b\":-2}", "a=1&b=-2"},
            {"{\"a\":true,\"b\":null}", "a=true"},
            {"{\"a\":[\"x\",\"y\",3]}", "a=x&a=y&a=3"},
            {"{\"a\":{\"b\":1}}", ""},
            {"{\"a\":[[1]]}", ""},
            {"{\"a\":\"x\001y\"}", "a=xy"},
            {"{\"a\":\"\\u5c0f\"}", "a=%E5%B0%8F"},
            {"{\"a\":\"\\u0000b\"}", "a="},
            {"", NULL},
            {"[]", NULL},
            {"\"a\"", NULL},
            {"{", NULL},
            {"{\"a\"}", NULL},
            {"{} x", NULL},
            {"{}{}", NULL},
            {"null", NULL},
            {"<html>", NULL},
            {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}", NULL},
        };
        struct err err;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                int result;

                pairs_init(&pairs, *state);
                result = json_parse(*state, rows[i].text, strlen(rows[i].text), &pairs, &err);
                ROW(rows[i].form == NULL
                        ? result == -1 && err.kind == ERR_UPSTREAM
                        : result == 0 && same(url_build_form(*state, &pairs), rows[i].form),
                    i, rows[i].text);
        }
        END_ROWS();
}

static void
json_is_built_by_type(void **state)
{
        struct pairs pairs;
        struct err err;
        char *text;

        pairs_init(&pairs, *state);
        pairs_add(&pairs, "t", "a/\"b\"\n小");
        pairs_add_number(&pairs, "n", 9007199254740993LL);
        pairs_add_typed(&pairs, "i", "x", PAIR_ITEM);
        pairs_add_typed(&pairs, "b", "true", PAIR_BOOL);
        pairs_add_typed(&pairs, "i", "y", PAIR_ITEM);
        pairs_add_typed(&pairs, "e", "", PAIR_ARRAY);
        assert_int_equal(json_build(*state, &pairs, &text, &err), 0);
        assert_string_equal(text,
            "{\"t\":\"a/"
            "\\\"b\\\"\\n小\",\"n\":9007199254740993,\"i\":[\"x\",\"y\"],\"b\":true,\"e\":[]}");
}

static void
pages_are_rendered(void **state)
{
        static const struct {
                const char *template;
                const char *html; /* NULL: ERR_CONFIG */
        } rows[] = {
            {"", ""},
            {"<p>{{v}}</p>", "<p>&lt;b&gt;</p>"},
            {"{{none}}", ""},
            {"{{w.hi}}", "Hi &lt;b&gt;!"},
            {"{{w.amp}}", "&amp;"},
            {"{{?v}}a{{/v}}b", "ab"},
            {"{{?none}}a{{/none}}b", "b"},
            {"{{?empty}}a{{/empty}}", ""},
            {"{{^none}}a{{/none}}", "a"},
            {"{{^v}}a{{/v}}", ""},
            {"{{?v}}{{?none}}x{{/none}}y{{/v}}", "y"},
            {"{{?none}}{{w.missing}}{{/none}}", ""},
            {"{{?none}}{{?v}}x{{/v}}{{/none}}", ""},
            {"a}}b", "a}}b"},
            {"{{w.missing}}", NULL},
            {"{{", NULL},
            {"{{v", NULL},
            {"{{V}}", NULL},
            {"{{}}", NULL},
            {"{{?}}", NULL},
            {"{{{v}}}", NULL},
            {"{{&v}}", NULL},
            {"{{?v}}", NULL},
            {"{{/v}}", NULL},
            {"{{?v}}{{/w}}", NULL},
            {"{{?a}}{{?b}}{{/a}}{{/b}}", NULL},
            {"{{w.nested}}", NULL},
        };
        struct pairs words, values;
        struct err err;
        char *html;

        pairs_init(&words, *state);
        pairs_init(&values, *state);
        page_parse_words(*state,
            "# comment = no\nw.hi = Hi {{v}}!\n\nw.amp=&\nnonsense\nw.nested = {{w.hi}}", &words);
        pairs_add(&values, "v", "<b>");
        pairs_add(&values, "empty", "");
        for (size_t i = 0; i < COUNT(rows); i++) {
                int result = page_render(*state, rows[i].template, &words, &values, &html, &err);

                ROW(rows[i].html == NULL ? result == -1 && err.kind == ERR_CONFIG
                                         : result == 0 && same(html, rows[i].html),
                    i, rows[i].template);
        }
        END_ROWS();
}

static struct conf
test_conf(struct arena *arena)
{
        struct conf conf;
        struct err err;

        conf_init(arena, "/etc/kit", &conf);
        assert_int_equal(
            conf_parse(arena,
                "appid = wx0123456789abcdef\nsecret = 0123456789abcdef0123456789abcdef\n"
                "site_url = https://www.example.com\n",
                "/etc/kit/wechat.conf", &conf, &err),
            0);
        return conf;
}

static void
links_are_exact(void **state)
{
        struct conf conf = test_conf(*state);
        struct wechat_grant grant = {.access_token = "A+B", .openid = "oX"};

        assert_string_equal(wechat_authorize_url(*state, &conf, "https://www.example.com/c?a=b",
                                "snsapi_base", "s0"),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef"
            "&redirect_uri=https%3A%2F%2Fwww.example.com%2Fc%3Fa%3Db&response_type=code"
            "&scope=snsapi_base&state=s0#wechat_redirect");
        assert_string_equal(wechat_grant_url(*state, &conf, "c&d"),
            "https://api.weixin.qq.com/sns/oauth2/access_token?appid=wx0123456789abcdef"
            "&secret=0123456789abcdef0123456789abcdef&code=c%26d&grant_type=authorization_code");
        assert_string_equal(wechat_refresh_url(*state, &conf, "r"),
            "https://api.weixin.qq.com/sns/oauth2/refresh_token?appid=wx0123456789abcdef"
            "&grant_type=refresh_token&refresh_token=r");
        assert_string_equal(wechat_profile_url(*state, &conf, &grant),
            "https://api.weixin.qq.com/sns/userinfo?access_token=A%2BB&openid=oX&lang=zh_CN");
        assert_string_equal(wechat_auth_url(*state, &conf, "t", "oX"),
            "https://api.weixin.qq.com/sns/auth?access_token=t&openid=oX");
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
        struct wechat_grant grant;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                int result =
                    wechat_parse_grant(*state, rows[i].json, strlen(rows[i].json), &grant, &err);

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
                ROW(wechat_parse_profile(*state, json, strlen(json), "oX", "http://127.0.0.1:8008",
                        &profile, &err) == 0,
                    i, rows[i].url);
                ROW(same(pairs_get(&profile, "headimgurl"), rows[i].kept), i, rows[i].url);
                ROW(same(pairs_get(&profile, "nickname"), "ab") &&
                        same(pairs_get(&profile, "sex"), "2") &&
                        pairs_get(&profile, "city") == NULL &&
                        pairs_count(&profile, "privilege") == 1,
                    i, rows[i].url);
                ROW(wechat_parse_profile(*state, json, strlen(json), "oY", NULL, &profile, &err) ==
                            -1 &&
                        err.kind == ERR_UPSTREAM,
                    i, "another openid");
        }
        END_ROWS();
}

static void
settings_have_defaults_and_an_example(void **state)
{
        struct conf conf = test_conf(*state);
        const char *write_to = getenv("WECHAT_WRITE_EXAMPLE");
        const char *top = getenv("WECHAT_TOP");
        char *example = conf_example(*state);
        char *path = arena_printf(*state, "%s/wechat.conf.example", top == NULL ? "." : top);
        char text[16384] = "";
        FILE *file;

        assert_string_equal(conf.home, "/cgi-bin/me.cgi");
        assert_string_equal(conf.state_dir, "/etc/kit/wechat-state");
        assert_string_equal(conf.ca_file, "");
        assert_int_equal(conf.session_seconds, 604800);
        assert_null(conf_avatar_origin(&conf));
        conf.api_url = "http://127.0.0.1:8008";
        assert_string_equal(conf_avatar_origin(&conf), "http://127.0.0.1:8008");
        conf.api_url = "https://127.0.0.1.evil.example";
        assert_null(conf_avatar_origin(&conf));
        if (write_to != NULL) {
                file = fopen(write_to, "w");
                assert_non_null(file);
                fputs(example, file);
                fclose(file);
        }
        file = fopen(path, "r");
        assert_non_null(file);
        assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
        fclose(file);
        assert_string_equal(text, example);
}

static void
sign_in_cookies_hold(void **state)
{
        struct signin signin = {.nonce = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ",
            .expires = 10600,
            .tries = 0,
            .next = "/a?b=c"};
        char *text = signin_format(*state, "key", &signin);
        struct signin back;

        assert_true(signin_parse(*state, "key", text, 10000, &back));
        assert_string_equal(back.next, "/a?b=c");
        assert_string_equal(signin_state(*state, &back), signin_state(*state, &signin));
        assert_int_equal(signin_state_tries(signin_state(*state, &back)), 0);
        assert_true(signin_parse(*state, "key", text, 10599, &back));
        assert_false(signin_parse(*state, "key", text, 10600, &back));
        assert_string_equal(back.next, "/a?b=c"); /* too old only */
        assert_false(signin_parse(*state, "key", text, 9999, &back));
        assert_false(signin_parse(*state, "other", text, 10000, &back));
        assert_null(back.next);
        for (size_t i = 0; i < strlen(text); i++) {
                char *changed = arena_strdup(*state, text);

                changed[i] = changed[i] == 'x' ? 'y' : 'x';
                ROW(!signin_parse(*state, "key", changed, 10000, &back), i, changed);
                changed[i] = '\0';
                ROW(!signin_parse(*state, "key", changed, 10000, &back), i, changed);
        }
        signin.next = "//evil.example"; /* even sealed, next is looked at again */
        assert_false(
            signin_parse(*state, "key", signin_format(*state, "key", &signin), 10000, &back));
        assert_int_equal(signin_state_tries("x"), -1);
        assert_int_equal(signin_state_tries(""), -1);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(forms_are_parsed), TEST(only_local_pages_are_local),
            TEST(origins_are_exact), TEST(json_is_taken_as_wechat_sends_it),
            TEST(json_is_built_by_type), TEST(pages_are_rendered), TEST(links_are_exact),
            TEST(grants_are_checked), TEST(profiles_are_cleaned),
            TEST(settings_have_defaults_and_an_example), TEST(sign_in_cookies_hold)};

        return RUN(tests);
}
