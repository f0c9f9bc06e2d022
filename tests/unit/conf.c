/* conf: each key's good and bad values, file and line in errors, paths, the example's file. */
#include "table.h"

#include "conf/check.h"
#include "conf/conf.h"
#include "conf/meaning.h"

#define APPID "appid = wx0123456789abcdef\n"
#define SECRET "secret = 0123456789abcdef0123456789abcdef\n"
#define SITE "site_url = https://www.example.com\n"
#define MUST APPID SECRET SITE /* lines 1 to 3 */

static void
values_are_good_or_bad(void **state)
{
        static const struct {
                const char *line;
                bool good;
        } rows[] = {{"cgi_path = /cgi-bin", true}, {"cgi_path=/a/b", true}, {"cgi_path = /", false},
            {"cgi_path = /a/", false}, {"cgi_path = a", false}, {"cgi_path =", false},
            {"cgi_path = //a", false}, {"cgi_path = /../a", false}, {"cgi_path = /a?b", false},
            {"cgi_path = /a#b", false}, {"cgi_path = /a%2fb", false}, {"cgi_path = /a;b", false},
            {"cgi_path = /~user/cgi-bin", true}, {"home =", true}, {"home = /", true},
            {"home = /index.html?a=b", true}, {"home = index.html", false},
            {"home = //evil.example", false}, {"home = https://evil.example", false},
            {"home = /\\evil.example", false}, {"scope = snsapi_base", true},
            {"scope = snsapi_userinfo", true}, {"scope = snsapi_login", false}, {"scope =", false},
            {"scope = SNSAPI_BASE", false}, {"language = en", true}, {"language = zh_TW", true},
            {"language = zh-TW", false}, {"language = fr", false}, {"session_seconds = 59", false},
            {"session_idle_seconds = 0", true}, {"session_idle_seconds = 60", true},
            {"session_idle_seconds = 59", false}, {"session_idle_seconds =", false},
            {"session_seconds = 60", true}, {"session_seconds = 31622400", true},
            {"session_seconds = 31622401", false}, {"session_seconds = 7d", false},
            {"session_seconds = -60", false}, {"session_seconds = +60", false},
            {"session_seconds = 1e5", false}, {"session_seconds =", false},
            {"session_seconds = 99999999999999999999", false}, {"state_dir =", false},
            {"state_dir = a b", true}, {"state = files", true}, {"state =", false},
            {"state = redis", false}, {"state = redis://127.0.0.1", true},
            {"state = redis://:p%40@h:1/2?prefix=a", true},
            {"state = redis+unix:///run/r.sock?db=1&prefix=a", true}, {"state = rediss://h", false},
            {"state = redis://u:p@w@h", false}, {"state = redis://h/x", false},
            {"state_wait = 1", true}, {"state_wait = 10", false}, {"state_wait = -1", false},
            {"html_dir =", false}, {"html_dir = /x", true},
            {"open_url = http://127.0.0.1:8008", true}, {"open_url = http://example.com", false},
            {"open_url = https://open.weixin.qq.com/", false}, {"open_url =", false},
            {"api_url = https://api2.weixin.qq.com", true}, {"api_url = ftp://a", false},
            {"ca_file =", true}, {"ca_file = ca.pem", true}, {"ca_file = a\x01", false},
            {"sandbox = strict", true}, {"sandbox = files", true}, {"sandbox = off", true},
            {"sandbox = on", false}, {"sandbox =", false}, {"wall = on", true},
            {"wall = files", true}, {"wall = off", true}, {"wall = yes", false}, {"wall =", false},
            {"state_dir = a\x7f", false}, {"push_token =", true}, {"push_token = abc", true},
            {"push_token = ab", false}, {"push_token = a-b", false},
            {"push_token = 0123456789012345678901234567890123", false},
            {"encoding_aes_key = abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", true},
            {"encoding_aes_key = abcdefghijklmnopqrstuvwxyz0123456789ABCDEF", false},
            {"encoding_aes_key = abcdefghijklmnopqrstuvwxyz0123456789ABCDEF-", false},
            {"encoding_aes_key_previous =", true}, {"encoding_aes_key_previous = a", false},
            {"push_mode = plain", true}, {"push_mode = compatible", true},
            {"push_mode = safe", true}, {"push_mode = 安全模式", false}, {"push_mode =", false},
            {"events_days = 0", true}, {"events_days = 3660", true}, {"events_days = 3661", false},
            {"events_days = -1", false}, {"events_days =", false}, {"journal = full", true},
            {"journal = kinds", true}, {"journal = off", true}, {"journal = on", false},
            {"journal = full kinds", false}, {"journal =", false}, {"people_days = 0", true},
            {"people_days = 3660", true}, {"people_days = 3661", false}, {"people_days = x", false},
            {"consent = ask", true}, {"consent = off", true}, {"consent = on", false},
            {"consent =", false}, {"replies = replies.json", true}, {"menu = menu.json", true},
            {"handler = /a/b", true}, {"handler_seconds = 1", true},
            {"handler_seconds = 300", true}, {"handler_seconds = 0", false},
            {"handler_seconds = 301", false}, {"handler_seconds = 5s", false},
            {"handler_seconds =", false}, {"handler_late = wait", true},
            {"handler_late = send", true}, {"handler_late = later", false},
            {"handler_typing = on", true}, {"handler_typing = off", true},
            {"handler_typing = yes", false},
            {"introspection_clients = shop:0123456789abcdef0123456789abcdef", true},
            {"introspection_clients = shop:0123456789abcdef0123456789abcde", false},
            {"introspection_clients =", true}, {"outside_wechat = qr", true},
            {"outside_wechat = direct", true}, {"outside_wechat = both", true},
            {"outside_wechat =", false}, {"outside_wechat = no", false}, {"list =", true},
            {"private_dir = private", true}, {"private_dir =", true}, {"access = a.json", true},
            {"private_listing = on", true}, {"private_listing = off", true},
            {"private_listing = yes", false}, {"private_listing =", false},
            {"sendfile = off", true}, {"sendfile = X-Sendfile", true},
            {"sendfile = X-Accel-Redirect /private-files", true}, {"sendfile = on", false},
            {"sendfile = x-sendfile", false}, {"sendfile = X-Accel-Redirect", false},
            {"sendfile = X-Accel-Redirect private", false},
            {"sendfile = X-Accel-Redirect /a/", false},
            {"sendfile = X-Accel-Redirect /a/../b", false},
            {"sendfile = X-Accel-Redirect //a", false},
            {"sendfile = X-Accel-Redirect https://a/b", false}, {"sendfile =", false},
            {"list = list.json", true}, {"dev_origins =", true},
            {"dev_origins = http://192.168.1.5:5173", true},
            {"dev_origins = http://localhost:5173 https://dev.example.com", true},
            {"dev_origins = http://localhost:5173/", false},
            {"dev_origins = http://localhost:5173/path", false},
            {"dev_origins = localhost:5173", false}, {"dev_origins = http://*.example.com", false},
            {"dev_origins = http://A:1", false}, {"dev_origins = http://a,http://b", false},
            {"dev_origins = null", false}, {"dev_origins = http://a *", false},
            {"dev_origins_until =", true}, {"dev_origins_until = 2026-12-24", true},
            {"dev_origins_until = 2026-02-29", false}, {"dev_origins_until = 24.12.2026", false},
            {"dev_origins_until = 2026-12-24 12:00", false}, {"website_appid =", true},
            {"website_appid = a b", false}, {"website_secret = short", false},

            {"website_appid = wx0123456789abcdea\nwebsite_secret = 0123456789abcdef", true},

            {"mini_appid = wx0123456789abcdea\nmini_secret = 0123456789abcdef", true},
            {"mini_appid = \"", false}, {"sign_in = authorize", true},
            {"sign_in = message\npush_token = abc", true},
            {"push_token = abc\nsign_in = message authorize", true}, {"sign_in =", false},
            {"sign_in = code", false}, {"sign_in = scene\npush_token = abc", true},
            {"sign_in = scene message authorize\npush_token = abc", true},
            {"sign_in = scene scene\npush_token = abc", false},
            {"sign_in = message message", false}, {"sign_in = authorize,message", false},
            {"sign_in_words = 登录", true}, {"sign_in_words =", false}, {"account_name =", true},
            {"account_name = 小店", true}, {"account_qr =", true},
            {"account_qr = /wechat-qr.jpg", true},
            {"account_qr = https://open.weixin.qq.com/qr/code?username=gh_1", true},
            {"account_qr = http://example.com/qr.png", false}, {"account_qr = qr.png", false},
            {"account_qr = https://example.com/\"><script>", false}, {"account_url =", true},
            {"account_url = https://mp.weixin.qq.com/mp/profile_ext?action=home", true},
            {"account_url = javascript:alert(1)", false},
            {"account_url = http://127.0.0.1:8008/console", true},
            {"account_url = http://example.com/", false}, {"account_url = https://", false},
            {"account_url = https://user@example.com/", false},
            {"account_url = https://example.com?a#b", true}, {"account_url = /page", false},
            {"service_keys = one-api:0123456789abcdef0123456789abcdef", true},
            {"service_keys = 0123456789abcdef0123456789abcdef", false}, {"trusted_proxies =", true},
            {"site_name =", true}, {"site_name = 小明的店", true}, {"logo =", true},
            {"logo = /logo.png", true}, {"logo = https://cdn.example.com/l.svg", true},
            {"logo = logo.png", false}, {"logo = data:image/png;base64,AA==", false},
            {"theme_color =", true}, {"theme_color = #c8102e", true},
            {"theme_color = #C8102E", true}, {"theme_color = red", false},
            {"theme_color = #fff", false}, {"theme_color = c8102e", false},
            {"theme_color = #c8102e;}", false}, {"custom_css =", true},
            {"custom_css = /pages.css?2", true}, {"custom_css = pages.css", false},
            {"custom_css = https://cdn.example.com/pages.css", false}, {"links =", true},
            {"links = links.json", true}, {"icp =", true}, {"icp = 京ICP备12345678号-1", true},
            {"contact =", true}, {"contact = shop@example.com", true},
            {"contact = a.b+c@mail.example.com", true}, {"contact = /contact.html", true},
            {"contact = https://work.weixin.qq.com/kfid/k", true}, {"contact = shop", false},
            {"contact = @example.com", false}, {"contact = a@b@example.com", false},
            {"contact = a@example.com?subject=x", false}, {"contact = a@example.", false},
            {"contact = a@.com", false}, {"contact = a@localhost", false},
            {"contact = javascript:alert(1)", false}, {"contact = mailto:a@example.com", false},
            {"list_lesson = on", true}, {"list_lesson = off", true}, {"list_lesson =", false},
            {"oidc_clients =", true}, {"oidc_clients = clients.json", true},
            {"oidc_emails = emails.json", true}, {"oidc_issuer =", true},
            {"oidc_issuer = https://www.example.com", true},
            {"oidc_issuer = https://www.example.com/oidc", true},
            {"oidc_issuer = https://www.example.com/", false},
            {"oidc_issuer = https://www.example.com/oidc/", false},
            {"oidc_issuer = https://www.example.com/oidc?x", false},
            {"oidc_issuer = https://www.example.com/oidc#x", false},
            {"oidc_issuer = http://www.example.com/oidc", false}, {"oidc_issuer = /oidc", false},
            {"oidc_issuer = www.example.com", false}, {"list_lesson = yes", false},
            {"owners =", true}, {"owners = oAbC-dEf_123", true},
            {"owners = oAbCdEf oXyZ123 ", true}, {"owners = oAbC", false},
            {"owners = oAbCdEf,oXyZ123", false}, {"trusted_proxies = 127.0.0.1 10.0.0.0/8", true},
            {"trusted_proxies = localhost", false}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};
                int result;

                conf_init(*state, "/etc/kit", &conf);
                result = conf_parse(*state, arena_printf(*state, MUST "\n# c\n%s\n", rows[i].line),
                    "/etc/kit/w.conf", &conf, &err);
                ROW(rows[i].good ? result == 0
                                 : result == -1 && err.kind == ERR_CONFIG &&
                                       strstr(err.text, "/etc/kit/w.conf, line 6: ") == err.text,
                    i, rows[i].line);
        }
        END_ROWS();
}

/* Messages that are sent are sent in the account's name. */
static void
late_replies_need_the_secret(void **state)
{
        static const struct {
                const char *lines, *setting; /* setting "": good */
        } rows[] = {{"handler = x\nhandler_seconds = 14\n", ""},
            {"handler = x\nhandler_seconds = 15\n", "handler_seconds of more than 14"},
            {"handler = x\nhandler_late = send\n", "handler_late = send"},
            {"handler = x\nhandler_typing = on\n", "handler_typing = on"},
            {"handler_seconds = 15\nhandler_late = send\nhandler_typing = on\n", ""},
            {"handler = x\nhandler_late = send\nappid = wx0123456789abcdef\n",
                "handler_late = send"},
            {"handler = x\nhandler_late = send\n" APPID SECRET, ""}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};
                int result;

                conf_init(*state, ".", &conf);
                result = conf_parse(*state,
                    arena_printf(
                        *state, SITE "sign_in = message\npush_token = abc\n%s", rows[i].lines),
                    "w.conf", &conf, &err);
                ROW(*rows[i].setting == '\0'
                        ? result == 0
                        : result == -1 && err.kind == ERR_CONFIG &&
                              strstr(err.text,
                                  arena_printf(*state, "w.conf: %s needs appid and secret",
                                      rows[i].setting)) == err.text,
                    i, err.text);
        }
        END_ROWS();
}

/* With sign_in = message alone, the account's secrets are not asked for, and may stand there empty.
 */
static void
messages_need_no_secret(void **state)
{
        static const struct {
                const char *text;
                bool good;
        } rows[] = {{SITE "sign_in = message\npush_token = abc\n", true},
            {"appid =\nsecret =\n" SITE "sign_in = message\npush_token = abc\n", true},
            {"sign_in = message\npush_token = abc\n", false}, {SITE "push_token = abc\n", false},
            {"appid = x\n" SITE "sign_in = message\npush_token = abc\n", false},
            {"appid =\nappid =\n" SITE "sign_in = message\npush_token = abc\n", true}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};

                conf_init(*state, ".", &conf);
                ROW((conf_parse(*state, rows[i].text, "w.conf", &conf, &err) == 0) == rows[i].good,
                    i, err.text);
                ROW(!rows[i].good || (conf_has_way(&conf, "message") &&
                                         !conf_has_way(&conf, "authorize") && *conf.appid == '\0'),
                    i, "ways");
        }
        END_ROWS();
}

static void
errors_say_file_line_and_key(void **state)
{
        static const struct {
                const char *text, *where, *what;
        } rows[] = {{"", "w.conf: ", "appid"}, {"# nothing\n", "w.conf: ", "appid"},
            {APPID, "w.conf: ", "secret"}, {APPID SECRET, "w.conf: ", "site_url"},
            {MUST "nonsense\n", "w.conf, line 4: ", "="},
            {MUST "colour = red", "w.conf, line 4: ", "colour"},
            {MUST "Appid = wx0123456789abcdef", "w.conf, line 4: ", "Appid"},
            {MUST APPID, "w.conf, line 4: ", "appid is given twice"},
            {MUST "\n\n\nlanguage = en\nlanguage = en", "w.conf, line 8: ", "twice"},
            {"appid =\n" SECRET SITE, "w.conf: ", "appid is not set"},
            {APPID "secret =\n" SITE, "w.conf: ", "secret is not set"},
            {MUST "sign_in = message\n", "w.conf: ", "sign_in = message needs push_token"},
            {MUST "sign_in = scene\n", "w.conf: ", "sign_in = scene needs push_token"},
            {SITE "sign_in = scene\npush_token = abc\n", "w.conf: ", "appid is not set"},
            {SITE "sign_in = authorize message\npush_token = abc\n",
                "w.conf: ", "appid is not set"},
            {"appid = wx/x\n", "w.conf, line 1: ", "appid"},
            {"appid = wx012\n", "w.conf, line 1: ", "appid"},
            {APPID "secret = short\n", "w.conf, line 2: ", "secret"},
            {APPID SECRET "site_url = https://www.example.com/\n", "w.conf, line 3: ", "site_url"},
            {APPID SECRET "site_url = http://www.example.com\n", "w.conf, line 3: ", "site_url"},
            {APPID SECRET "site_url = www.example.com\n", "w.conf, line 3: ", "site_url"},
            {MUST "[section]\n", "w.conf, line 4: ", "="},
            {MUST "= x\n", "w.conf, line 4: ", "unknown key"},
            {MUST "#language = en\n language2 = en", "w.conf, line 5: ", "language2"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};

                conf_init(*state, ".", &conf);
                ROW(conf_parse(*state, rows[i].text, "w.conf", &conf, &err) == -1 &&
                        err.kind == ERR_CONFIG,
                    i, rows[i].text);
                ROW(strstr(err.text, rows[i].where) == err.text, i, err.text);
                ROW(strstr(err.text, rows[i].what) != NULL, i, err.text);
        }
        END_ROWS();
}

/* Common mistakes: the error says what to type instead. */
static void
slips_are_said_with_what_to_do(void **state)
{
        static const char comment[] = "a comment must stand on a line of its own",
                          quotes[] = "remove the quotation marks around the value",
                          blank[] = "it has a full-width or no-break blank";
        static const struct {
                const char *line, *error;
        } rows[] = {{"state_dir = x   # note", comment}, {"state_dir = x\t# note", comment},
            {"state_dir = x ; note", comment}, {"state_dir = x // note", comment},
            {"state_dir = x ＃ note", comment}, {"list = # none", comment}, {"list =#", comment},
            {"theme_color = #c8102e # red", comment}, {"theme_color = # c8102e", comment},
            {"list = #abcdefg", comment}, {"scope = snsapi_base # note", comment},
            {"language = en ; English", comment}, {"push_token = abc # old: def", comment},
            {"state_dir = \"x\"", quotes}, {"state_dir = 'x'", quotes}, {"state_dir = “x”", quotes},
            {"state_dir = 「x」", quotes}, {"language = \"en\"", quotes},
            {"state_dir = x\xe3\x80\x80y", blank}, {"state_dir =\xe3\x80\x80x", blank},
            {"state_dir = x\xc2\xa0", blank}, {"\xe3\x80\x80state_dir = x", blank},
            {"language ＝ en", "write = between key and value, not the full-width ＝"},
            {"language：en", "write = between key and value, not the full-width ："},
            {"home：/a?b=c", "write = between key and value, not the full-width ："},
            {"language: en", "no '=': write = between key and value, not :"},
            {"; note", "a comment begins with #"}, {"// note", "a comment begins with #"},
            {"＃ note", "a comment begins with #"},
            {"[wechat]", "no '=', and there are no sections: remove the line"},
            {"site-url = https://a.example", "unknown key site-url: did you mean site_url?"},
            {"Language = en", "unknown key Language: did you mean language?"},
            {"AppSecret = 0123456789abcdef", "unknown key AppSecret: did you mean secret?"},
            {"EncodingAESKey = x", "unknown key EncodingAESKey: did you mean encoding_aes_key?"},
            {"token = abc", "unknown key token: did you mean push_token?"},
            {"langauge = en", "unknown key langauge: did you mean language?"},
            {"language = ｅｎ",
                "language must be zh_CN, zh_TW or en; type the character ｅ as half-width (ASCII)"},
            {"open_url = https：//a.example", "; type the character ： as half-width (ASCII)"},
            {"session_seconds = 604８00", "; type the character ８ as half-width (ASCII)"},
            {"state_dir = ／home/x", "a path with / in place of the full-width one"},
            {"language = en\nlanguage = en", "language is given twice: remove one"},
            {"sandbox = off\nwall = off", "sandbox is given twice: remove one"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};

                conf_init(*state, ".", &conf);
                ROW(conf_parse(*state, arena_printf(*state, MUST "%s\n", rows[i].line), "w.conf",
                        &conf, &err) == -1 &&
                        err.kind == ERR_CONFIG &&
                        strncmp(err.text, "w.conf, line ", strlen("w.conf, line ")) == 0 &&
                        strstr(err.text, rows[i].error) != NULL,
                    i, arena_printf(*state, "%s: %s", rows[i].line, err.text));
        }
        END_ROWS();
}

/* These values only look like mistakes. */
static void
odd_values_are_good(void **state)
{
        static const struct {
                const char *line, *state_dir;
        } rows[] = {{"state_dir = x#note", "./x#note"}, {"state_dir = 状态（一）", "./状态（一）"},
            {"state_dir = a;b//c", "./a;b//c"}, {"state_dir = it's", "./it's"},
            {"#state_dir = y\nstate_dir = x", "./x"}, {"state_dir = a=b", "./a=b"},
            {"state_dir=a b", "./a b"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};

                conf_init(*state, ".", &conf);
                ROW(conf_parse(*state, arena_printf(*state, MUST "%s\n", rows[i].line), "w.conf",
                        &conf, &err) == 0 &&
                        same(conf.state_dir, rows[i].state_dir),
                    i, err.text);
        }
        END_ROWS();
}

static void
errors_do_not_show_the_secret(void **state)
{
        static const char *const rows[] = {"secret = tell no one!0123456789\n",
            MUST "secret = 0123456789abcdef-other\n", "secret = x\n",
            "secret = 0123456789abcdef # tell\n", "secret = \"0123456789abcdef\"\n",
            "secret：0123456789abcdef\n", "secret: 0123456789abcdef\n",
            "secret = 0123456789abcdef：tell\n", "0123456789abcdef0123456789abcdef\n",
            "0123456789abcdef0123456789abcdef = x\n", "secrets = 0123456789abcdef\n",
            "secret = 0123456789abcdef\xe3\x80\x80\n"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};

                conf_init(*state, ".", &conf);
                ROW(conf_parse(*state, rows[i], "w.conf", &conf, &err) == -1, i, rows[i]);
                ROW(strstr(err.text, "tell") == NULL && strstr(err.text, "0123") == NULL, i,
                    err.text);
        }
        END_ROWS();
}

static void
lines_are_read_with_any_blanks(void **state)
{
        static const char *const rows[] = {MUST, "appid=wx0123456789abcdef\n" SECRET SITE,
            "  appid\t=\twx0123456789abcdef  \n" SECRET SITE,
            "appid = wx0123456789abcdef\r\nsecret = 0123456789abcdef0123456789abcdef\r\n"
            "site_url = https://www.example.com\r\n\r\n",
            "\n \n\t\n# appid = other\n   # c\n" MUST,
            APPID SECRET "site_url = https://www.example.com"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};

                conf_init(*state, ".", &conf);
                ROW(conf_parse(*state, rows[i], "w.conf", &conf, &err) == 0, i, err.text);
                ROW(same(conf.appid, "wx0123456789abcdef") &&
                        same(conf.site_url, "https://www.example.com"),
                    i, rows[i]);
        }
        END_ROWS();
}

static void
paths_are_taken_from_the_files_folder(void **state)
{
        static const struct {
                const char *file, *line, *state_dir;
        } rows[] = {{"/etc/kit/w.conf", "", "/etc/kit/wechat-state"},
            {"/etc/kit/w.conf", "state_dir = s", "/etc/kit/s"},
            {"/etc/kit/w.conf", "state_dir = ../s", "/etc/kit/../s"},
            {"/etc/kit/w.conf", "state_dir = /var/s", "/var/s"}, {"/w.conf", "state_dir = s", "/s"},
            {"w.conf", "state_dir = s", "./s"}, {"a/w.conf", "state_dir = s", "a/s"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *slash = strrchr(rows[i].file, '/');
                char *folder = slash == NULL ? arena_strdup(*state, ".")
                                             : arena_copy(*state, rows[i].file,
                                                   (size_t)(slash - rows[i].file));
                struct conf conf;
                struct err err;

                conf_init(*state, folder, &conf);
                ROW(conf_parse(*state, arena_printf(*state, MUST "%s\n", rows[i].line),
                        rows[i].file, &conf, &err) == 0 &&
                        same(conf.state_dir, rows[i].state_dir) && same(conf.ca_file, ""),
                    i, conf.state_dir);
        }
        END_ROWS();
}

static void
links_are_made_from_settings(void **state)
{
        struct conf conf;
        struct err err;

        conf_init(*state, "/k", &conf);
        assert_int_equal(conf_parse(*state, MUST "cgi_path = /wx\n", "/k/w.conf", &conf, &err), 0);
        assert_string_equal(conf.home, "/wx/me.cgi");
        assert_string_equal(conf_program(*state, &conf, "login.cgi"), "/wx/login.cgi");
        assert_string_equal(conf_url(*state, &conf, "/a?b"), "https://www.example.com/a?b");
        assert_true(conf_is_secure(&conf));
        conf.site_url = "http://127.0.0.1:8007";
        assert_false(conf_is_secure(&conf));
}

/* The example file is valid with its three required settings filled in and every # removed. */
static void
the_example_can_be_filled_in(void **state)
{
        char *example = conf_example(*state), *filled = "";
        const char *top = getenv("WECHAT_TOP");
        char text[65536] = "";
        struct conf conf, standard;
        struct err err = {.kind = ERR_NONE};
        FILE *file;

        for (const char *line = example; *line != '\0';) {
                size_t size = strcspn(line, "\n");
                const char *rest = line[0] == '#' && line[1] != ' ' ? line + 1 : line;
                const char *value = strncmp(line, "appid =", 7) == 0       ? " wx0123456789abcdef"
                                    : strncmp(line, "secret =", 8) == 0    ? " 0123456789abcdef"
                                    : strncmp(line, "site_url =", 10) == 0 ? " https://a.example"
                                                                           : "";

                filled = arena_printf(
                    *state, "%s%.*s%s\n", filled, (int)(size - (size_t)(rest - line)), rest, value);
                line += size + (line[size] == '\n');
        }
        conf_init(*state, "/k", &conf);
        conf_init(*state, "/k", &standard);
        if (conf_parse(*state, filled, "/k/w.conf", &conf, &err) != 0)
                fail_msg("%s", err.text);
        assert_string_equal(conf.cgi_path, standard.cgi_path);
        assert_string_equal(conf.state_dir, standard.state_dir);
        assert_string_equal(conf.html_dir, standard.html_dir);
        assert_string_equal(conf.api_url, standard.api_url);
        assert_int_equal(conf.session_seconds, standard.session_seconds);
        file = fopen(arena_printf(*state, "%s/wechat.conf.example", top == NULL ? "." : top), "r");
        assert_non_null(file);
        assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
        fclose(file);
        assert_string_equal(text, example);
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
settings_have_defaults_and_an_example(void **state)
{
        struct conf conf = test_conf(*state);
        const char *top = getenv("WECHAT_TOP");
        char *example = conf_example(*state);
        char *path = arena_printf(*state, "%s/wechat.conf.example", top == NULL ? "." : top);
        char text[65536] = "";
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
        file = fopen(path, "r");
        assert_non_null(file);
        assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
        fclose(file);
        assert_string_equal(text, example);
}

/* 255 characters are what check_dev_origins() has room to copy. */
static void
origins_have_a_longest(void **state)
{
        static const char says[] = "origins of 255 characters at most";
        static const size_t sizes[] = {255, 256, 257, 300, 5000};

        for (size_t i = 0; i < COUNT(sizes); i++) {
                char *origin = arena_alloc(*state, sizes[i] + 1);

                memset(origin, 'a', sizes[i]);
                memcpy(origin, "http://", 7);
                origin[sizes[i]] = '\0';
                ROW(same(check_dev_origins(origin), says) == (sizes[i] > 255), i, origin);
                ROW(same(check_dev_origins(arena_printf(*state, "http://a:1 %s", origin)), says) ==
                        (sizes[i] > 255),
                    i, "behind another");
        }
        END_ROWS();
}

/* 2026-12-24 in Beijing begins at 1,798,041,600. */
static void
dev_origins_have_an_end(void **state)
{
        static const char site[] = "https://www.example.com", here[] = "http://127.0.0.1:8007";
        static const struct {
                const char *site, *origins, *until;
                long long now;
                const char *left; /* NULL: refused */
        } rows[] = {{site, "", "", 1798041600, ""}, {site, "http://a:1", "", 1798041600, NULL},
            {here, "http://a:1", "", 1798041600, "http://a:1"}, {here, "*", "", 1798041600, "*"},
            {site, "http://a:1", "2026-12-24", 1798041600, "http://a:1"},
            {site, "http://a:1", "2026-12-24", 1798041600 + 86399, "http://a:1"},
            {site, "http://a:1", "2026-12-24", 1798041600 + 86400, ""},
            {here, "http://a:1", "2026-12-24", 1798041600 + 86400, ""},
            {site, "http://a:1", "2026-12-24", 1798041600 - 30 * 86400, "http://a:1"},
            {site, "http://a:1", "2026-12-24", 1798041600 - 30 * 86400 - 1, NULL},
            {site, "", "2099-12-24", 1798041600, ""}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct conf conf;
                int result;

                conf_init(*state, "/x", &conf);
                conf.site_url = rows[i].site;
                conf.dev_origins = rows[i].origins;
                conf.dev_origins_until = rows[i].until;
                result = conf_check_time(*state, &conf, "w.conf", rows[i].now, &err);
                ROW(rows[i].left == NULL ? result == -1 && err.kind == ERR_CONFIG &&
                                               strstr(err.text, "dev_origins_until") != NULL
                                         : result == 0 && same(conf.dev_origins, rows[i].left),
                    i, err.text);
        }
        END_ROWS();
}

static void
dev_origins_are_exact(void **state)
{
        static const struct {
                const char *setting, *origin;
                bool listed;
        } rows[] = {{"http://a:5173 https://b", "http://a:5173", true},
            {"http://a:5173 https://b", "https://b", true},
            {"http://a:5173   https://b", "https://b", true},
            {"http://a:5173 https://b", "http://a", false},
            {"http://a:5173 https://b", "http://a:51730", false},
            {"http://a:5173 https://b", "http://b", false},
            {"http://a:5173 https://b", "https://b ", false},
            {"http://a:5173 https://b", "http://a:5173 https://b", false},
            {"http://a:5173", "HTTP://A:5173", false}, {"http://a:5173", "null", false},
            {"http://a:5173", "", false}, {"", "http://a", false}, {"", "", false},
            {"*", "http://192.168.1.5:5173", true}, {"*", "https://x.example", true},
            {"*", "null", false}, {"*", "", false}, {"*", "*", false}, {"*", "file://", false}};
        struct conf conf;

        conf_init(*state, ".", &conf);
        for (size_t i = 0; i < COUNT(rows); i++) {
                conf.dev_origins = rows[i].setting;
                ROW(conf_is_dev_origin(&conf, rows[i].origin) == rows[i].listed, i, rows[i].origin);
        }
        END_ROWS();
}

#define KEY "0123456789abcdef0123456789abcdef"
#define MINI "mini_appid = wx0123456789abcdea\nmini_secret = 0123456789abcdef\n"

static void
settings_go_together(void **state)
{
        static const struct {
                const char *lines, *error; /* error "": good */
        } rows[] = {{"site_url = http://127.0.0.1:8007\ndev_origins = *\n", ""},
            {SITE "dev_origins = *\n",
                "w.conf: dev_origins = * is allowed only if site_url is this computer"},
            {SITE "website_appid = wx0123456789abcdea\n",
                "w.conf: website_appid and website_secret go together"},
            {SITE "website_secret = 0123456789abcdef\n",
                "w.conf: website_appid and website_secret go together"},
            {SITE "mini_secret = 0123456789abcdef\n",
                "w.conf: mini_appid and mini_secret go together"},
            {SITE "mini_appid = wx0123456789abcdea\n",
                "w.conf: mini_appid and mini_secret go together"},
            {SITE "people = approved\n",
                "w.conf: people = approved needs owners: nobody else can approve; me.cgi shows "
                "your openid"},
            {SITE "people = approved\nowners = oAbCdEf\n", ""},
            {SITE "oidc_issuer = https://www.example.com.cn\n",
                "w.conf: oidc_issuer must begin with site_url, https://www.example.com"},
            {"site_url = http://127.0.0.1:8007\noidc_issuer = http://127.0.0.1:8007/oidc\n", ""},
            {SITE "people = followers\nwebsite_appid = wx0123456789abcdea\n"
                  "website_secret = 0123456789abcdef\n",
                "w.conf: people = followers does not go with website_appid: a website application "
                "does not tell who follows the account"},
            {SITE "mini_push_token = abc\n",
                "w.conf: mini_push_token needs mini_appid, mini_encoding_aes_key needs both"},
            {SITE MINI "mini_encoding_aes_key = abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\n",
                "w.conf: mini_push_token needs mini_appid, mini_encoding_aes_key needs both"},
            {SITE MINI "mini_push_token = abc\npush_token = abc\n",
                "w.conf: mini_push_token must differ from push_token: it tells the two apart"},
            {SITE MINI "mini_push_token = abc\npush_token = abd\n", ""},
            {SITE MINI "mini_push_token = abc\n"
                       "mini_encoding_aes_key = abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\n",
                ""},
            {SITE "service_keys = a:" KEY " b:" KEY "\naccount_clients = b a\n", ""},
            {SITE "service_keys = ab:" KEY "\naccount_clients = ab a\n",
                "w.conf: account_clients: a is not a name in service_keys"},
            {SITE "handler = x\nhandler_late = send\nhandler_typing = on\nhandler_seconds = 300\n",
                ""},
            {SITE "account_clients = shop\n",
                "w.conf: account_clients: shop is not a name in service_keys"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct conf conf;
                struct err err = {.kind = ERR_NONE};
                int result;

                conf_init(*state, ".", &conf);
                result = conf_parse(*state, arena_printf(*state, APPID SECRET "%s", rows[i].lines),
                    "w.conf", &conf, &err);
                ROW(*rows[i].error == '\0'
                        ? result == 0
                        : result == -1 && err.kind == ERR_CONFIG && same(err.text, rows[i].error),
                    i, err.text);
        }
        END_ROWS();
}

/* All mistakes at once, and what is valid is read all the same. */
static void
every_mistake_is_found(void **state)
{
        static const struct conf_mistake wanted[] = {{2, NULL, CONF_FORM},
            {3, "secret", CONF_UNKNOWN}, {4, "language", CONF_VALUE}, {6, "language", CONF_TWICE},
            {8, NULL, CONF_UNKNOWN}, {0, "secret", CONF_MISSING}, {0, "site_url", CONF_MISSING},
            {7, "account_clients", CONF_TOGETHER}, {0, "mini_secret", CONF_TOGETHER}};
        struct conf_mistakes found;
        struct conf conf;

        conf_init(*state, ".", &conf);
        conf_review(*state,
            APPID "sign_in\nsecrt = 0123456789abcdef\nlanguage = fr\nscope = snsapi_base\n"
                  "language = en\naccount_clients = shop\nqqqqqqqqqqqq = 1\n"
                  "mini_appid = wx0123456789abcdea\n",
            "w.conf", &conf, &found);
        assert_int_equal(found.count, COUNT(wanted));
        for (size_t i = 0; i < COUNT(wanted); i++)
                ROW(found.items[i].line == wanted[i].line &&
                        found.items[i].slip == wanted[i].slip &&
                        (wanted[i].key == NULL ? found.items[i].key == NULL
                                               : same(found.items[i].key, wanted[i].key)),
                    i, wanted[i].key == NULL ? "" : wanted[i].key);
        END_ROWS();
        assert_string_equal(conf.scope, "snsapi_base");
        assert_string_equal(conf.appid, "wx0123456789abcdef");
        conf_init(*state, ".", &conf);
        conf_review(*state, MUST, "w.conf", &conf, &found);
        assert_int_equal(found.count, 0);
        assert_string_equal(conf.home, "/cgi-bin/me.cgi");
}

/* Each setting is explained in both languages. */
static void
meanings_have_two_halves(void **state)
{
        for (size_t i = 0; i < conf_key_count; i++) {
                const char *chinese = conf_meaning(*state, &conf_keys[i], true);
                const char *english = conf_meaning(*state, &conf_keys[i], false);

                ROW(*chinese != '\0' && *english >= 'A' && *english <= 'Z' &&
                        strstr(english, "。") == NULL && strstr(chinese, "。") != NULL,
                    i, conf_keys[i].name);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(the_example_can_be_filled_in),
            TEST(settings_have_defaults_and_an_example), TEST(values_are_good_or_bad),
            TEST(dev_origins_are_exact), TEST(origins_have_a_longest),
            TEST(dev_origins_have_an_end), TEST(settings_go_together), TEST(every_mistake_is_found),
            TEST(meanings_have_two_halves), TEST(messages_need_no_secret),
            TEST(late_replies_need_the_secret), TEST(errors_say_file_line_and_key),
            TEST(errors_do_not_show_the_secret), TEST(slips_are_said_with_what_to_do),
            TEST(odd_values_are_good), TEST(lines_are_read_with_any_blanks),
            TEST(paths_are_taken_from_the_files_folder), TEST(links_are_made_from_settings)};

        return RUN(tests);
}
