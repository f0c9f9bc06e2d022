/* custom: replies as customer-service messages, and several replies to one push. */
#include "table.h"

#include "base/arena.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/json.h"
#include "wechat/custom.h"
#include "wechat/reply.h"

#define HEAD "{\"touser\":\"oA\",\"msgtype\":"

static void
parse(void **state, const char *json, struct pairs *reply)
{
        struct err err;

        pairs_init(reply, *state);
        assert_int_equal(json_parse_tree(*state, json, strlen(json), reply, &err), 0);
}

static void
replies_become_messages(void **state)
{
        static const struct {
                const char *reply, *json; /* json NULL: refused */
        } rows[] = {{"{\"text\":\"你好 \\ud83c\\udf38 \\\"a/b\\\"\"}",
                        HEAD "\"text\",\"text\":{\"content\":\"你好 🌸 \\\"a/b\\\"\"}}"},
            {"{\"text\":\"{{nickname}}\"}",
                HEAD "\"text\",\"text\":{\"content\":\"{{nickname}}\"}}"},
            {"{\"text\":\"{{nickname}}\",\"template\":true}",
                HEAD "\"text\",\"text\":{\"content\":\"小明\"}}"},
            {"{\"text\":\"{{?none}}a{{/none}}\",\"template\":false}",
                HEAD "\"text\",\"text\":{\"content\":\"{{?none}}a{{/none}}\"}}"},
            {"{\"image\":\"m\"}", HEAD "\"image\",\"image\":{\"media_id\":\"m\"}}"},
            {"{\"voice\":\"m\"}", HEAD "\"voice\",\"voice\":{\"media_id\":\"m\"}}"},
            {"{\"video\":{\"media_id\":\"m\",\"thumb_media_id\":\"i\",\"title\":\"t\"}}",
                HEAD "\"video\",\"video\":{\"media_id\":\"m\",\"thumb_media_id\":\"i\","
                     "\"title\":\"t\"}}"},
            {"{\"music\":{\"musicurl\":\"u\",\"hqmusicurl\":\"h\",\"thumb_media_id\":\"i\"}}",
                HEAD "\"music\",\"music\":{\"musicurl\":\"u\",\"hqmusicurl\":\"h\","
                     "\"thumb_media_id\":\"i\"}}"},
            {"{\"news\":[{\"title\":\"t\",\"url\":\"u\",\"picurl\":\"p\"}]}",
                HEAD "\"news\",\"news\":{\"articles\":[{\"title\":\"t\",\"url\":\"u\","
                     "\"picurl\":\"p\"}]}}"},
            {"{\"news\":[{\"title\":\"t\",\"url\":\"u\"},{\"title\":\"t2\",\"url\":\"u\"}]}",
                HEAD "\"news\",\"news\":{\"articles\":[{\"title\":\"t\",\"url\":\"u\"}]}}"},
            {"{\"video\":{\"media_id\":\"m\",\"title\":\"a\\u0001b\\u007fc\"}}",
                HEAD "\"video\",\"video\":{\"media_id\":\"m\",\"title\":\"abc\"}}"},
            {"{\"transfer\":true}", NULL}, {"{}", ""},
            {"{\"text\":\"{{^nickname}}a{{/nickname}}\",\"template\":true}", ""}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs reply, values;
                struct err err = {.kind = ERR_NONE};
                char *json;
                size_t lost = 1;
                int result;

                parse(state, rows[i].reply, &reply);
                pairs_init(&values, *state);
                pairs_add(&values, "nickname", "小明");
                ROW(reply_check(*state, &reply, false, &err) == 0, i, err.text);
                result = custom_format(*state, &reply, "oA", &values, &json, &lost, &err);
                ROW(rows[i].json == NULL ? result == -1 && err.kind == ERR_CONFIG &&
                                               strstr(err.text, "\"transfer\"") != NULL
                                         : result == 0 && lost == 0 && same(json, rows[i].json),
                    i, result == 0 ? json : err.text);
        }
        END_ROWS();
}

static void
long_texts_are_cut(void **state)
{
        char *text = arena_alloc(*state, 3001), *json;
        struct pairs reply, values, message;
        struct err err;
        size_t lost;

        for (size_t i = 0; i < 3000; i += 3)
                memcpy(text + i, "好", 3);
        pairs_init(&values, *state);
        parse(state, arena_printf(*state, "{\"text\":\"%s\"}", text), &reply);
        assert_int_equal(reply_check(*state, &reply, false, &err), 0);
        assert_int_equal(custom_format(*state, &reply, "oA", &values, &json, &lost, &err), 0);
        parse(state, json, &message);
        assert_int_equal(strlen(pairs_get(&message, "text/content")), 2046);
        assert_int_equal(lost, 3000 - 2046);
}

static void
more_replies_follow(void **state)
{
        static const struct {
                const char *reply, *says; /* the kinds that follow, or in the error */
                bool good;
        } rows[] = {{"{\"text\":\"a\"}", "", true},
            {"{\"text\":\"a\",\"then\":[{\"text\":\"b\"}]}", "text ", true},
            {"{\"then\":[{\"text\":\"b\"},{\"image\":\"m\"}],\"text\":\"a\"}", "text image ", true},
            {"{\"text\":\"a\",\"template\":true,\"then\":[{\"template\":true,\"text\":\"b\"}]}",
                "text ", true},
            {"{\"image\":\"m\",\"then\":[{\"news\":[{\"title\":\"t\",\"url\":\"u\"}]},"
             "{\"video\":{\"media_id\":\"m\"}}]}",
                "news video ", true},
            {"{\"text\":\"a\",\"then\":[{\"text\":\"1\"},{\"text\":\"2\"},{\"text\":\"3\"},"
             "{\"text\":\"4\"},{\"text\":\"5\"}]}",
                "text text text text text ", true},
            {"{\"text\":\"a\",\"then\":[{\"text\":\"1\"},{\"text\":\"2\"},{\"text\":\"3\"},"
             "{\"text\":\"4\"},{\"text\":\"5\"},{\"text\":\"6\"}]}",
                "an array of 1 to 5", false},
            {"{\"text\":\"a\",\"then\":[]}", "an array of 1 to 5", false},
            {"{\"text\":\"a\",\"then\":\"b\"}", "an array of 1 to 5", false},
            {"{\"text\":\"a\",\"then\":{\"text\":\"b\"}}", "an array of 1 to 5", false},
            {"{\"text\":\"a\",\"then\":[\"b\"]}", "an array of 1 to 5", false},
            {"{\"text\":\"a\",\"then\":[{\"text\":\"b\"},{\"txt\":\"c\"}]}",
                "then, entry 2: a reply is text", false},
            {"{\"text\":\"a\",\"then\":[{\"text\":\"{{x\",\"template\":true}]}",
                "then, entry 1: ", false},
            {"{\"text\":\"a\",\"then\":[{\"text\":\"b\",\"then\":[{\"text\":\"c\"}]}]}",
                "then, entry 1: a reply has one member", false},
            {"{\"then\":[{\"text\":\"b\"}]}", "beside a first reply", false}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs reply, *more = NULL;
                struct err err = {.kind = ERR_NONE};
                const char *kinds = "";
                size_t count = 99;
                int result;

                parse(state, rows[i].reply, &reply);
                result = custom_take_then(*state, &reply, &more, &count, &err);
                if (result != 0) {
                        ROW(!rows[i].good && err.kind == ERR_CONFIG &&
                                strstr(err.text, rows[i].says) != NULL,
                            i, err.text);
                        continue;
                }
                for (size_t k = 0; k < count; k++)
                        kinds = arena_printf(*state, "%s%.*s ", kinds,
                            (int)strcspn(more[k].items[0].name, "/"), more[k].items[0].name);
                ROW(rows[i].good && same(kinds, rows[i].says), i, kinds);
                ROW(reply_check(*state, &reply, false, &err) == 0 && reply.count > 0, i, err.text);
        }
        END_ROWS();
}

static void
typing_is_a_command(void **state)
{
        struct err err;
        char *json;

        assert_int_equal(custom_format_typing(*state, "oA", &json, &err), 0);
        assert_string_equal(json, "{\"touser\":\"oA\",\"command\":\"Typing\"}");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(replies_become_messages), TEST(long_texts_are_cut),
            TEST(more_replies_follow), TEST(typing_is_a_command)};

        return RUN(tests);
}
