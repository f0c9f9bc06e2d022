/* arena, err, buf, pairs, text, digest, cookie: what everything stands on. */
#include "table.h"

#include "buf.h"
#include "cookie.h"
#include "digest.h"
#include "text.h"

static int closed;

static void
count_close(void *handle)
{
        closed = closed * 10 + *(int *)handle;
}

static void
arena_keeps_and_closes(void **state)
{
        struct arena *arena = arena_new(abort);
        static int one = 1, two = 2;
        char *big, *small;

        (void)state;
        arena_defer(arena, count_close, &one);
        arena_defer(arena, count_close, &two);
        small = arena_alloc(arena, 3);
        big = arena_alloc(arena, 1 << 20);
        for (size_t i = 0; i < 1 << 20; i++)
                assert_int_equal(big[i], 0);
        memset(big, 'x', 1 << 20);
        assert_int_equal(small[0] + small[2], 0);
        assert_int_equal((uintptr_t)small % _Alignof(max_align_t), 0);
        assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
        assert_null(arena_strdup(arena, NULL));
        arena_free(arena);
        assert_int_equal(closed, 21); /* latest first */
        arena_free(NULL);
}

static jmp_buf exhausted_jump;

static void
exhausted(void)
{
        longjmp(exhausted_jump, 1);
}

static void
arena_says_when_it_is_exhausted(void **state)
{
        struct arena *arena = arena_new(exhausted);

        (void)state;
        if (setjmp(exhausted_jump) == 0) {
                arena_alloc(arena, SIZE_MAX / 2);
                fail();
        }
        arena_free(arena);
}

static void
err_has_kind_status_and_one_line(void **state)
{
        struct err err;

        (void)state;
        assert_int_equal(err_set(&err, ERR_UPSTREAM, "a\nb\x7f %d", 3), -1);
        assert_string_equal(err.text, "a?b? 3");
        for (int kind = ERR_NONE; kind < ERR_KINDS; kind++) {
                assert_non_null(err_name((enum err_kind)kind));
                assert_in_range(err_status((enum err_kind)kind), 200, 504);
        }
        assert_int_equal(err_status(ERR_EXPIRED), 410);
        err_set(&err, ERR_SYSTEM, "%0999d", 1);
        assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void
pairs_find_what_was_added(void **state)
{
        struct pairs pairs;

        pairs_init(&pairs, *state);
        for (int i = 0; i < 100; i++)
                pairs_add(&pairs, arena_printf(*state, "n%d", i), arena_printf(*state, "v%d", i));
        pairs_add(&pairs, "n7", "again");
        pairs_add(&pairs, "none", NULL);
        pairs_add_number(&pairs, "number", -42);
        assert_string_equal(pairs_get(&pairs, "n99"), "v99");
        assert_string_equal(pairs_get(&pairs, "n7"), "v7");
        assert_null(pairs_get_once(&pairs, "n7"));
        assert_string_equal(pairs_get_once(&pairs, "n8"), "v8");
        assert_null(pairs_get(&pairs, "none"));
        assert_string_equal(pairs_get_text(&pairs, "none"), "");
        assert_string_equal(pairs_join(&pairs, "n7", ", "), "v7, again");
        assert_int_equal(pairs_get_number(&pairs, "number", 0), -42);
        assert_int_equal(pairs_get_number(&pairs, "n1", 5), 5);
        pairs_remove(&pairs, "n7");
        assert_int_equal(pairs_count(&pairs, "n7"), 0);
        assert_int_equal(pairs.count, 100);
}

static void
numbers_are_whole(void **state)
{
        static const struct {
                const char *text;
                long long number;
        } rows[] = {{"0", 0}, {"12", 12}, {"-1", -1}, {"", 99}, {" 1", 99}, {"1 ", 99}, {"+1", 99},
            {"1x", 99}, {"99999999999999999999", 99}, {"0x10", 99}, {"1.5", 99}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;

                pairs_init(&pairs, *state);
                pairs_add(&pairs, "n", rows[i].text);
                ROW(pairs_get_number(&pairs, "n", 99) == rows[i].number, i, rows[i].text);
        }
        END_ROWS();
}

static void
text_is_cleaned(void **state)
{
        static const struct {
                const char *dirty;
                const char *clean;
        } rows[] = {
            {"小明 🌸", "小明 🌸"},
            {"a\x01\x1f\x7f"
             "b",
                "ab"},
            {"a\xc2\x85"
             "b",
                "ab"}, /* C1 control */
            {"\xe2\x80\xae"
             "gnp",
                "gnp"}, /* right-to-left override */
            {"\xe2\x81\xa6x\xe2\x81\xa9\xd8\x9c", "x"}, {"\xff", "\xef\xbf\xbd"},
            {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},                 /* overlong NUL */
            {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* surrogate */
            {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
            {"abc\xe5\xb0", "abc\xef\xbf\xbd\xef\xbf\xbd"},         /* cut off */
            {"", ""}, {"👩‍👩‍👧", "👩‍👩‍👧"}, /* zero-width joiners stay */
        };

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(text_clean(*state, rows[i].dirty), rows[i].clean), i, rows[i].dirty);
        assert_string_equal(text_escape_html(*state, "<a href=\"x\" y='z'>&"),
            "&lt;a href=&quot;x&quot; y=&#39;z&#39;&gt;&amp;");
        END_ROWS();
}

static void
languages_are_chosen(void **state)
{
        static const struct {
                const char *header;
                const char *language;
        } rows[] = {{NULL, "zh_CN"}, {"", "zh_CN"}, {"en", "en"}, {"EN-us", "en"}, {"zh", "zh_CN"},
            {"zh-Hans-CN", "zh_CN"}, {"zh-hant", "zh_TW"}, {"zh-MO", "zh_TW"}, {"english", "zh_CN"},
            {"fr,de;q=0.9", "zh_CN"}, {"fr, en;q=0.1", "en"}, {"en;q=0.5, zh-TW;q=0.6", "zh_TW"},
            {"en;q=0", "zh_CN"}, {";;,,q=", "zh_CN"}, {"*", "zh_CN"}, {"en ; q=1", "en"}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(text_language(rows[i].header, "zh_CN"), rows[i].language), i,
                    rows[i].header == NULL ? "(none)" : rows[i].header);
        END_ROWS();
}

static void
beijing_time_is_utc_8(void **state)
{
        assert_string_equal(text_beijing_time(*state, 0), "1970-01-01 08:00");
        assert_string_equal(text_beijing_time(*state, 2147483648LL), "2038-01-19 11:14");
        assert_string_equal(text_beijing_time(*state, 4294967296LL), "2106-02-07 14:28");
}

/* FIPS 180-4 ("abc"), RFC 4231 (test case 2), RFC 4648 (section 10, as base64url). */
static void
digests_match_the_standards(void **state)
{
        static const struct {
                const char *plain;
                const char *text;
        } rows[] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"},
            {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
        static const char *const broken[] = {
            "Z", "Zg=", "Zg==", "Zh", "Zm9v!", "Zm9 v", "+/8", "Zm9vY"};
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex("abc", 3, hex);
        assert_string_equal(
            hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_string_equal(digest_hmac_text(*state, "Jefe", "what do ya want for nothing?"),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
        for (size_t i = 0; i < COUNT(rows); i++) {
                size_t size = 99;
                char *back = digest_base64url_decode(*state, rows[i].text, &size);

                ROW(same(digest_base64url(*state, rows[i].plain, strlen(rows[i].plain)),
                        rows[i].text),
                    i, rows[i].text);
                ROW(same(back, rows[i].plain) && size == strlen(rows[i].plain), i, rows[i].text);
        }
        for (size_t i = 0; i < COUNT(broken); i++)
                ROW(digest_base64url_decode(*state, broken[i], NULL) == NULL, i, broken[i]);
        assert_true(digest_equal("abc", "abc"));
        assert_false(digest_equal("abc", "abd"));
        assert_false(digest_equal("abc", "ab"));
        assert_false(digest_equal("", "a"));
        END_ROWS();
}

static void
cookies_are_read_byte_for_byte(void **state)
{
        static const struct {
                const char *header;
                const char *name;
                const char *value; /* as pairs_get_once() gives it */
        } rows[] = {
            {"a=1; b=2", "b", "2"},
            {"a=1;b=2", "a", "1"},
            {" a=1 ; b=2 ", "a", "1"},
            {"a=x=y", "a", "x=y"},
            {"a=", "a", ""},
            {"a", "a", NULL},
            {"=1", "", NULL},
            {"A=1", "a", NULL},
            {"a=1; a=2", "a", NULL},
            {"a=1; a=1", "a", NULL},
            {"__host-s=1", "__Host-s", NULL},
            {"__Host-s=1", "__Host-s", "1"},
            {"__Host-s =1", "__Host-s", NULL},
            {"%5F_Host-s=1", "__Host-s", NULL},
            {"a=\"1\"", "a", "\"1\""},
            {";;;", "a", NULL},
            {NULL, "a", NULL},
            {"a=1,b=2", "b", NULL},
        };

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;

                pairs_init(&pairs, *state);
                cookie_parse(*state, rows[i].header, &pairs);
                ROW(same(pairs_get_once(&pairs, rows[i].name), rows[i].value), i,
                    rows[i].header == NULL ? "(none)" : rows[i].header);
        }
        assert_string_equal(cookie_name(*state, "s", true), "__Host-s");
        assert_string_equal(cookie_name(*state, "s", false), "s");
        assert_string_equal(cookie_build(*state, "s", "v", 60, true),
            "s=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(arena_keeps_and_closes),
            TEST(arena_says_when_it_is_exhausted), TEST(err_has_kind_status_and_one_line),
            TEST(pairs_find_what_was_added), TEST(numbers_are_whole), TEST(text_is_cleaned),
            TEST(languages_are_chosen), TEST(beijing_time_is_utc_8),
            TEST(digests_match_the_standards), TEST(cookies_are_read_byte_for_byte)};

        return RUN(tests);
}
