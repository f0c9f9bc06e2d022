/* menu, json_file and json_find: mistakes in a menu file, each with its line. */
#include "table.h"

#include "format/json.h"
#include "format/json_find.h"
#include "format/json_file.h"
#include "wechat/menu.h"

#define CLICK "{\"type\":\"click\",\"name\":\"a\",\"key\":\"k\"}"

/* Returns the mistakes of a menu, "2:text 4:text". */
static const char *
mistakes_of(void **state, const char *text, bool chinese)
{
        const char *all = "";
        struct json_file file;

        json_file_read(*state, text, strlen(text), &file);
        menu_check(&file);
        for (size_t i = 0; i < file.count; i++)
                all = arena_printf(*state, "%s%s%d:%s", all, i == 0 ? "" : " | ",
                    file.mistakes[i].line, chinese ? file.mistakes[i].zh : file.mistakes[i].en);
        return all;
}

static void
good_menus_have_none(void **state)
{
        static const char *const rows[] = {"{\"button\":[" CLICK "]}",
            "\n {\"button\" : [" CLICK "," CLICK "," CLICK "] }\n",
            "{\"button\":[{\"name\":\"menu\",\"sub_button\":[" CLICK "," CLICK "," CLICK "," CLICK
            "," CLICK "]}]}",
            "{\"button\":[{\"type\":\"click\",\"name\":\"a\",\"key\":\"k\",\"sub_button\":[]}]}",
            "{\"button\":[{\"type\":\"view\",\"name\":\"a\",\"url\":\"http://a.example/\"}]}",
            "{\"button\":[{\"type\":\"scancode_push\",\"name\":\"a\",\"key\":\"k\"},"
            "{\"type\":\"scancode_waitmsg\",\"name\":\"a\",\"key\":\"k\"},"
            "{\"type\":\"location_select\",\"name\":\"a\",\"key\":\"k\"}]}",
            "{\"button\":[{\"type\":\"pic_sysphoto\",\"name\":\"a\",\"key\":\"k\"},"
            "{\"type\":\"pic_photo_or_album\",\"name\":\"a\",\"key\":\"k\"},"
            "{\"type\":\"pic_weixin\",\"name\":\"a\",\"key\":\"k\"}]}",
            "{\"button\":[{\"type\":\"media_id\",\"name\":\"a\",\"media_id\":\"m\"},"
            "{\"type\":\"article_id\",\"name\":\"a\",\"article_id\":\"m\"},"
            "{\"type\":\"article_view_limited\",\"name\":\"a\",\"article_id\":\"m\"}]}",
            "{\"button\":[{\"type\":\"miniprogram\",\"name\":\"a\",\"url\":\"https://a.example\","
            "\"appid\":\"wx1\",\"pagepath\":\"pages/index\"}]}",
            /* 16 and 60 bytes, of characters that are written as escapes, too */
            "{\"button\":[{\"name\":\"\\u4eca\\u65e5今日今x\",\"sub_button\":[{\"type\":\"click\","
            "\"name\":\"今日今日今日今日今日今日今日今日今日今日\",\"key\":\"k\"}]}]}"};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(mistakes_of(state, rows[i], false), ""), i,
                    mistakes_of(state, rows[i], false));
        END_ROWS();
}

static void
mistakes_have_their_line(void **state)
{
        static const struct {
                const char *text, *mistakes;
        } rows[] = {
            {"{\"button\":[\n" CLICK ",\n]}", "2:remove the comma before ] in line 3"},
            {"", "1:there is nothing in it"},
            {"\n[" CLICK "]", "2:a menu, {\"button\": [ … ]}, must begin here"},
            {"{\n}", "1:a menu needs \"button\": [ … ] with 1 to 3 buttons"},
            {"{\n\"button\":[]}", "2:a menu needs \"button\": [ … ] with 1 to 3 buttons"},
            {"{\n\"button\":{}}", "2:a menu needs \"button\": [ … ] with 1 to 3 buttons"},
            {"{\"button\":[" CLICK "],\n\"buttons\":[]}",
                "2:a menu has no \"buttons\": it is {\"button\": [ … ]}"},
            {"{\n\"menu\":{\"button\":[" CLICK "]}}",
                "1:a menu needs \"button\": [ … ] with 1 to 3 buttons | 2:a menu has no \"menu\": "
                "it is {\"button\": [ … ]}"},
            {"{\"button\":[" CLICK "],\n\"matchrule\":{\"tag_id\":\"2\"}}",
                "2:a menu for some of the people is set by another call: wechat api POST "
                "/cgi-bin/menu/addconditional --data @FILE"},
            {"{\"button\":[" CLICK "," CLICK "," CLICK ",\n" CLICK "," CLICK "]}",
                "2:3 buttons at most: remove this one and those behind it"},
            {"{\"button\":[{\"name\":\"m\",\"sub_button\":[" CLICK "," CLICK "," CLICK "," CLICK
             "," CLICK ",\n" CLICK "]}]}",
                "2:5 buttons at most: remove this one and those behind it"},
            {"{\"button\":[\n\"a\",\n{},\nnull]}",
                "2:a button, { … }, must begin here | 3:the button has no name: add one | 3:the "
                "button has no type: add one | 4:a button, { … }, must begin here"},
            {"{\"button\":[{\"type\":\"click\",\n\"name\":\"今日今日今x\",\n\"key\":\"k\"}]}", ""},
            {"{\"button\":[{\"type\":\"click\",\n\"name\":\"今日今日今xy\",\n\"key\":\"k\"}]}",
                "2:name is 17 bytes, 16 at most: shorten it (a Chinese character takes 3)"},
            {"{\"button\":[{\"name\":\"m\",\"sub_button\":[{\"type\":\"click\",\"name\":"
             "\n\"今日今日"
             "今日今日今日今日今日今日今日今日x\",\"key\":\"k\"}]}]}",
                "2:name is 61 bytes, 60 at most: shorten it (a Chinese character takes 3)"},
            {"{\"button\":[{\"type\":\"click\",\n\"name\":\"\",\n\"key\":7}]}",
                "2:name is empty | 3:key must be a text, in quotation marks"},
            {"{\"button\":[{\"type\":\"clik\",\n\"name\":\"a\",\"key\":\"k\"}]}",
                "1:there is no type \"clik\": did you mean click?"},
            {"{\"button\":[{\"type\":\"jump\",\"name\":\"a\"}]}",
                "1:there is no type \"jump\": click and view are the usual ones"},
            {"{\"button\":[{\"type\":\"view_limited\",\"name\":\"a\",\"media_id\":\"m\"}]}",
                "1:there is no type \"view_limited\": did you mean article_view_limited?"},
            {"{\"button\":[\n{\"type\":\"view\",\"name\":\"a\",\"key\":\"k\"}]}",
                "2:a button of the type view needs \"url\": add it"},
            {"{\"button\":[\n{\"type\":\"miniprogram\",\"name\":\"a\"}]}",
                "2:a button of the type miniprogram needs \"url\": add it | 2:a button of the type "
                "miniprogram needs \"appid\": add it | 2:a button of the type miniprogram needs "
                "\"pagepath\": add it"},
            {"{\"button\":[{\"type\":\"view\",\"name\":\"a\",\n\"url\":\"www.a.example\"}]}",
                "2:url must begin with https:// or http://"},
            {"{\"button\":[{\"type\":\"click\",\"name\":\"a\",\n\"key\":\"k\",\"keys\":1,\"urll\":"
             "\n"
             "{\"a\":1,\"b\":2}}]}",
                "2:a button has no \"keys\": did you mean key? | 3:a button has no \"urll\": did "
                "you "
                "mean url?"},
            {"{\"button\":[{\"type\":\"click\",\"name\":\"a\",\"key\":\"k\",\n\"colour\":\"red\"}]"
             "}",
                "2:a button has no \"colour\": remove it"},
            {"{\"button\":[{\"name\":\"m\",\n\"type\":\"click\",\"sub_button\":[" CLICK "]}]}",
                "2:a button with a list has no type: remove it"},
            {"{\"button\":[{\"name\":\"m\",\n\"sub_button\":\"x\"}]}",
                "2:sub_button must be an array, [ … ]"},
            {"{\"button\":[{\"name\":\"m\",\"sub_button\":[{\"type\":\"click\",\"name\":\"a\","
             "\"key\":\"k\",\n\"sub_button\":[" CLICK "]}]}]}",
                "2:a button in a list has no list of its own: remove it"},
            {"{\"button\":[{\"name\":\"m\",\"sub_button\":[\n7]}]}",
                "2:a button, { … }, must begin here"},
        };

        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *found = mistakes_of(state, rows[i].text, false);

                ROW(same(found, rows[i].mistakes), i, found);
        }
        END_ROWS();
}

/* Each mistake is said in Chinese as well. */
static void
both_languages_say_it(void **state)
{
        static const char text[] =
            "{\"button\":[\n{\"type\":\"clik\",\"name\":\"今日今日今xy\"},\n{\"namee\":1},\n"
            "{\"type\":\"view\",\"name\":\"\",\"url\":\"x\"},\n7],\n\"matchrule\":1,\"x\":1}";
        const char *found = mistakes_of(state, text, true);

        assert_string_equal(found,
            "2:name 有 17 个字节，最多 16 个：请缩短（一个汉字占 3 个） | "
            "2:没有 \"clik\" 这种 type：是不是 click？ | "
            "3:按钮没有 \"namee\" 这一项：是不是 name？ | 3:按钮没有 name：请加上 | "
            "3:按钮没有 type：请加上 | 4:name 是空的 | 4:url 必须以 https:// 或 http:// 开头 | "
            "5:最多 3 个按钮：请去掉这个和后面的 | "
            "6:个性化菜单用另一个接口：wechat api POST /cgi-bin/menu/addconditional --data @文件 | "
            "6:菜单没有 \"x\" 这一项：菜单是 {\"button\": [ … ]}");
}

/* Returns text of so many bytes. */
static const char *
of_size(void **state, size_t size)
{
        char *text = arena_alloc(*state, size + 1);

        memset(text, 'x', size);
        return text;
}

static void
lengths_are_bytes(void **state)
{
        static const struct {
                const char *format;
                size_t most;
        } rows[] = {{"{\"button\":[{\"type\":\"click\",\"name\":\"%s\",\"key\":\"k\"}]}", 16},
            {"{\"button\":[{\"type\":\"click\",\"name\":\"a\",\"key\":\"%s\"}]}", 128},
            {"{\"button\":[{\"type\":\"view\",\"name\":\"a\",\"url\":\"http://%s\"}]}", 1024 - 7}};

        for (size_t i = 0; i < COUNT(rows); i++)
                for (size_t more = 0; more < 2; more++) {
                        const char *value = of_size(state, rows[i].most + more);
                        const char *at = strstr(rows[i].format, "%s");
                        const char *text = arena_printf(*state, "%.*s%s%s",
                            (int)(at - rows[i].format), rows[i].format, value, at + 2);

                        ROW((*mistakes_of(state, text, false) != '\0') == (more == 1), i, text);
                }
        END_ROWS();
}

/* What WeChat answers becomes a file that is valid, and means the same. */
static void
an_answer_becomes_a_file(void **state)
{
        static const char answer[] =
            "{\"menu\":{\"button\":[{\"type\":\"click\",\"name\":\"今日\",\"key\":\"A\","
            "\"sub_button\":[]},{\"name\":\"菜单\",\"sub_button\":[{\"type\":\"view\",\"name\":\"a/"
            "b\","
            "\"url\":\"http://a.example/?a=1&b=2\",\"sub_button\":[]}]}],\"menuid\":208396938},"
            "\"conditionalmenu\":[]}";
        struct err err = {.kind = ERR_NONE};
        char *json = NULL;

        assert_int_equal(menu_take(*state, answer, strlen(answer), &json, &err), 0);
        assert_string_equal(json,
            "{\"button\":[{\"type\":\"click\",\"name\":\"今日\",\"key\":\"A\"},{\"name\":\"菜单\","
            "\"sub_button\":[{\"type\":\"view\",\"name\":\"a/b\",\"url\":\"http://a.example/"
            "?a=1&b=2\"}]"
            "}]}");
        assert_string_equal(mistakes_of(state, json, false), "");
        json = NULL;
        for (size_t i = 0; i < 3; i++) {
                static const char *const none[] = {"{}", "{\"menu\":{\"menuid\":7}}", "[]"};

                ROW(menu_take(*state, none[i], strlen(none[i]), &json, &err) == -1 &&
                        err.kind == ERR_UPSTREAM && json == NULL,
                    i, none[i]);
        }
        END_ROWS();
}

/* A file of mistakes ends: the first ones are said. */
static void
mistakes_have_a_limit(void **state)
{
        const char *text = "{\"button\":[" CLICK "]";
        struct json_file file;

        for (size_t i = 0; i < 100; i++)
                text = arena_printf(*state, "%s,\n\"x%zu\":1", text, i);
        text = arena_printf(*state, "%s}", text);
        json_file_read(*state, text, strlen(text), &file);
        menu_check(&file);
        assert_int_equal(file.count, JSON_MISTAKES_MAX);
        assert_int_equal(file.mistakes[JSON_MISTAKES_MAX - 1].line, JSON_MISTAKES_MAX + 1);
}

static void
values_are_found(void **state)
{
        static const char text[] =
            "\n{\"a\" : [1,\n {\"b\":\"}\\\"]\", \"c\" :{}},\n[\"x\",[]], true"
            ",\n-7 ] , \"d\":\nnull }";
        static const struct {
                const char *path;
                const char *begin; /* NULL: there is no such value */
                int line;
        } rows[] = {{"", "{\"a\"", 2}, {"a", "[1", 2}, {"a/0", "1,", 2}, {"a/1", "{\"b\"", 3},
            {"a/1/b", "\"}\\\"]\"", 3}, {"a/1/c", "{}", 3}, {"a/2", "[\"x\"", 4},
            {"a/2/0", "\"x\"", 4}, {"a/2/1", "[]", 4}, {"a/3", "true", 4}, {"a/4", "-7", 5},
            {"d", "null", 6}, {"a/5", NULL, 2}, {"a/b", NULL, 2}, {"b", NULL, 2},
            {"a/1/d", NULL, 3}, {"a/2/1/0", NULL, 4}, {"a/0/0", NULL, 2}, {"d/x", NULL, 6},
            {"a/1/b/c", NULL, 3}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                const char *found = json_find(text, rows[i].path);

                ROW(rows[i].begin == NULL ? found == NULL
                                          : found != NULL && strncmp(found, rows[i].begin,
                                                                 strlen(rows[i].begin)) == 0,
                    i, rows[i].path);
                ROW(json_find_line(text, rows[i].path) == rows[i].line, i, rows[i].path);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(good_menus_have_none),
            TEST(mistakes_have_their_line), TEST(both_languages_say_it), TEST(lengths_are_bytes),
            TEST(an_answer_becomes_a_file), TEST(mistakes_have_a_limit), TEST(values_are_found)};

        return RUN(tests);
}
