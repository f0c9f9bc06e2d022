/* cookie: reading by RFC 6265, names by RFC 6265bis, writing. */
#include "table.h"

#include "format/cookie.h"

static void
headers_are_read(void **state)
{
        static const struct {
                const char *header;
                size_t count;
                const char *name, *value; /* of the first such pair */
        } rows[] = {{"", 0, "a", NULL}, {" ", 0, "a", NULL}, {";", 0, "a", NULL},
            {"a=1", 1, "a", "1"}, {"a=1; b=2; c=3", 3, "c", "3"}, {"a=1;;b=2", 2, "b", "2"},
            {"\ta=1\t;\tb=2\t", 2, "b", "2"}, {"a= 1", 1, "a", " 1"}, {"a=1 2", 1, "a", "1 2"},
            {"a==", 1, "a", "="}, {"a=\"x;y\"", 1, "a", "\"x"},
            {"SID=31d4d96e407aad42; lang=en-US", 2, "lang", "en-US"}, {"a=%41", 1, "a", "%41"},
            {"a=1, b=2", 1, "a", "1, b=2"}, {"= ;=x;a=1", 1, "a", "1"}, {"a;b=1", 1, "b", "1"},
            {"a=\xe5\xb0\x8f", 1, "a", "\xe5\xb0\x8f"}, {"$Version=1; a=1", 2, "$Version", "1"},
            {"__Host-a=1; __host-a=2", 2, "__Host-a", "1"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;

                pairs_init(&pairs, *state);
                cookie_parse(*state, rows[i].header, &pairs);
                ROW(pairs.count == rows[i].count, i, rows[i].header);
                ROW(same(pairs_get(&pairs, rows[i].name), rows[i].value), i, rows[i].header);
        }
        END_ROWS();
}

static void
look_alikes_are_not_the_name(void **state)
{
        static const char *const rows[] = {"__host-wx_session=1", "__HOST-wx_session=1",
            " __Host-wx_session =1", "__Host-wx_session\t=1", "__Host-wx_session;=1",
            "__Secure-wx_session=1", "wx_session=1", "%5f_Host-wx_session=1",
            "__Host-wx_session%20=1", "_Host-wx_session=1", "__Host-wx_sessio=n1",
            "\xc2\xa0__Host-wx_session=1", "__Host-wx_session", "=__Host-wx_session=1"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;

                pairs_init(&pairs, *state);
                cookie_parse(*state, rows[i], &pairs);
                ROW(pairs_get(&pairs, "__Host-wx_session") == NULL, i, rows[i]);
        }
        END_ROWS();
}

static void
cookies_are_written(void **state)
{
        assert_string_equal(cookie_build(*state, "__Host-a", "b.c", 600, true),
            "__Host-a=b.c; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure");
        assert_string_equal(cookie_build(*state, "a", "", 0, false),
            "a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        assert_string_equal(cookie_build(*state, "a", "b", 31622400, true),
            "a=b; Path=/; Max-Age=31622400; HttpOnly; SameSite=Lax; Secure");
        assert_string_equal(cookie_name(*state, "wx_session", true), "__Host-wx_session");
        assert_string_equal(cookie_name(*state, "wx_session", false), "wx_session");
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
        const struct CMUnitTest tests[] = {TEST(cookies_are_read_byte_for_byte),
            TEST(headers_are_read), TEST(look_alikes_are_not_the_name), TEST(cookies_are_written)};

        return RUN(tests);
}
