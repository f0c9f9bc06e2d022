/* signin: each byte changed, each limit of time, states. */
#include "table.h"

#include "format/digest.h"
#include "format/signed.h"
#include "signin/signin.h"

#define NONCE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"

static void
each_changed_byte_is_refused(void **state)
{
        struct signin signin = {NONCE, 10600, 1, "snsapi_base", "/a", 9990}, back;
        char *text = signin_format(*state, "key", &signin);

        assert_true(signin_parse(*state, "key", text, 10000, &back));
        assert_string_equal(back.nonce, NONCE);
        assert_int_equal(back.expires, 10600);
        assert_int_equal(back.tries, 1);
        assert_string_equal(back.next, "/a");
        assert_int_equal(back.consented, 9990);
        for (size_t at = 0; at < strlen(text); at++)
                for (int bit = 0; bit < 8; bit++) {
                        char *changed = arena_strdup(*state, text);

                        changed[at] = (char)(changed[at] ^ (1 << bit));
                        ROW(!signin_parse(*state, "key", changed, 10000, &back) &&
                                back.next == NULL,
                            at, changed);
                }
        for (size_t at = 0; at <= strlen(text); at++) { /* one byte added, one removed */
                char *more = arena_printf(*state, "%.*sA%s", (int)at, text, text + at);

                ROW(!signin_parse(*state, "key", more, 10000, &back), at, more);
                if (text[at] != '\0') {
                        char *fewer = arena_printf(*state, "%.*s%s", (int)at, text, text + at + 1);

                        ROW(!signin_parse(*state, "key", fewer, 10000, &back), at, fewer);
                }
        }
        END_ROWS();
}

static void
a_sign_in_lasts_ten_minutes(void **state)
{
        static const struct {
                long long now;
                bool good;
                const char *next;
        } rows[] = {{9999, false, NULL}, /* before it began: no page is returned */
            {10000, true, "/a"}, {10001, true, "/a"}, {10599, true, "/a"}, {10600, false, "/a"},
            {10601, false, "/a"}, {10000000000LL, false, "/a"}, {0, false, NULL}};
        struct signin signin = {NONCE, 10000 + SIGNIN_SECONDS, 0, "snsapi_base", "/a", 0}, back;
        char *text = signin_format(*state, "key", &signin);

        assert_int_equal(SIGNIN_SECONDS, 600);
        for (size_t i = 0; i < COUNT(rows); i++) {
                ROW(signin_parse(*state, "key", text, rows[i].now, &back) == rows[i].good, i,
                    "good or not");
                ROW(same(back.next, rows[i].next), i, back.next == NULL ? "(none)" : back.next);
        }
        END_ROWS();
}

/* Only what signin_format() writes is accepted, even if the signature is right. */
static void
sealed_nonsense_is_refused(void **state)
{
        static const char *const rows[] = {"", "v3", "v3.n", "v3." NONCE ".10600.0.s",
            "v2." NONCE ".10600.0.s.L2E", "v2." NONCE ".10600.0.s.L2E.0",
            "v4." NONCE ".10600.0.s.L2E.0", "v3." NONCE ".10600.0.s.L2E",
            "v3." NONCE ".10600.0.s.L2E.0.x", "V3." NONCE ".10600.0.s.L2E.0",
            "v3." NONCE ".10600.0.s..0", "v3." NONCE ".10600.0.s.L2.0",
            "v3." NONCE ".10600.0.s.!!!!.0", "v3." NONCE ".10600.0.s.Ly9ldmlsLmV4YW1wbGU.0",
            "v3." NONCE "..0.s.L2E.0", "v3." NONCE ".x.0.s.L2E.0", "v3." NONCE ".10600.0..L2E.0",
            "v3." NONCE ".10600.0.s s.L2E.0", "v3." NONCE ".10600.0.s.L2E.",
            "v3." NONCE ".10600.0.s.L2E.x", "v3." NONCE ".10600.0.s.L2E.-1",
            "v3." NONCE ".10600.0.s.L2E.10001"};
        struct signin back;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *text = arena_printf(
                    *state, "%s.%s", rows[i], digest_hmac_text(*state, "key", rows[i]));

                ROW(!signin_parse(*state, "key", text, 10000, &back), i, text);
        }
        /* The same form, but valid. */
        assert_true(signin_parse(*state, "key",
            arena_printf(*state, "%s.%s", "v3." NONCE ".10600.0.s.L2E.10000",
                digest_hmac_text(*state, "key", "v3." NONCE ".10600.0.s.L2E.10000")),
            10000, &back));
        END_ROWS();
}

static void
nexts_come_back_whatever_they_hold(void **state)
{
        static const char *const rows[] = {"/", "/a.b.c", "/?a=1;b=2&c=%3B", "/~!$'()*+,@:\"<>{}|"};
        struct signin signin = {NONCE, 10600, 0, "snsapi_base", NULL, 0}, back;
        char *longest = arena_alloc(*state, 2001);

        memset(longest, 'a', 2000);
        longest[0] = '/';
        for (size_t i = 0; i <= COUNT(rows); i++) {
                char *text;

                signin.next = i < COUNT(rows) ? rows[i] : longest;
                text = signin_format(*state, "key", &signin);
                ROW(signin_parse(*state, "key", text, 10000, &back) && same(back.next, signin.next),
                    i, text);
                ROW(text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_.")] == '\0',
                    i, "as a cookie's value may be");
                ROW(strlen(text) < 4000, i, "not longer than a browser keeps");
        }
        END_ROWS();
}

static void
states_belong_to_nonce_and_tries(void **state)
{
        struct signin signin = {NONCE, 10600, 0, "snsapi_base", "/a", 0}, other = signin;
        char *one = signin_state(*state, &signin), *two;
        char text[67];

        assert_int_equal(strlen(one), 65); /* WeChat accepts up to 128 of [a-zA-Z0-9] */
        assert_int_equal(strspn(one, "0123456789abcdef"), 65);
        other.next = "/b"; /* a state depends only on nonce and tries */
        assert_string_equal(signin_state(*state, &other), one);
        other.tries = 1;
        two = signin_state(*state, &other);
        assert_string_not_equal(two, one);
        assert_int_not_equal(strncmp(one, two, 64), 0);
        assert_null(strstr(one, NONCE));
        assert_int_equal(signin_state_tries(one), 0);
        assert_int_equal(signin_state_tries(two), 1);
        other.nonce = "bbcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
        assert_string_not_equal(signin_state(*state, &other), two);
        for (size_t length = 0; length < 66; length++) {
                memset(text, 'a', sizeof(text));
                text[length == 65 ? 66 : length] = '\0'; /* the last one is a byte too long */
                ROW(signin_state_tries(text) == -1, length, text);
        }
        for (int byte = 1; byte < 256; byte++)
                for (size_t at = 0; at < 65; at += 32) {
                        bool hex = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
                        int wanted = at == 64 ? (byte == '0' || byte == '1' ? byte - '0' : -1)
                                     : hex    ? 0
                                              : -1;

                        strcpy(text, one);
                        text[at] = (char)byte;
                        ROW(signin_state_tries(text) == wanted, byte, text);
                }
        END_ROWS();
}

static void
keys_differ_by_secret_and_purpose(void **state)
{
        char *key = signed_key(*state, "secret", "sign-in");

        assert_int_equal(strlen(key), DIGEST_BASE64URL_SIZE);
        assert_string_equal(key, signed_key(*state, "secret", "sign-in"));
        assert_string_not_equal(key, signed_key(*state, "secret", "form"));
        assert_string_not_equal(key, signed_key(*state, "Secret", "sign-in"));
}

static void
sign_in_cookies_hold(void **state)
{
        struct signin signin = {.nonce = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ",
            .expires = 10600,
            .tries = 0,
            .scope = "snsapi_login",
            .next = "/a?b=c"};
        char *text = signin_format(*state, "key", &signin);
        struct signin back;

        assert_true(signin_parse(*state, "key", text, 10000, &back));
        assert_string_equal(back.next, "/a?b=c");
        assert_string_equal(back.scope, "snsapi_login");
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
        const struct CMUnitTest tests[] = {TEST(sign_in_cookies_hold),
            TEST(each_changed_byte_is_refused), TEST(a_sign_in_lasts_ten_minutes),
            TEST(sealed_nonsense_is_refused), TEST(nexts_come_back_whatever_they_hold),
            TEST(states_belong_to_nonce_and_tries), TEST(keys_differ_by_secret_and_purpose)};

        return RUN(tests);
}
