/* redis_url: which addresses of Redis are valid, and what is read from them. */
#include "table.h"

#include "format/redis_url.h"

static void
valid_addresses_are_read(void **test)
{
        static const struct {
                const char *text, *host, *port, *path, *user, *password, *prefix;
                int database, wait;
        } rows[] = {
            {"redis://h", "h", "6379", "", "", "", "wechat", 0, 0},
            {"redis://h/", "h", "6379", "", "", "", "wechat", 0, 0},
            {"redis://10.0.0.1:7000/12", "10.0.0.1", "7000", "", "", "", "wechat", 12, 0},
            {"redis://[::1]:7000?prefix=shop", "::1", "7000", "", "", "", "shop", 0, 0},
            {"redis://u:p@h", "h", "6379", "", "u", "p", "wechat", 0, 0},
            {"redis://:a%40b%2Fc+d@h/3", "h", "6379", "", "", "a@b/c+d", "wechat", 3, 0},
            {"redis+unix:///run/redis.sock", NULL, "6379", "/run/redis.sock", "", "", "wechat", 0,
                0},
            {"redis+unix://u:p@/r.sock?db=2&prefix=a.b_c-1&wait=1", NULL, "6379", "/r.sock", "u",
                "p", "a.b_c-1", 2, 1},
        };
        struct arena *arena = *test;
        struct redis_url url;

        for (size_t i = 0; i < COUNT(rows); i++) {
                ROW(redis_url_is_meant(rows[i].text) && redis_url_check(rows[i].text) == NULL, i,
                    rows[i].text);
                redis_url_parse(arena, rows[i].text, &url);
                ROW(same(url.host, rows[i].host) && same(url.port, rows[i].port) &&
                        same(url.path, rows[i].path) && same(url.user, rows[i].user) &&
                        same(url.password, rows[i].password) && same(url.prefix, rows[i].prefix) &&
                        url.database == rows[i].database && url.wait == rows[i].wait,
                    i, rows[i].text);
        }
        END_ROWS();
}

static void
others_are_refused_without_quoting_them(void **test)
{
        static const char *const rows[] = {"redis:", "redis://", "redis:///0", "redis://:6379",
            "redis://h:0", "redis://h:65536", "redis://h:x", "redis://h/x", "redis://h/10000",
            "redis://h/0/1", "redis://[::1", "redis://[::1]x", "redis://h i", "redis://u:hunter2@",
            "redis://u:hun@ter2@h", "redis://u:hunter2@h?x=1",
            "redis://h?prefix=", "redis://h?prefix=a:b", "redis://h?prefix=a{b", "redis://h?db=1",
            "redis://h?wait=x", "redis://h?prefix=abcdefghijklmnopqrstuvwxyz0123456",
            "redis+unix://", "redis+unix:///", "redis+unix://run/r", "redis-sentinel://h/n",
            "rediss://h", "redis://h\"x"};

        (void)test;
        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *wrong = redis_url_check(rows[i]);

                ROW(redis_url_is_meant(rows[i]) && wrong != NULL &&
                        strstr(wrong, "hunter") == NULL && strstr(wrong, "ter2") == NULL,
                    i, rows[i]);
        }
        ROW(!redis_url_is_meant("/var/lib/redis") && !redis_url_is_meant("files"), 0, "files");
        END_ROWS();
}

static void
what_is_shown_has_no_password(void **test)
{
        struct arena *arena = *test;
        struct redis_url url;

        redis_url_parse(arena, "redis://u:hunter2@[::1]/3?prefix=a", &url);
        assert_string_equal(redis_url_show(arena, &url), "redis://[::1]:6379/3?prefix=a");
        redis_url_parse(arena, "redis+unix://u:hunter2@/r.sock", &url);
        assert_string_equal(redis_url_show(arena, &url), "redis+unix:///r.sock?db=0&prefix=wechat");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(valid_addresses_are_read),
            TEST(others_are_refused_without_quoting_them), TEST(what_is_shown_has_no_password)};

        return RUN(tests);
}
