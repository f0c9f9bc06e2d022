/* list: the items and links for a visitor and a language, and error messages. */
#include "table.h"

#include "list/links.h"
#include "list/list.h"

static const char file[] =
    "[{\"id\": \"orders\", \"text\": {\"zh_CN\": \"我的订单\", \"en\": \"My orders\"}, \"icon\": "
    "\"/i.svg\",\n"
    "  \"unread\": {\"oA\": 2, \"oB\": 100}, \"detail\": \"<b>\", \"url\": \"/订单 1.php\"},\n"
    " {\"id\": \"help\", \"text\": \"Help\", \"unread\": 7}]";

static struct list
parse(void **state, const char *language, const char *openid)
{
        struct list list = {NULL, 0};
        struct err err = {.kind = ERR_NONE};

        assert_int_equal(
            list_parse(*state, file, strlen(file), "l.json", language, openid, &list, &err), 0);
        return list;
}

static void
items_are_the_visitors(void **state)
{
        static const struct {
                const char *language, *openid, *text;
                long long unread;
        } rows[] = {{"zh_CN", "oA", "我的订单", 2}, {"en", "oB", "My orders", 100},
            {"zh_TW", "oC", "我的订单", 0}, {"en", "", "My orders", 0}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct list list = parse(state, rows[i].language, rows[i].openid);

                ROW(list.count == 2 && same(list.items[0].text, rows[i].text) &&
                        list.items[0].unread == rows[i].unread && list.items[1].unread == 7 &&
                        same(list.items[1].icon, "") &&
                        same(list.items[0].url, "/%E8%AE%A2%E5%8D%95%201.php"),
                    i, rows[i].text);
        }
        END_ROWS();
}

static void
items_are_found_by_their_id_alone(void **state)
{
        static const char *const others[] = {
            "", "order", "orders ", "ORDERS", "orders\n", "0", "<b>", "../orders", "我的订单"};
        struct list list = parse(state, "en", "oA");

        assert_ptr_equal(list_find(&list, "orders"), &list.items[0]);
        assert_ptr_equal(list_find(&list, "help"), &list.items[1]);
        for (size_t i = 0; i < COUNT(others); i++)
                ROW(list_find(&list, others[i]) == NULL, i, others[i]);
        END_ROWS();
}

static void
values_are_those_that_are_there(void **state)
{
        struct list list = parse(state, "en", "oB");
        struct pairs values;

        pairs_init(&values, *state);
        list_fill(&list.items[0], "items/0/", &values);
        list_fill(&list.items[1], "", &values);
        assert_string_equal(pairs_get(&values, "items/0/text"), "My orders");
        assert_string_equal(pairs_get(&values, "items/0/unread"), "99+");
        assert_string_equal(pairs_get(&values, "unread"), "7");
        assert_null(pairs_get(&values, "icon"));
        assert_null(pairs_get(&values, "detail"));
        list.items[1].unread = 0;
        pairs_init(&values, *state);
        list_fill(&list.items[1], "", &values);
        assert_null(pairs_get(&values, "unread"));
}

static void
errors_say_item_and_line(void **state)
{
        static const struct {
                const char *text, *error;
        } rows[] = {{"{}", "l.json, line 1: an array"}, {"[1]", "l.json, line 1: an object"},
            {"[\n{\"id\":\"a\",\"text\":\"A\"},\n]",
                "l.json, line 2: remove the comma before ] in line 3"},
            {"[{\"id\":\"a\",\"txt\":\"a\"}]",
                "l.json, item 1 (line 1): there is no \"txt\": did you mean text?"},
            {"[\n{\"id\":\"a\",\"text\":\"A\"},\n{\"id\":\"a\",\"text\":\"B\"}]",
                "l.json, item 2 (line 3): another item has the \"id\" a"},
            {"[{\"id\":\"a\"}]", "l.json, item 1 (line 1): it has no \"text\""},
            {"[{\"text\":\"a\"}]", "l.json, item 1 (line 1): \"id\" must be 1 to 64"},
            {"[{\"id\":\"a b\",\"text\":\"a\"}]", "l.json, item 1 (line 1): \"id\" must be"},
            {"[{\"id\":7,\"text\":\"a\"}]", "l.json, item 1 (line 1): \"id\" must be a text"},
            {"[{\"id\":\"a\",\"text\":\"\"}]", "l.json, item 1 (line 1): \"text\" must be a text"},
            {"[{\"id\":\"a\",\"text\":[\"a\"]}]",
                "l.json, item 1 (line 1): \"text\" must be a text"},
            {"[{\"id\":\"a\",\"text\":{\"en\":1}}]",
                "l.json, item 1 (line 1): \"text/en\" must be a text"},
            {"[{\"id\":\"a\",\"text\":\"a\",\"icon\":\"https://b/c.png\"}]",
                "l.json, item 1 (line 1): \"icon\" must be a page of this site"},
            {"[{\"id\":\"a\",\"text\":\"a\",\"url\":\"javascript:alert(1)\"}]",
                "l.json, item 1 (line 1): \"url\" must be a page of this site"},
            {"[{\"id\":\"a\",\"text\":\"a\",\"unread\":\"2\"}]",
                "l.json, item 1 (line 1): \"unread\" must be a whole number"},
            {"[{\"id\":\"a\",\"text\":\"a\",\"unread\":-1}]",
                "l.json, item 1 (line 1): \"unread\" must be a whole number"},
            {"[{\"id\":\"a\",\"text\":\"a\",\"unread\":{\"oA\":1.5}}]",
                "l.json, item 1 (line 1): \"unread/oA\" must be a whole number"},
            {"[{\"id\":\"a\",\"text\":\"a\",\"colour\":\"red\"}]",
                "l.json, item 1 (line 1): there is no \"colour\""}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct list list;
                struct err err = {.kind = ERR_NONE};

                ROW(list_parse(*state, rows[i].text, strlen(rows[i].text), "l.json", "en", "oA",
                        &list, &err) == -1 &&
                        err.kind == ERR_CONFIG &&
                        strncmp(err.text, rows[i].error, strlen(rows[i].error)) == 0,
                    i, err.text);
        }
        END_ROWS();
}

static void
links_are_in_the_visitors_language(void **state)
{
        static const char text[] =
            "[{\"text\": {\"zh_CN\": \"订单\", \"en\": \"Orders\"}, \"url\": \"/a b\", \"icon\": "
            "\"/i.svg\"},\n"
            " {\"text\": \"Help\", \"url\": \"https://help.example.com/?a=1#b\"}]";
        static const struct {
                const char *language, *text;
        } rows[] = {{"zh_CN", "订单"}, {"en", "Orders"}, {"zh_TW", "订单"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct links links;
                struct pairs values;

                pairs_init(&values, *state);
                assert_int_equal(links_parse(*state, text, strlen(text), "l.json", rows[i].language,
                                     &links, &err),
                    0);
                links_fill(&links, &values);
                ROW(same(pairs_get(&values, "links/0/text"), rows[i].text), i, rows[i].language);
                ROW(same(pairs_get(&values, "links/0/url"), "/a%20b") &&
                        same(pairs_get(&values, "links/0/icon"), "/i.svg") &&
                        pairs_get(&values, "links/0/is_external") == NULL &&
                        same(
                            pairs_get(&values, "links/1/url"), "https://help.example.com/?a=1#b") &&
                        same(pairs_get(&values, "links/1/is_external"), "1"),
                    i, "values");
        }
        END_ROWS();
}

static void
errors_say_link_and_line(void **state)
{
        static const struct {
                const char *text, *error;
        } rows[] = {{"{}", "l.json, line 1: an array"},
            {"[\n{\"text\":\"A\",\"url\":\"/\"},\n{\"text\":\"a\"}]",
                "l.json, link 2 (line 3): it has no \"url\""},
            {"[{\"url\":\"/\"}]", "l.json, link 1 (line 1): it has no \"text\""},
            {"[{\"text\":\"a\",\"url\":\"/\",\"id\":\"a\"}]",
                "l.json, link 1 (line 1): there is no \"id\""},
            {"[{\"text\":\"a\",\"url\":\"javascript:alert(1)\"}]",
                "l.json, link 1 (line 1): \"url\" must be a page of this site, such as "
                "/orders.html, "
                "or an https address"},
            {"[{\"text\":\"a\",\"url\":\"http://example.com/\"}]",
                "l.json, link 1 (line 1): \"url\" must be"},
            {"[{\"text\":\"a\",\"url\":\"//example.com/\"}]",
                "l.json, link 1 (line 1): \"url\" must be"},
            {"[{\"text\":\"a\",\"url\":\"/\",\"icon\":\"https://b/c.png\"}]",
                "l.json, link 1 (line 1): \"icon\" must be a page of this site"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct links links;

                ROW(links_parse(*state, rows[i].text, strlen(rows[i].text), "l.json", "en", &links,
                        &err) == -1 &&
                        err.kind == ERR_CONFIG &&
                        strncmp(err.text, rows[i].error, strlen(rows[i].error)) == 0,
                    i, err.text);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(items_are_the_visitors),
            TEST(items_are_found_by_their_id_alone), TEST(values_are_those_that_are_there),
            TEST(errors_say_item_and_line), TEST(links_are_in_the_visitors_language),
            TEST(errors_say_link_and_line)};

        return RUN(tests);
}
