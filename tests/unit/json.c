/* json: raw bytes, depth, wrong types, reading followed by building. */
#include "table.h"

#include "format/json.h"
#include "format/json_build.h"
#include "format/url.h"

static void
documents_are_read_or_refused(void **state)
{
        static const struct {
                const char *text;
                const char *form; /* NULL: refused */
        } rows[] = {{"{\"sex\":1}", "sex=1"}, {"{\"sex\":\"1\"}", "sex=1"}, {"{\"a\":\"\"}", "a="},
            {"{\"\":\"a\"}", "=a"}, {"{\"a\":[]}", ""},
            {"{\"a\":[null,true,{},[],\"x\",7]}", "a=x&a=7"}, {"{\"a\":false}", "a=false"},
            {"{\"n\":\"\xf0\x9f\x8c\xb8<b>\\\"\"}", "n=%F0%9F%8C%B8%3Cb%3E%22"},
            {"{\"n\":\"\\ud83c\\udf38\"}", "n=%F0%9F%8C%B8"},
            {"{\"n\":\"a\001\002\037b\"}", "n=ab"}, {"{\"n\":\"a\tb\nc\rd\"}", "n=abcd"},
            {"{\"n\":\"\x7f\"}", "n="}, {"{\"n\":\"a\xff\"}", "n=a%EF%BF%BD"},
            {"{\"n\":\"\\u202eabc\"}", "n=abc"}, {"{\"a\":9007199254740993}", "a=9007199254740993"},
            {"{\"a\":-9223372036854775808}", "a=-9223372036854775808"}, {"\r\n\t {}\r\n\t ", ""},
            {"", NULL}, {" ", NULL}, {"{}}", NULL}, {"{}\x01", NULL}, {"{},", NULL},
            {"{} {}", NULL}, {"{}<!-- -->", NULL}, {"[{}]", NULL}, {"1", NULL}, {"\"{}\"", NULL},
            {"true", NULL}, {"{\"a\":}", NULL}, {"{\"a\" 1}", NULL}, {"{\"a\":1", NULL},
            {"{\"a\":\"b}", NULL}, {"{\"a\":1 \"b\":2}", NULL}, {"{\"a\":[1}", NULL},
            {"{a:1}", NULL}, {"\xef\xbb\xbf{}", NULL}, {"<xml></xml>", NULL},
            {"callback({})", NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                struct err err = {.kind = ERR_NONE};
                int result;

                pairs_init(&pairs, *state);
                result = json_parse(*state, rows[i].text, strlen(rows[i].text), &pairs, &err);
                ROW(rows[i].form == NULL
                        ? result == -1 && err.kind == ERR_UPSTREAM && pairs.count == 0
                        : result == 0 && same(url_build_form(*state, &pairs), rows[i].form),
                    i, rows[i].text);
        }
        END_ROWS();
}

static void
size_and_not_a_nul_ends_the_text(void **state)
{
        static const char text[] = "{\"a\":1}\0{\"b\":2}";
        struct pairs pairs;
        struct err err;

        pairs_init(&pairs, *state);
        assert_int_equal(json_parse(*state, text, 7, &pairs, &err), 0);
        assert_int_equal(json_parse(*state, text, 8, &pairs, &err), -1);
        assert_int_equal(json_parse(*state, text, sizeof(text) - 1, &pairs, &err), -1);
        assert_int_equal(err.kind, ERR_UPSTREAM);
        for (size_t size = 0; size < 7; size++)
                ROW(json_parse(*state, text, size, &pairs, &err) == -1, size, "cut off");
        assert_int_equal(json_parse(*state, "{}garbage", 2, &pairs, &err), 0);
        END_ROWS();
}

static void
levels_are_8_at_most(void **state)
{
        static const char *const opens[] = {"{\"a\":", "["}, *const closes[] = {"}", "]"};

        for (size_t kind = 0; kind < 2; kind++)
                for (size_t levels = 2; levels < 12; levels++) {
                        char *text = "{\"a\":";
                        struct pairs pairs;
                        struct err err;
                        int result;

                        for (size_t i = 2; i < levels; i++)
                                text = arena_printf(*state, "%s%s", text, opens[kind]);
                        text = arena_printf(*state, "%s{}", text);
                        for (size_t i = 2; i < levels; i++)
                                text = arena_printf(*state, "%s%s", text, closes[kind]);
                        text = arena_printf(*state, "%s}", text);
                        pairs_init(&pairs, *state);
                        result = json_parse(*state, text, strlen(text), &pairs, &err);
                        ROW(result == (levels <= 8 ? 0 : -1), levels, text);
                }
        char *deep = arena_alloc(*state, 100001);
        struct pairs pairs;
        struct err err;

        memset(deep, '[', 100000);
        pairs_init(&pairs, *state);
        assert_int_equal(json_parse(*state, deep, 100000, &pairs, &err), -1);
        END_ROWS();
}

static void
types_are_known(void **state)
{
        static const char text[] = "{\"t\":\"1\",\"n\":1,\"d\":1.5,\"b\":true,\"i\":[\"x\",2]}";
        static const enum pair_type types[] = {
            PAIR_TEXT, PAIR_NUMBER, PAIR_NUMBER, PAIR_BOOL, PAIR_ITEM, PAIR_ITEM};
        struct pairs pairs;
        struct err err;

        pairs_init(&pairs, *state);
        assert_int_equal(json_parse(*state, text, strlen(text), &pairs, &err), 0);
        assert_int_equal(pairs.count, COUNT(types));
        for (size_t i = 0; i < COUNT(types); i++)
                ROW(pairs.items[i].type == types[i], i, pairs.items[i].name);
        END_ROWS();
}

static void
trees_are_paths(void **state)
{
        static const struct {
                const char *text, *form, *built; /* built NULL: as text */
        } rows[] = {{"{\"a\":{\"b\":\"c\",\"d\":{\"e\":1}}}", "a%2Fb=c&a%2Fd%2Fe=1", NULL},
            {"{\"a\":[{\"b\":1},{\"b\":2,\"c\":[]}]}",
                "a=&a%2F0%2Fb=1&a%2F1%2Fb=2&a%2F1%2Fc=", NULL},
            {"{\"a\":[\"x\",\"y\"],\"b\":[]}", "a=x&a=y&b=", NULL},
            {"{\"a\":{\"b\":[\"x\",\"y\"]}}", "a%2Fb=x&a%2Fb=y", NULL},
            {"{\"a\":null,\"b\":true}", "a=&b=true", NULL},
            {"{\"a\":\"x\\ny\\tz\"}", "a=x%0Ay%09z", NULL},
            {"{\"a\":\"x\\u0001y\"}", "a=xy", "{\"a\":\"xy\"}"}, {"{\"a\":{}}", "", "{}"},
            {"{\"a\":[[\"x\"]]}", "a=&a%2F0=x", NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                struct err err;
                char *built = "";

                pairs_init(&pairs, *state);
                ROW(json_parse_tree(*state, rows[i].text, strlen(rows[i].text), &pairs, &err) ==
                            0 &&
                        same(url_build_form(*state, &pairs), rows[i].form),
                    i, url_build_form(*state, &pairs));
                ROW(json_build_tree(*state, &pairs, &built, &err) == 0 &&
                        same(built, rows[i].built == NULL ? rows[i].text : rows[i].built),
                    i, built);
        }
        END_ROWS();
}

/* The index after the slash is decimal, also with two and three digits. */
static void
long_arrays_are_built(void **state)
{
        char *text = arena_printf(*state, "{\"a\":[{\"b\":0,\"c\":[]}");
        char *built = "";
        struct pairs pairs;
        struct err err;

        for (int i = 1; i < 120; i++)
                text = arena_printf(*state, "%s,{\"b\":%d,\"c\":[]}", text, i);
        text = arena_printf(*state, "%s]}", text);
        pairs_init(&pairs, *state);
        assert_int_equal(json_parse_tree(*state, text, strlen(text), &pairs, &err), 0);
        pairs_add(&pairs, "a/121/b", "has no place");
        assert_int_equal(json_build_tree(*state, &pairs, &built, &err), 0);
        assert_string_equal(built, text);
}

/* Names that contradict each other give valid JSON. */
static void
trees_that_contradict_themselves_are_built(void **state)
{
        static const struct {
                const char *form, *built;
        } rows[] = {{"a=1&a%2Fb=2", "{\"a\":{\"b\":\"2\"}}"}, {"a%2Fb=1&a=2", "{\"a\":\"2\"}"},
            {"a%2Fb=1&a%2Fb%2Fc=2&a%2Fb=3", "{\"a\":{\"b\":\"3\"}}"},
            {"a%2F=1", "{\"a\":{\"\":\"1\"}}"}, {"%2Fa=1", "{\"\":{\"a\":\"1\"}}"}};
        /* Added to an array with one element: that element, the next one, and names with no place
         * there. */
        static const struct {
                const char *name, *built;
        } places[] = {{"a/0", "{\"a\":[\"2\"]}"}, {"a/1", "{\"a\":[\"1\",\"2\"]}"},
            {"a/2", "{\"a\":[\"1\"]}"}, {"a/4000000", "{\"a\":[\"1\"]}"},
            {"a/x", "{\"a\":[\"1\"]}"}, {"a/", "{\"a\":[\"1\"]}"}, {"a/1x", "{\"a\":[\"1\"]}"},
            {"a/-1", "{\"a\":[\"1\"]}"}, {"a/18446744073709551615", "{\"a\":[\"1\"]}"},
            {"a/44444444444444444444444444", "{\"a\":[\"1\"]}"},
            {"a/1/b", "{\"a\":[\"1\",{\"b\":\"2\"}]}"}, {"a/5/b", "{\"a\":[\"1\"]}"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                struct err err;
                char *built = "";

                pairs_init(&pairs, *state);
                assert_int_equal(url_parse_form(*state, rows[i].form, &pairs, &err), 0);
                ROW(json_build_tree(*state, &pairs, &built, &err) == 0 &&
                        same(built, rows[i].built),
                    i, built);
        }
        for (size_t i = 0; i < COUNT(places); i++) {
                struct pairs pairs;
                struct err err;
                char *built = "";

                pairs_init(&pairs, *state);
                pairs_add_typed(&pairs, "a", "1", PAIR_ITEM);
                pairs_add(&pairs, places[i].name, "2");
                ROW(json_build_tree(*state, &pairs, &built, &err) == 0 &&
                        same(built, places[i].built),
                    i, built);
        }
        END_ROWS();
}

static void
arrays_know_their_lines(void **state)
{
        static const char text[] = "\n[\n{\"a\":1},{\"a\":2},\n\n{\n\"a\":\n3}, {}\n]\n";
        static const int lines[] = {3, 3, 5, 7};
        struct json_element *elements;
        struct err err;
        size_t count;

        assert_int_equal(json_parse_array(*state, text, strlen(text), &elements, &count, &err), 0);
        assert_int_equal(count, COUNT(lines));
        for (size_t i = 0; i < count; i++)
                ROW(elements[i].line == lines[i] && pairs_get_number(elements[i].fields, "a", 0) ==
                                                        (i < 3 ? (long long)i + 1 : 0),
                    i, "line");
        for (size_t size = 0; size < strlen(text) - 2; size++)
                ROW(json_parse_array(*state, text, size, &elements, &count, &err) == -1 &&
                        strncmp(err.text, "line ", 5) == 0,
                    size, "cut off");
        assert_int_equal(json_parse_array(*state, " [ ] ", 5, &elements, &count, &err), 0);
        assert_int_equal(count, 0);
        END_ROWS();
}

static void
what_is_no_list_of_objects_is_said_with_its_line(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {{"", "line 1: an array, [ … ], must begin here"},
            {" \n\n", "line 3: an array, [ … ], must begin here"},
            {"\n\n{}", "line 3: an array, [ … ], must begin here"},
            {"[\n\n1]", "line 3: an object, { … }, must begin here"},
            {"[{},\n{\n\"a\":1},\n\"b\"]", "line 4: an object, { … }, must begin here"},
            {"[\n[]]", "line 2: an object, { … }, must begin here"},
            {"[]\n]", "line 2: remove ]: nothing is open"},
            {"[\n{}]\n\nx", "line 4: remove what stands behind the end"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct json_element *elements = NULL;
                struct err err = {.text = ""};
                size_t count = 7;

                ROW(json_parse_array(*state, rows[i].text, strlen(rows[i].text), &elements, &count,
                        &err) == -1 &&
                        err.kind == ERR_UPSTREAM && same(err.text, rows[i].says) && count == 7,
                    i, err.text);
        }
        END_ROWS();
}

/* Users' files are read and built again: numbers keep their text (PAIR_NUMBER). */
static void
what_was_read_is_built_again(void **state)
{
        static const char *const rows[] = {"{}", "{\"a\":\"b\"}", "{\"a\":\"\"}", "{\"a\":0}",
            "{\"a\":-7}", "{\"a\":9223372036854775807}", "{\"a\":-9223372036854775808}",
            "{\"a\":true,\"b\":false}", "{\"a\":[\"x\",\"y\"],\"b\":\"z\"}",
            "{\"a\":\"\\\"\\\\/\"}", "{\"a\":\"\xf0\x9f\x8c\xb8\"}", "{\"a\":1.5}",
            "{\"a\":0.001}"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                struct err err;
                char *text = NULL;

                pairs_init(&pairs, *state);
                ROW(json_parse(*state, rows[i], strlen(rows[i]), &pairs, &err) == 0, i, rows[i]);
                ROW(json_build(*state, &pairs, &text, &err) == 0 && same(text, rows[i]), i,
                    text == NULL ? rows[i] : text);
        }
        END_ROWS();
}

static void
arrays_are_built(void **state)
{
        struct pairs pairs;
        struct err err;
        char *text;

        pairs_init(&pairs, *state);
        pairs_add_typed(&pairs, "a", "", PAIR_ARRAY);
        pairs_add(&pairs, "m", "between");
        pairs_add_typed(&pairs, "a", "1", PAIR_ITEM);
        pairs_add_typed(&pairs, "a", "", PAIR_ITEM);
        pairs_add_typed(&pairs, "b", "false", PAIR_BOOL);
        pairs_add_typed(&pairs, "e", "", PAIR_ARRAY);
        assert_int_equal(json_build(*state, &pairs, &text, &err), 0);
        assert_string_equal(text, "{\"a\":[\"1\",\"\"],\"m\":\"between\",\"b\":false,\"e\":[]}");
        pairs_init(&pairs, *state);
        assert_int_equal(json_build(*state, &pairs, &text, &err), 0);
        assert_string_equal(text, "{}");
}

static void
json_is_taken_as_wechat_sends_it(void **state)
{
        static const struct {
                const char *text;
                const char *form; /* NULL: refused */
        } rows[] = {
            {"{}", ""},
            {" {\"a\":\"b\"} \n", "a=b"},
            {"{\"a\":1,\"b\":-2}", "a=1&b=-2"},
            {"{\"a\":true,\"b\":null}", "a=true"},
            {"{\"a\":[\"x\",\"y\",3]}", "a=x&a=y&a=3"},
            {"{\"a\":{\"b\":1}}", ""},
            {"{\"a\":[[1]]}", ""},
            {"{\"a\":\"x\001y\"}", "a=xy"},
            {"{\"a\":\"\\u5c0f\"}", "a=%E5%B0%8F"},
            {"{\"a\":\"\\u0000b\"}", "a=b"},
            {"", NULL},
            {"[]", NULL},
            {"\"a\"", NULL},
            {"{", NULL},
            {"{\"a\"}", NULL},
            {"{} x", NULL},
            {"{}{}", NULL},
            {"null", NULL},
            {"<html>", NULL},
            {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}", NULL},
        };
        struct err err;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                int result;

                pairs_init(&pairs, *state);
                result = json_parse(*state, rows[i].text, strlen(rows[i].text), &pairs, &err);
                ROW(rows[i].form == NULL
                        ? result == -1 && err.kind == ERR_UPSTREAM
                        : result == 0 && same(url_build_form(*state, &pairs), rows[i].form),
                    i, rows[i].text);
        }
        END_ROWS();
}

static void
json_is_built_by_type(void **state)
{
        struct pairs pairs;
        struct err err;
        char *text;

        pairs_init(&pairs, *state);
        pairs_add(&pairs, "t", "a/\"b\"\n小");
        pairs_add_number(&pairs, "n", 9007199254740993LL);
        pairs_add_typed(&pairs, "i", "x", PAIR_ITEM);
        pairs_add_typed(&pairs, "b", "true", PAIR_BOOL);
        pairs_add_typed(&pairs, "i", "y", PAIR_ITEM);
        pairs_add_typed(&pairs, "e", "", PAIR_ARRAY);
        assert_int_equal(json_build(*state, &pairs, &text, &err), 0);
        assert_string_equal(text,
            "{\"t\":\"a/"
            "\\\"b\\\"\\n小\",\"n\":9007199254740993,\"i\":[\"x\",\"y\"],\"b\":true,\"e\":[]}");
}

static void
escapes_become_characters(void **state)
{
        static const struct {
                const char *text, *plain; /* NULL: refused */
        } rows[] = {{"{\"a\":\"\\u4f60\\ud83c\\udf38\"}", "{\"a\":\"你🌸\"}"},
            {" {\n \"a\" : [1.50, -0, 1e3, true, null, {}]\n}\n",
                "{\"a\":[1.50,0,1e3,true,null,{}]}"},
            {"{\"a\":\"\\\"\\\\/\\n\"}", "{\"a\":\"\\\"\\\\/\\n\"}"}, {"{}", "{}"}, {"{} x", NULL},
            {"[]", NULL}, {"{", NULL}, {"", NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                char *plain = NULL;

                ROW((json_plain(*state, rows[i].text, strlen(rows[i].text), &plain, &err) == 0) ==
                        (rows[i].plain != NULL),
                    i, rows[i].text);
                ROW(rows[i].plain == NULL ? err.kind == ERR_UPSTREAM : same(plain, rows[i].plain),
                    i, plain == NULL ? "" : plain);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(json_is_taken_as_wechat_sends_it),
            TEST(json_is_built_by_type), TEST(documents_are_read_or_refused),
            TEST(size_and_not_a_nul_ends_the_text), TEST(levels_are_8_at_most),
            TEST(trees_are_paths), TEST(long_arrays_are_built),
            TEST(trees_that_contradict_themselves_are_built), TEST(arrays_know_their_lines),
            TEST(what_is_no_list_of_objects_is_said_with_its_line), TEST(types_are_known),
            TEST(what_was_read_is_built_again), TEST(arrays_are_built),
            TEST(escapes_become_characters)};

        return RUN(tests);
}
