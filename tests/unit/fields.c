/* fields: XML and JSON with the same content become the same pairs; our reply as JSON. */
#include "table.h"

#include "wechat/fields.h"
#include "format/json_build.h"

static void
both_forms_are_one(void **state)
{
        static const struct {
                const char *text;
                const char *built; /* NULL: refused */
                bool is_json;
        } rows[] = {{"<xml><a>1</a></xml>", "{\"a\":\"1\"}", false},
            {"{\"a\":\"1\"}", "{\"a\":\"1\"}", true}, {"{\"a\":1}", "{\"a\":\"1\"}", true},
            {" \r\n\t{\"a\":true}", "{\"a\":\"true\"}", true},
            {"\xef\xbb\xbf{\"a\":\"1\"}", "{\"a\":\"1\"}", true},
            {"\xef\xbb\xbf<xml><a>1</a></xml>", "{\"a\":\"1\"}", false},
            {"{\"a\":1234567890123456789}", "{\"a\":\"1234567890123456789\"}", true},
            {"{\"a\":9007199254740993.5}", "{\"a\":\"9007199254740993.5\"}", true},
            {"{\"a\":null}", "{\"a\":null}", true}, {"{\"a\":[]}", "{\"a\":[]}", true},
            {"{\"a\":[\"x\",2]}", "{\"a\":[\"x\",\"2\"]}", true},
            /* A name that may repeat is an array of objects, as from XML. */
            {"<xml><e><List><t>1</t></List></e></xml>", "{\"e\":{\"List\":[{\"t\":\"1\"}]}}",
                false},
            {"{\"e\":{\"List\":{\"t\":1}}}", "{\"e\":{\"List\":[{\"t\":\"1\"}]}}", true},
            {"{\"e\":{\"List\":[{\"t\":1},{\"t\":2}]}}",
                "{\"e\":{\"List\":[{\"t\":\"1\"},{\"t\":\"2\"}]}}", true},
            {"{\"List\":{\"t\":1,\"u\":2},\"x\":3}",
                "{\"List\":[{\"t\":\"1\",\"u\":\"2\"}],\"x\":\"3\"}", true},
            {"{\"List\":{\"List\":{\"t\":1}}}", "{\"List\":[{\"List\":[{\"t\":\"1\"}]}]}", true},
            {"{\"List\":\"x\"}", "{\"List\":[{\"#text\":\"x\"}]}", true},
            {"<xml><List>x</List></xml>", "{\"List\":[{\"#text\":\"x\"}]}", false},
            {"{\"List\":{\"item\":[{\"t\":1}]}}", "{\"List\":[{\"item\":[{\"t\":\"1\"}]}]}", true},
            {"{\"a\":\"x\x01\xff\\u0000\\ud800y\"}", "{\"a\":\"x\xef\xbf\xbd\xef\xbf\xbdy\"}",
                true},
            {"", NULL, false}, {"{", NULL, true}, {"{}x", NULL, true}, {"[]", NULL, false},
            {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}", NULL, true}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct pairs fields;
                bool is_json = !rows[i].is_json;
                char *built = "";
                int result;

                pairs_init(&fields, *state);
                result = fields_read(
                    *state, rows[i].text, strlen(rows[i].text), &fields, &is_json, &err);
                ROW(is_json == rows[i].is_json, i, "which form");
                if (rows[i].built == NULL) {
                        ROW(result == -1 && err.kind == ERR_REQUEST && fields.count == 0, i,
                            rows[i].text);
                        continue;
                }
                ROW(result == 0 && json_build_tree(*state, &fields, &built, &err) == 0 &&
                        same(built, rows[i].built),
                    i, built);
        }
        END_ROWS();
}

static void
replies_become_json(void **state)
{
        static const struct {
                const char *xml, *json;
        } rows[] = {{"<xml><CreateTime>12</CreateTime><Content><![CDATA[34]]></Content></xml>",
                        "{\"CreateTime\":12,\"Content\":\"34\"}"},
            {"<xml><Image><MediaId>m</MediaId></Image></xml>", "{\"Image\":{\"MediaId\":\"m\"}}"},
            {"<xml><ArticleCount>1</ArticleCount><Articles><item><Title>t</Title></item></Articles>"
             "</xml>",
                "{\"ArticleCount\":1,\"Articles\":[{\"Title\":\"t\"}]}"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err;
                char *json = "";

                ROW(fields_to_json(*state, rows[i].xml, &json, &err) == 0 &&
                        same(json, rows[i].json),
                    i, json);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(both_forms_are_one), TEST(replies_become_json)};

        return RUN(tests);
}
