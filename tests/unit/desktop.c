/* desktop, signed, qr: signed texts are read back unchanged or refused; numbers, browsers, paths.
 */
#include "table.h"

#include "signin/desktop.h"
#include "format/qr.h"
#include "format/signed.h"
#include "format/url.h"

#define CODE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"

static void
sealed_fields_come_back(void **state)
{
        static const char *const fields[] = {"a", "", "b-_Z9"};
        const char *back[3];
        char *text = signed_format(*state, "key", fields, 3);

        assert_true(signed_parse(*state, "key", text, back, 3));
        for (size_t i = 0; i < 3; i++)
                ROW(same(back[i], fields[i]), i, back[i]);
        assert_false(signed_parse(*state, "other", text, back, 3));
        assert_false(signed_parse(*state, "key", text, back, 2));
        assert_false(signed_parse(*state, "key", "", back, 0));
        assert_false(signed_parse(*state, "key", "nothing-signed", back, 0));
        for (size_t at = 0; at <= strlen(text); at++) {
                char *more = arena_printf(*state, "%.*sA%s", (int)at, text, text + at);

                ROW(!signed_parse(*state, "key", more, back, 3), at, more);
                for (int bit = 0; bit < 8 && text[at] != '\0'; bit++) {
                        char *changed = arena_strdup(*state, text);

                        changed[at] = (char)(changed[at] ^ (1 << bit));
                        ROW(!signed_parse(*state, "key", changed, back, 3), at, changed);
                }
        }
        END_ROWS();
}

static void
cookies_come_back(void **state)
{
        struct desktop one = {CODE, NULL, 1000, "/a?b=c"}, back;
        char *cookie = desktop_format_cookie(*state, "key", &one);

        assert_true(desktop_parse_cookie(*state, "key", cookie, &back));
        assert_string_equal(back.device_code, CODE);
        assert_string_equal(back.next, "/a?b=c");
        assert_int_equal(back.expires, 1000);
        assert_int_equal(strlen(back.user_code), DESKTOP_USER_CODE_SIZE);
        assert_null(strstr(CODE, back.user_code));
        one.next = "//evil.example";
        assert_false(
            desktop_parse_cookie(*state, "key", desktop_format_cookie(*state, "key", &one), &back));
}

static void
links_hold_a_code(void **state)
{
        static const struct {
                const char *query, *user_code;
        } rows[] = {{"abcdefghijkl-_09", "abcdefghijkl-_09"},
            {"abcdefghijkl-_09=", "abcdefghijkl-_09"},
            {"abcdefghijkl-_09&from=singlemessage", "abcdefghijkl-_09"},
            {"from=timeline&abcdefghijkl-_09", "abcdefghijkl-_09"}, {"abcdefghijkl-_09=1", NULL},
            {"abcdefghijkl-_0", NULL}, {"abcdefghijkl-_090", NULL}, {"abcdefghijkl-_0.", NULL},
            {"t=abcdefghijkl-_09", NULL}, {"", NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs query;

                pairs_init(&query, *state);
                (void)url_read_form(*state, rows[i].query, strlen(rows[i].query), &query);
                ROW(same(desktop_parse_link(&query), rows[i].user_code), i, rows[i].query);
        }
        END_ROWS();
}

static void
numbers_have_two_digits(void **state)
{
        bool seen[100] = {false};
        size_t different = 0;

        for (int i = 0; i < 2000; i++) {
                const char *user_code = arena_printf(*state, "code %d", i);
                int number = desktop_number(user_code);

                ROW(number >= 10 && number <= 99, i, "two digits");
                ROW(number == desktop_number(user_code), i, "always the same");
                different += number >= 10 && number <= 99 && !seen[number];
                seen[number < 100 && number >= 0 ? number : 0] = true;
        }
        assert_int_equal(different, 90);
        END_ROWS();
}

static void
browsers_have_names(void **state)
{
        static const struct {
                const char *user_agent, *name;
        } rows[] = {
            {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
             "Chrome/126.0.0.0 Safari/537.36",
                "Chrome, Windows"},
            {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
             "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                "Edge, Windows"},
            {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
             "Gecko) "
             "Version/17.5 Safari/605.1.15",
                "Safari, macOS"},
            {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox, Linux"},
            {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/126.0.0.0 Safari/537.36",
                "Chrome, ChromeOS"},
            {"Mozilla/5.0 (Linux; Android 14; V2231A) AppleWebKit/537.36 (KHTML, like Gecko) "
             "Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50",
                "WeChat, Android"},
            {"curl/8.0", ""}, {"", ""}, {"Linux", "Linux"}, {"Firefox/1", "Firefox"},
            {"<script>alert(1)</script>", ""}};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(desktop_browser(*state, rows[i].user_agent), rows[i].name), i,
                    rows[i].name);
        END_ROWS();
}

/* tests/browser/desktop.mjs scans the code and compares the text. */
static void
paths_hold_the_dark_modules(void **state)
{
        struct err err = {.kind = ERR_NONE};
        char *path, *longest = arena_alloc(*state, 4001);
        int size;

        assert_int_equal(qr_path(*state, "https://www.example.com/", &path, &size, &err), 0);
        assert_int_equal(size, 25 + 2 * QR_MARGIN);    /* version 2 */
        assert_memory_equal(path, "M4 4h7v1h-7z", 12); /* the finder's first row */
        assert_int_equal(strspn(path, "0123456789Mhvz- "), strlen(path));
        /* The link with an ordinary host name has 60 characters. */
        assert_int_equal(
            qr_path(*state, "https://www.example.com/cgi-bin/confirm.cgi?abcdefghijkl-_09", &path,
                &size, &err),
            0);
        assert_int_equal(size, 33 + 2 * QR_MARGIN); /* version 4 */
        memset(longest, 'a', 4000);
        assert_int_equal(qr_path(*state, longest, &path, &size, &err), -1);
        assert_int_equal(err.kind, ERR_SYSTEM);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(sealed_fields_come_back), TEST(cookies_come_back),
            TEST(links_hold_a_code), TEST(numbers_have_two_digits), TEST(browsers_have_names),
            TEST(paths_hold_the_dark_modules)};

        return RUN(tests);
}
