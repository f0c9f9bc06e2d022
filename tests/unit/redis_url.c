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
            "redis+unix://", "redis+unix:///", "redis+unix://run/r", "redis-sentinel://h",
            "redis-sentinel://h/", "redis-sentinel:///n", "redis-sentinel://h,/n/x",
            "redis-sentinel://h,,h/n", "redis-sentinel://h/n:1", "redis-sentinel://h:0/n",
            "redis-sentinel://u:hunter2@h,h:x/n", "redis-sentinel://h/n?db=1",
            "redis-sentinel://h/n?sentinel_password=hun@ter2",
            "redis-sentinel://1,2,3,4,5,6,7,8,9,10/n", "redis://h,h", "redis://h?folder=x",
            "redis://h?sentinel_user=x", "rediss://h", "redis://h\"x"};

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
        redis_url_parse(
            arena, "redis-sentinel://u:hunter2@a,[::1]:1/n?sentinel_password=hunter3", &url);
        assert_string_equal(
            redis_url_show(arena, &url), "redis-sentinel://a:26379,[::1]:1/n/0?prefix=wechat");
}

static void
sentinels_are_read(void **test)
{
        static const char text[] = "redis-sentinel://u:p@a,10.0.0.2:7000,[::1]:7001/my.site/3"
                                   "?prefix=x&sentinel_user=w&sentinel_password=a%40b&wait=1"
                                   "&folder=%2Fhome%2Fa%20b%2Fwechat-state";
        struct arena *arena = *test;
        struct redis_url url;

        assert_null(redis_url_check(text));
        redis_url_parse(arena, text, &url);
        assert_int_equal(url.sentinel_count, 3);
        assert_string_equal(url.sentinels[0].host, "a");
        assert_string_equal(url.sentinels[0].port, "26379");
        assert_string_equal(url.sentinels[1].port, "7000");
        assert_string_equal(url.sentinels[2].host, "::1");
        assert_string_equal(url.group, "my.site");
        assert_string_equal(url.password, "p");
        assert_string_equal(url.sentinel_user, "w");
        assert_string_equal(url.sentinel_password, "a@b");
        assert_string_equal(url.folder, "/home/a b/wechat-state");
        assert_int_equal(url.database, 3);
        assert_int_equal(url.wait, 1);
        assert_null(url.host);
        redis_url_parse(arena, "redis-sentinel://a/n", &url);
        assert_string_equal(url.group, "n");
        assert_int_equal(url.database, 0);
        assert_string_equal(url.folder, "");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(valid_addresses_are_read), TEST(sentinels_are_read),
            TEST(others_are_refused_without_quoting_them), TEST(what_is_shown_has_no_password)};

        return RUN(tests);
}
