/* url: each byte, forms at their limits, attacks on redirects, origins. */
#include "table.h"

#include "format/url.h"

static void
each_byte_is_encoded_and_comes_back(void **state)
{
        for (int byte = 1; byte < 256; byte++) {
                char text[2] = {(char)byte, '\0'};
                bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                             (byte >= 'a' && byte <= 'z') || (byte != 0 && strchr("-._~", byte));
                char *encoded = url_encode(*state, text);
                struct pairs pairs;
                struct err err;

                ROW(same(encoded, plain ? text : arena_printf(*state, "%%%02X", (unsigned)byte)),
                    byte, encoded);
                ROW(same(url_encode_path(*state, text), byte == '/' ? "/" : encoded), byte,
                    "in a path");
                pairs_init(&pairs, *state);
                ROW(url_parse_form(*state, arena_printf(*state, "%s=%s", encoded, encoded), &pairs,
                        &err) == 0 &&
                        same(pairs_get(&pairs, text), text),
                    byte, "back");
        }
        END_ROWS();
}

static void
fields_are_64_at_most(void **state)
{
        static const struct {
                size_t fields;
                const char *tail;
                size_t count; /* 0: refused */
        } rows[] = {{63, "", 63}, {64, "", 64}, {65, "", 0}, {64, "&", 64},
            {64, "&&", 64}, /* nothing is no field */
            {63, "&&a", 64}, {64, "&a", 0}, {64, "&=", 0}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *form = "";
                struct pairs pairs;
                struct err err = {.kind = ERR_NONE};
                int result;

                for (size_t at = 0; at < rows[i].fields; at++)
                        form = arena_printf(*state, "%s%sf%zu=1", form, at == 0 ? "" : "&", at);
                form = arena_printf(*state, "%s%s", form, rows[i].tail);
                pairs_init(&pairs, *state);
                result = url_parse_form(*state, form, &pairs, &err);
                ROW(rows[i].count == 0 ? result == -1 && err.kind == ERR_REQUEST
                                       : result == 0 && pairs.count == rows[i].count,
                    i, rows[i].tail);
        }
        END_ROWS();
}

static void
broken_encodings_are_refused(void **state)
{
        static const char *const rows[] = {"%", "a=%", "a=1%", "a=%4", "a=%G0", "a=%0g", "a=%-1",
            "a=% 1", "a=%%41", "a=%u0041", "a=%0", "a=%00", "%00=a", "a=x%00y", "a=1&b=%zz",
            "a=%+1", "a=%0x", "%=", "a=%\xc3\xa9"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                struct err err = {.kind = ERR_NONE};

                pairs_init(&pairs, *state);
                ROW(url_parse_form(*state, rows[i], &pairs, &err) == -1 && err.kind == ERR_REQUEST,
                    i, rows[i]);
        }
        END_ROWS();
}

static void
what_is_broken_is_read_as_it_came(void **state)
{
        static const struct {
                const char *form;
                size_t size;
                const char *name, *value;
                size_t count;
                bool good;
        } rows[] = {{"a=100%", 6, "a", "100%", 1, false}, {"a=%zz", 5, "a", "%zz", 1, false},
            {"a=%4", 4, "a", "%4", 1, false}, {"a=%%41", 6, "a", "%A", 1, false},
            {"a=%00", 5, "a", "%00", 1, false}, {"a=x\0y", 5, "a", "x%00y", 1, false},
            {"a\0=1", 4, "a%00", "1", 1, false}, {"%=1", 3, "%", "1", 1, false},
            {"b=1&a=%&c=2", 11, "c", "2", 3, false}, {"a=%e5%b0%8f", 11, "a", "小", 1, true},
            {"a=1\0&b=2", 8, "b", "2", 2, false}, {"a=1", 2, "a", "", 1, true},
            {"&a=%2B+&", 8, "a", "+ ", 1, true}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                const char *flaw;

                pairs_init(&pairs, *state);
                flaw = url_read_form(*state, rows[i].form, rows[i].size, &pairs);
                ROW((flaw == NULL) == rows[i].good && pairs.count == rows[i].count &&
                        same(pairs_get(&pairs, rows[i].name), rows[i].value),
                    i, rows[i].form);
        }
        END_ROWS();
}

static void
pages_are_made_of_what_people_write(void **state)
{
        static const char origin[] = "https://www.example.com";
        static const struct {
                const char *given;
                const char *page;   /* NULL: refused */
                const char *reason; /* a part of it */
        } rows[] = {{"/a?b=c&d=/e#f", "/a?b=c&d=/e#f", NULL},
            {"https://www.example.com", "/", NULL}, {"https://www.example.com/", "/", NULL},
            {"https://www.example.com/a?b#c", "/a?b#c", NULL},
            {"https://www.example.com?b", "/?b", NULL}, {"https://www.example.com#b", "/#b", NULL},
            {"HTTPS://WWW.Example.COM/A", "/A", NULL}, {"/小明", "/%E5%B0%8F%E6%98%8E", NULL},
            {"https://www.example.com/小?q=明", "/%E5%B0%8F?q=%E6%98%8E", NULL},
            {"/a b ", "/a%20b%20", NULL}, {"/ /evil.example", "/%20/evil.example", NULL},
            {"/100%", "/100%", NULL}, {"/\xe5", "/%E5", NULL},
            {"/\xef\xbc\x8f"
             "evil.example",
                "/%EF%BC%8Fevil.example", NULL},
            {"https://www.example.com//evil.example", NULL, "another site"},
            {"https://www.example.com/\\evil.example", NULL, "backslash"},
            {"https://www.example.com\\evil.example", NULL, "backslash"},
            {"https://www.example.com.evil.example/", NULL, "another site"},
            {"https://www.example.com@evil.example/", NULL, "another site"},
            {"https://www.example.com:8443/", NULL, "another site"},
            {"http://www.example.com/", NULL, "another site"},
            {"https://evil.example/https://www.example.com/", NULL, "another site"},
            {"//www.example.com/", NULL, "another site"}, {"//evil.example", NULL, "another site"},
            {"javascript:alert(1)", NULL, "slash"}, {"a/b", NULL, "slash"}, {" /a", NULL, "slash"},
            {"", NULL, "slash"}, {"?a", NULL, "slash"}, {"a?b=https://c", NULL, "slash"},
            {"/\t/evil", NULL, "control"}, {"/a\r\nX: y", NULL, "control"},
            {"/\x7f", NULL, "control"}};
        char longest[URL_NEXT_MAX + 2];
        const char *reason;

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *page = url_page(*state, origin, rows[i].given, &reason);

                ROW(same(page, rows[i].page), i, rows[i].given);
                ROW(page == NULL ? strstr(reason, rows[i].reason) != NULL : url_is_local(page), i,
                    rows[i].given);
        }
        ROW(url_page(*state, "", "https://www.example.com/a", &reason) == NULL, 0, "no origin");
        ROW(same(url_page(*state, "", "/小", &reason), "/%E5%B0%8F"), 0, "but a path");
        memset(longest, ' ', sizeof(longest)); /* each becomes three bytes */
        longest[0] = '/';
        longest[1 + (URL_NEXT_MAX - 1) / 3] = '\0';
        ROW(url_page(*state, origin, longest, &reason) != NULL, 0, "long");
        longest[1 + (URL_NEXT_MAX - 1) / 3] = ' ';
        longest[2 + (URL_NEXT_MAX - 1) / 3] = '\0';
        ROW(url_page(*state, origin, longest, &reason) == NULL && strstr(reason, "longer") != NULL,
            0, "too long");
        END_ROWS();
}

static void
redirects_stay_on_the_site(void **state)
{
        static const char *const elsewhere[] = {"", " ", "//evil.example", "///evil.example",
            "////evil.example", "/\\evil.example", "/\\/evil.example", "/\\\\evil.example",
            "\\evil.example", "\\\\evil.example", "\\/evil.example", "\\/\\/evil.example",
            "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "/\v/evil.example",
            "/\f/evil.example", "/\x01/evil.example", "/ /evil.example", "\t/evil.example",
            "\n//evil.example", "\r//evil.example", " //evil.example", "\x01//evil.example", "/a\t",
            "/a\n", "/a ", "/a\r\nSet-Cookie: a=b", "/a\r\nLocation: //evil.example",
            "http://evil.example", "https://evil.example/", "HTTPS://evil.example",
            "https:evil.example", "https:/evil.example", "https:///evil.example",
            "h\tttps://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)", "javascript://evil.example/%0aalert(1)", "data:text/html,x",
            "vbscript:x", "ftp://evil.example", "file:///etc/passwd", "mailto:a@evil.example",
            "blob:x", "evil.example", "evil.example/a", "www.evil.example", ".evil.example",
            "@evil.example", ":80", ":@evil.example", "?next=//evil.example", "#//evil.example",
            "./a", "../a", "a/b", "~/a", "%2f%2fevil.example", "%2fa", "%5c%5cevil.example",
            "/a\\b", "/a/..\\..\\evil.example", "/a?b=\\", "/a#\\", "\xe3\x80\x82/evil.example",
            "/\xe3\x80\x82"
            "evil.example",
            "/\xef\xbc\x8f"
            "evil.example",
            "\xef\xbc\x8f\xef\xbc\x8f"
            "evil.example",
            "/\xc2\xa0/evil.example", "/\xe2\x80\x8b/evil.example",
            "/\xe2\x81\x84"
            "evil.example",
            "/\xef\xbb\xbf/evil.example", "\xef\xbb\xbf//evil.example", "/\xff", "/\x80", "/\x7f",
            "/a\x7f", "/\xe5\xb0\x8f\xe6\x98\x8e", "/a\xc2\x85", "/\x1b[0m"};
        static const char *const here[] = {"/", "/a", "/a/", "/a/b/c.html", "/?a", "/?a=b&c=d",
            "/#a", "/a?b#c", "/a/../b", "/..", "/.", "/.//evil.example", "/a//evil.example",
            "/a?next=//evil.example", "/a?next=https://evil.example", "/a#//evil.example",
            "/@evil.example", "/:80", "/;a", "/%2fevil.example", "/%5cevil.example",
            "/%09/evil.example", "/%0d%0aLocation:x", "/%00", "/%", "/https://evil.example",
            "/javascript:alert(1)", "/~user/a", "/cgi-bin/me.cgi", "/a+b", "/%E5%B0%8F",
            "/[a]{b}|c^d`e\"f<g>", "/!$&'()*,=", "/evil.example", "/~", "/!"};

        (void)state;
        for (size_t i = 0; i < COUNT(elsewhere); i++)
                ROW(!url_is_local(elsewhere[i]), i, elsewhere[i]);
        for (size_t i = 0; i < COUNT(here); i++)
                ROW(url_is_local(here[i]), i, here[i]);
        for (int byte = 1; byte < 256; byte++)
                for (size_t at = 0; at < 4; at++) { /* each byte at each of the first places */
                        char text[] = "/aaa";
                        bool good = byte >= 0x21 && byte <= 0x7e && byte != '\\';

                        text[at] = (char)byte;
                        good = good && (at != 0 || byte == '/') && (at != 1 || byte != '/');
                        ROW(url_is_local(text) == good, byte, text);
                }
        END_ROWS();
}

static void
pages_are_2000_bytes_at_most(void **state)
{
        (void)state;
        for (size_t size = URL_NEXT_MAX - 2; size <= URL_NEXT_MAX + 2; size++) {
                char *next = arena_alloc(*state, size + 1);

                memset(next, 'a', size);
                next[0] = '/';
                ROW(url_is_local(next) == (size <= URL_NEXT_MAX), size, "length");
        }
        assert_int_equal(URL_NEXT_MAX, 2000);
        END_ROWS();
}

static void
origins_are_what_browsers_send(void **state)
{
        static const struct {
                const char *text;
                bool good;
        } rows[] = {{"https://a.example", true}, {"https://a-b.example:1", true},
            {"https://a.example:65535", true}, {"https://a.example:65536", false},
            {"https://a.example:00443", false}, {"https://a.example:100000", false},
            {"https://a.example:-1", false}, {"https://a.example:+1", false},
            {"https://a.example: 1", false}, {"https://a.example:8443/", false},
            {"https://a.example#", false}, {"https://a.example\n", false},
            {"https://a.example ", false}, {" https://a.example", false},
            {"HTTPS://a.example", false}, {"https://A.example", false},
            {"https://a_b.example", false}, {"https://\xe5\xb0\x8f.example", false},
            {"https://xn--kbt.example", true}, {"https://a:b@c.example", false},
            {"https://a\\b", false}, {"https:///a", false}, {"https://[::1]:8443", true},
            {"https://[::1", false}, {"https://[::1]a", false}, {"https://[::2]", false},
            {"http://[::1]", true}, {"http://[::1].evil.example", false},
            {"http://localhost:80", true}, {"http://localhost:0", false},
            {"http://localhosT", false}, {"http://127.0.0.1", true}, {"http://127.0.0.2", false},
            {"http://127.1", false}, {"http://localhost@evil.example", false},
            {"http://0.0.0.0", false}, {"null", false}, {"wss://a.example", false},
            {"//a.example", false}, {"a.example", false}, {"https", false}, {"http://", false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(url_is_origin(rows[i].text) == rows[i].good, i, rows[i].text);
        END_ROWS();
}

#include "table.h"

#include "conf/conf.h"
#include "format/page.h"
#include "signin/signin.h"
#include "format/url.h"
#include "wechat/api.h"

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
a_query_is_added_behind_another(void **state)
{
        assert_string_equal(
            url_add_query(*state, "https://a.example/b", "c=d"), "https://a.example/b?c=d");
        assert_string_equal(
            url_add_query(*state, "https://a.example/b?e=f", "c=d"), "https://a.example/b?e=f&c=d");
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
links_have_an_origin(void **state)
{
        static const struct {
                const char *link, *origin;
        } rows[] = {{"http://192.168.1.5:5173/path?a=b", "http://192.168.1.5:5173"},
            {"http://a", "http://a"}, {"https://a?b", "https://a"}, {"http://a/", "http://a"},
            {"http://a//b", "http://a"}, {"http://a:80/@b", "http://a:80"}, {"http://a@b/", NULL},
            {"http://a:b@c/", NULL}, {"http://a#b", NULL}, {"http://a/#b", NULL},
            {"http://a\\b", NULL}, {"http://a/\\b", NULL}, {"http://a b", NULL},
            {"http://A/", NULL}, {"//a/", NULL}, {"/a", NULL}, {"javascript:alert(1)", NULL},
            {"http:/a", NULL}, {"http:///a", NULL}, {"http://", NULL}, {"https://a:0/", NULL},
            {"", NULL}, {"http://a/\xe5", NULL}, {"http://a/\x7f", NULL}, {"http://a%2fb/", NULL},
            {"http://a\t/", NULL}};
        char longest[URL_NEXT_MAX + 2];

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(url_origin(*state, rows[i].link), rows[i].origin), i, rows[i].link);
        memset(longest, 'a', sizeof(longest));
        memcpy(longest, "http://a/", 9);
        longest[URL_NEXT_MAX] = '\0';
        assert_string_equal(url_origin(*state, longest), "http://a");
        longest[URL_NEXT_MAX] = 'a';
        longest[URL_NEXT_MAX + 1] = '\0';
        assert_null(url_origin(*state, longest));
        assert_true(url_is_any_origin("http://192.168.1.5:5173"));
        assert_false(url_is_any_origin("http://192.168.1.5:5173/"));
        assert_true(url_is_loopback("http://localhost:1"));
        assert_false(url_is_loopback("http://localhost.example"));
        assert_false(url_is_loopback("localhost"));
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(forms_are_parsed),
            TEST(a_query_is_added_behind_another), TEST(only_local_pages_are_local),
            TEST(origins_are_exact), TEST(links_have_an_origin),
            TEST(each_byte_is_encoded_and_comes_back), TEST(fields_are_64_at_most),
            TEST(broken_encodings_are_refused), TEST(what_is_broken_is_read_as_it_came),
            TEST(pages_are_made_of_what_people_write), TEST(redirects_stay_on_the_site),
            TEST(pages_are_2000_bytes_at_most), TEST(origins_are_what_browsers_send)};

        return RUN(tests);
}
