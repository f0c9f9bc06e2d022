/* json_check: each mistake in JSON written by hand, with its line and what to do. */
#include "table.h"

#include "format/json.h"
#include "format/json_check.h"

static void
good_json_is_good(void **state)
{
        static const char *const rows[] = {"{}", "[]", " [ ] ", "1", "-0.5e+10", "0", "\"a\"",
            "true", "[true,false,null]", "{\"a\":{\"b\":[1,\"x\",{}]}}",
            "{\n\"a\" :\t1 ,\r\n\"b\":\"\\u00e9\\n\\\\\\\"\"}", "{\"a\":\"line 1\nline 2\t.\"}",
            "[{\"a\":1},{\"a\":1}]", "{\"小\":\"明\"}", "{\"a\":\"“text”，'/'//\"}",
            "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{}}}}}}}}",
            "[{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":1}}}}}}}]", "{\"a\":1,\"A\":1}",
            "{\"a\":12345678901234567890,\"bb\":1,\"b\":2}"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.text = ""};
                struct pairs pairs;

                pairs_init(&pairs, *state);
                ROW(json_check(*state, rows[i], strlen(rows[i]), &err) == 0, i, err.text);
                ROW(rows[i][0] != '{' ||
                        json_parse_tree(*state, rows[i], strlen(rows[i]), &pairs, &err) == 0,
                    i, "and is read");
        }
        END_ROWS();
}

static void
slips_are_said_with_line_and_advice(void **state)
{
        static const struct {
                const char *text, *error;
        } rows[] = {{"[\n {\"a\": 1},\n {\"a\": 2},\n {\n  \"a\": 3\n },\n]",
                        "line 6: remove the comma before ] in line 7"},
            {"[\n\n\n\n\n1, ]", "line 6: remove the comma before ] in line 6"},
            {"{\n\"a\":1,\n\n}", "line 2: remove the comma before } in line 4"},
            {"{\"a\":[1,2,]}", "line 1: remove the comma before ] in line 1"},
            {"[{\"a\":1},\n,{}]", "line 2: remove the comma: there is one too many"},
            {"{\"a\":1,,\"b\":2}", "line 1: remove the comma: there is one too many"},
            {"[,1]", "line 1: remove the comma: there is one too many"},
            {"[\n{}\n{}\n]", "line 2: add a comma after }"},
            {"{\"a\":\"b\"\n\n\"c\":1}", "line 1: add a comma after \""},
            {"{\"a\":1\n\"c\":1}", "line 1: add a comma after 1"},
            {"[[1] 2]", "line 1: add a comma after ]"}, {"[1 2]", "line 1: add a comma after 1"},
            {"{'a':1}", "line 1: write \" instead of '"},
            {"{\n\"a\":'b'}", "line 2: write \" instead of '"},
            {"{“a”:1}", "line 1: write \" instead of “"},
            {"{\"a\":\n”b”}", "line 2: write \" instead of ”"},
            {"{\"a\":‘b’}", "line 1: write \" instead of ‘"},
            {"{\"a\":1，\"b\":2}", "line 1: write , instead of ，"},
            {"[1、2]", "line 1: write , instead of 、"},
            {"{\"a\"：1}", "line 1: write : instead of ："},
            {"｛\"a\":1}", "line 1: write { instead of ｛"},
            {"[\n{\"a\":1｝]", "line 2: write } instead of ｝"},
            {"{\"a\":\n\xe3\x80\x80"
             "1}",
                "line 2: there is a full-width or no-break blank"},
            {"{\"a\"=1}", "line 1: write : instead of ="},
            {"{\"a\" 1}", "line 1: the : behind a name is missing"},
            {"[\n// note\n1]", "line 2: remove the comment: JSON has none"},
            {"[1 /* note */]", "line 1: remove the comment: JSON has none"},
            {"{\"a\":1, # note\n}", "line 1: remove the comment: JSON has none"},
            {"[\n{\"a\":1}\n", "line 3: add ]: the [ in line 1 is not closed"},
            {"[\n{\"a\":[1}\n]", "line 2: add ] before }: the [ in line 2 is not closed"},
            {"[\n{\"a\":1\n]", "line 3: add } before ]: the { in line 2 is not closed"},
            {"{\"a\":{\n", "line 2: add }: the { in line 1 is not closed"},
            {"{\"a\"", "line 1: add }: the { in line 1 is not closed"},
            {"{\"a\":", "line 1: add }: the { in line 1 is not closed"}, {"{", "line 1: add }"},
            {"", "line 1: there is nothing in it"},
            {"\n{\"a\":1}}", "line 2: remove }: nothing is open"},
            {"[]\n]", "line 2: remove ]: nothing is open"},
            {"[]\n\nx", "line 3: remove what stands behind the end"},
            {"{\"a\":1,\n\"b\":2,\n\"a\":3}", "line 3: remove one \"a\": it is in line 1 already"},
            {"{\"bb\":1,\"a\":1,\"bb\":1,\"c\":1}", "line 1: remove one \"bb\""},
            {"{\"a\":{\"b\":1,\"b\":2}}", "line 1: remove one \"b\""},
            {"{a:1}", "line 1: write a in quotation marks: \"a\""},
            {"{\"a\":hello}", "line 1: hello is not a number: a text stands in quotation marks"},
            {"{\"a\":你好}", "line 1: 你好 is not a number: a text stands in quotation marks"},
            {"[True]", "line 1: write true instead of True"},
            {"[NULL]", "line 1: write null instead of NULL"},
            {"[01]", "line 1: 01 is not a number"}, {"[1.]", "line 1: 1. is not a number"},
            {"[.5]", "line 1: .5 is not a number"}, {"[+1]", "line 1: +1 is not a number"},
            {"[0x1f]", "line 1: 0x1f is not a number"}, {"[1e]", "line 1: 1e is not a number"},
            {"[-]", "line 1: - is not a number"}, {"[NaN]", "line 1: NaN is not a number"},
            {"{\"a\":}", "line 1: a value is missing"},
            {"[{\"a\":\n\"b},\n{\"c\":1}]",
                "line 2: the text that begins here has no \" at its end"},
            {"[\n\"a\n]", "line 2: the text that begins here has no \" at its end"},
            {"{\"a\":\"say \"hi\"\"}", "line 1: a comma is missing, or a text has a \" within"},
            {"{\"a\":\"C:\\dir\"}", "line 1: write \\\\ for a backslash within a text"},
            {"{\"a\":\"\\u12\"}", "line 1: write \\\\ for a backslash within a text"},
            {"{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":1}}}}}}}}",
                "line 1: there are too many brackets within brackets"},
            {"<xml>", "line 1: a value is missing"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.text = ""};

                ROW(json_check(*state, rows[i].text, strlen(rows[i].text), &err) == -1 &&
                        err.kind == ERR_UPSTREAM &&
                        strncmp(err.text, rows[i].error, strlen(rows[i].error)) == 0,
                    i, arena_printf(*state, "%s: %s", rows[i].text, err.text));
        }
        END_ROWS();
}

/* Cut off at any length, the text is refused, and nothing beyond its end is read. */
static void
what_is_cut_off_is_refused(void **state)
{
        static const char text[] =
            "{\"a\":[1.5e3,\"x\\n\\u00e9\",{\"b\":true}],\"c\":null,\"d\":\"小\"}";

        for (size_t size = 0; size < strlen(text); size++) {
                char *cut = arena_copy(*state, text, size);
                struct err err = {.text = ""};

                ROW(json_check(*state, cut, size, &err) == -1 &&
                        strncmp(err.text, "line 1: ", 8) == 0,
                    size, err.text);
        }
        struct err err;
        assert_int_equal(json_check(*state, "[1]\0", 4, &err), -1);
        assert_int_equal(json_check(*state, "{\"a\0:1}", 7, &err), -1);
        assert_int_equal(json_check(*state, "{\"a\\\0\":1}", 9, &err), -1);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(good_json_is_good),
            TEST(slips_are_said_with_line_and_advice), TEST(what_is_cut_off_is_refused)};

        return RUN(tests);
}
