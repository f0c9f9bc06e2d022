/* rules and reply: which rule matches, the XML of each reply, error messages. */
#include "table.h"

#include "format/json.h"
#include "wechat/message.h"
#include "wechat/reply.h"
#include "wechat/rules.h"
#include "format/xml.h"

static struct message
message_of(void **state, const char *type, const char *event, const char *field, const char *value)
{
        struct message m = {.type = type, .event = event, .openid = "oA", .scene = ""};

        pairs_init(&m.fields, *state);
        pairs_add(&m.fields, "ToUserName", "gh_1");
        pairs_add(&m.fields, "FromUserName", "oA");
        pairs_add(&m.fields, field, value);
        if (strcmp(field, "scene") == 0)
                m.scene = value;
        return m;
}

static void
the_first_that_fits_wins(void **state)
{
        static const char file[] =
            "[{\"message\":\"text\",\"equals\":\"hi\",\"reply\":{\"text\":\"1\"}},\n"
            "{\"message\":\"text\",\"prefix\":\"hi\",\"contains\":\"you\",\"reply\":{\"text\":"
            "\"2\"}},\n"
            "{\"contains\":\"你好\",\"reply\":{\"text\":\"3\"}},\n"
            "{\"event\":\"subscribe\",\"scene\":\"77\",\"reply\":{\"text\":\"4\"}},\n"
            "{\"event\":\"Subscribe\",\"reply\":{\"text\":\"5\"}},\n"
            "{\"event\":\"CLICK\",\"key\":\"MENU_1\",\"reply\":{\"text\":\"6\"}},\n"
            "{\"event\":\"unsubscribe\",\"reply\":null},\n"
            "{\"message\":\"IMAGE\",\"reply\":{\"text\":\"7\"}},\n"
            "{\"message\":\"event\",\"reply\":{\"text\":\"never\"}},\n"
            "{\"reply\":{\"text\":\"rest\"}}]";
        static const struct {
                const char *type, *event, *field, *value, *reply;
        } rows[] = {{"text", "", "Content", "hi", "1"}, {"text", "", "Content", "hi you", "2"},
            {"text", "", "Content", "hi there", "rest"}, {"text", "", "Content", "oh, you", "rest"},
            {"text", "", "Content", "Hi", "rest"}, {"text", "", "Content", "说：你好！", "3"},
            {"text", "", "Content", "", "rest"}, {"voice", "", "Recognition", "hi", "rest"},
            {"voice", "", "Content", "hi", "rest"}, {"event", "subscribe", "scene", "77", "4"},
            {"event", "subscribe", "scene", "7", "5"}, {"event", "subscribe", "x", "", "5"},
            {"event", "click", "EventKey", "MENU_1", "6"},
            {"event", "click", "EventKey", "MENU_10", "rest"},
            {"event", "unsubscribe", "x", "", NULL}, {"event", "scan", "scene", "77", "rest"},
            {"image", "", "x", "", "7"}, {"event", "view", "EventKey", "MENU_1", "rest"}};
        struct rules rules;
        struct err err;

        assert_int_equal(rules_parse(*state, file, strlen(file), "f", &rules, &err), 0);
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct message m =
                    message_of(state, rows[i].type, rows[i].event, rows[i].field, rows[i].value);
                struct pairs reply;

                pairs_init(&reply, *state);
                rules_find(&rules, &m, &reply);
                ROW(same(pairs_get(&reply, "text"), rows[i].reply), i, rows[i].value);
        }
        struct message m = message_of(state, "text", "", "Content", "x");
        struct pairs reply;

        pairs_init(&reply, *state);
        assert_int_equal(rules_parse(*state, "[]", 2, "f", &rules, &err), 0);
        rules_find(&rules, &m, &reply);
        assert_int_equal(reply.count, 0);
        END_ROWS();
}

static void
errors_name_rule_and_line(void **state)
{
        static const struct {
                const char *text, *error;
        } rows[] = {{"", "f, line 1: an array"}, {"\n\n{}", "f, line 3: an array"},
            {"[", "f, line 1: add ]: the [ in line 1 is not closed"},
            {"[\n{\"reply\":null},\n]", "f, line 2: remove the comma before ] in line 3"},
            {"[\n{\"reply\":null}\n{\"reply\":null}]", "f, line 2: add a comma after }"},
            {"[\n{\"reply\":\nnull}] x", "f, line 3: remove what stands behind the end"},
            {"[\n{\"reply\": {\n\"text\": \"a\",\n\"b }\n}]", "f, line "},
            {"[1]", "f, line 1: an object, { … }, must begin here"},
            {"[\"a\"]", "f, line 1: an object, { … }, must begin here"},
            {"[{\"reply\":null},\n{\"reply\":null,\n\"reply\":null}]",
                "f, line 3: remove one \"reply\": it is in line 2 already"},
            {"[\n\n{\"message\":\"text\"}]", "f, rule 1 (line 3): it has no \"reply\""},
            {"[{\"reply\":null},\n{\"mesage\":\"text\",\"reply\":null}]",
                "f, rule 2 (line 2): there is no \"mesage\": did you mean message?"},
            {"[{\"reply\":null},\n\n{\"key\":7,\"reply\":null}]",
                "f, rule 2 (line 3): \"key\" must be a text"},
            {"[{\"key\":\"\",\"reply\":null}]", "\"key\" must be a text"},
            {"[{\"reply\":\"hello\"}]", "\"reply\" must be an object or null"},
            {"[{\"reply\":[]}]", "\"reply\" must be an object or null"},
            {"[{\"reply\":{\"txt\":\"a\"}}]", "rule 1 (line 1): a reply is text, image"},
            {"[{\"reply\":{\"text\":7}}]", "text: must be a text"},
            {"[{\"reply\":{\"text\":\"\"}}]", "text: must be a text"},
            {"[{\"reply\":{\"text\":\"{{name}}\"}}]", "there is no value {{name}}"},
            {"[{\"reply\":{\"text\":\"{{nickname\"}}]", "is not closed"},
            {"[{\"reply\":{\"text\":\"a\",\"image\":\"b\"}}]",
                "one member, not \"text\" and \"image\""},
            {"[{\"reply\":{\"image\":{\"media_id\":\"a\"}}}]", "image: must be a text"},
            {"[{\"reply\":{\"video\":\"a\"}}]", "video: must be an object"},
            {"[{\"reply\":{\"video\":{\"title\":\"a\"}}}]", "video: \"media_id\" is missing"},
            {"[{\"reply\":{\"video\":{\"media_id\":\"a\",\"size\":\"1\"}}}]", "no member \"size\""},
            {"[{\"reply\":{\"video\":{\"media_id\":1}}}]", "\"media_id\" must be a text"},
            {"[{\"reply\":{\"video\":{\"title\":\"a\"}}}]", "video: \"media_id\" is missing"},
            {"[{\"reply\":{\"news\":{}}}]", "reply"},
            {"[{\"reply\":{\"news\":[]}}]", "news: must be"},
            {"[{\"reply\":{\"news\":{\"0\":{\"title\":\"a\",\"url\":\"b\"}}}}]",
                "news: must be an array of objects"},
            {"[{\"reply\":{\"news\":\"a\"}}]", "news: must be an array of objects"},
            {"[{\"reply\":{\"news\":[\"a\"]}}]", "news: must be"},
            {"[{\"reply\":{\"news\":[{\"title\":\"a\"}]}}]", "news: \"url\" is missing"},
            {"[{\"reply\":{\"news\":[{\"title\":\"a\",\"url\":\"b\",\"x\":\"c\"}]}}]",
                "no member \"x\""},
            {"[{\"reply\":{\"news\":[{\"title\":\"a\",\"url\":\"b\"},[]]}}]", "news: "},
            {"[{\"reply\":{\"transfer\":false}}]", "transfer: must be true"},
            {"[{\"reply\":{\"transfer\":\"true\"}}]", "transfer: must be true"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct rules rules;
                struct err err = {.kind = ERR_NONE};

                ROW(rules_parse(*state, rows[i].text, strlen(rows[i].text), "f", &rules, &err) ==
                            -1 &&
                        err.kind == ERR_CONFIG && strstr(err.text, rows[i].error) != NULL,
                    i, arena_printf(*state, "%s: %s", rows[i].text, err.text));
        }
        END_ROWS();
}

#define FOOT "</xml>"

static void
replies_become_xml(void **state)
{
        static const struct {
                const char *event, *json, *xml; /* xml: from MsgType on; NULL: no reply */
        } rows[] = {{"",
                        "{\"text\":\"a]]>b\\n{{nickname}}|{{openid}}|{{content}}|{{scene}}|{{login_"
                        "url}}\"}",
                        "<![CDATA[text]]></"
                        "MsgType><Content><![CDATA[a]]]]><![CDATA[>b\n<n>|oA|{{nickname}}|77|/l"
                        "]]></Content>" FOOT},
            {"", "{\"text\":\"{{?nickname}}{{nickname}}!{{/nickname}}{{^scene}}none{{/scene}}\"}",
                "<![CDATA[text]]></MsgType><Content><![CDATA[<n>!]]></Content>" FOOT},
            {"", "{\"text\":\"{{^nickname}}a{{/nickname}}\"}", NULL}, {"", "{}", NULL},
            {"", "{\"image\":\"m\"}",
                "<![CDATA[image]]></MsgType><Image><MediaId><![CDATA[m]]></MediaId></Image>" FOOT},
            {"", "{\"voice\":\"m\"}",
                "<![CDATA[voice]]></MsgType><Voice><MediaId><![CDATA[m]]></MediaId></Voice>" FOOT},
            /* an answer has no thumb_media_id; a message has (custom.h) */
            {"",
                "{\"video\":{\"title\":\"t\",\"media_id\":\"m\",\"thumb_media_id\":\"i\","
                "\"description\":\"d\"}}",
                "<![CDATA[video]]></MsgType><Video><MediaId><![CDATA[m]]></"
                "MediaId><Title><![CDATA[t]]>"
                "</Title><Description><![CDATA[d]]></Description></Video>" FOOT},
            {"",
                "{\"music\":{\"thumb_media_id\":\"i\",\"title\":\"t\",\"description\":\"d\","
                "\"musicurl\":\"u\",\"hqmusicurl\":\"h\"}}",
                "<![CDATA[music]]></MsgType><Music><Title><![CDATA[t]]></"
                "Title><Description><![CDATA[d]]>"
                "</Description><MusicUrl><![CDATA[u]]></MusicUrl><HQMusicUrl><![CDATA[h]]></"
                "HQMusicUrl>"
                "<ThumbMediaId><![CDATA[i]]></ThumbMediaId></Music>" FOOT},
            {"click",
                "{\"news\":[{\"title\":\"t\",\"description\":\"d\",\"picurl\":\"p\",\"url\":\"u\"},"
                "{\"title\":\"t2\",\"url\":\"u2\"}]}",
                "<![CDATA[news]]></MsgType><ArticleCount>2</ArticleCount><Articles><item><Title>"
                "<![CDATA[t]]></Title><Description><![CDATA[d]]></Description><PicUrl><![CDATA[p]]>"
                "</PicUrl><Url><![CDATA[u]]></Url></item><item><Title><![CDATA[t2]]></Title><Url>"
                "<![CDATA[u2]]></Url></item></Articles>" FOOT},
            {"", "{\"news\":[{\"title\":\"t\",\"url\":\"u\"},{\"title\":\"t2\",\"url\":\"u2\"}]}",
                "<![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item><Title>"
                "<![CDATA[t]]></Title><Url><![CDATA[u]]></Url></item></Articles>" FOOT},
            {"", "{\"transfer\":true}", "<![CDATA[transfer_customer_service]]></MsgType>" FOOT}};
        static const char head[] =
            "<xml><ToUserName><![CDATA[oA]]></ToUserName><FromUserName>"
            "<![CDATA[gh_1]]></FromUserName><CreateTime>1234</CreateTime><MsgType>";

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct message m = message_of(state, "x", rows[i].event, "x", "");
                struct pairs reply, values;
                struct err err = {.kind = ERR_NONE};
                const char *xml;
                size_t lost;

                pairs_init(&reply, *state);
                pairs_init(&values, *state);
                pairs_add(&values, "nickname", "<n>");
                pairs_add(&values, "openid", "oA");
                pairs_add(&values, "content", "{{nickname}}");
                pairs_add(&values, "scene", "77");
                pairs_add(&values, "login_url", "/l");
                assert_int_equal(
                    json_parse_tree(*state, rows[i].json, strlen(rows[i].json), &reply, &err), 0);
                ROW(reply_check(*state, &reply, true, &err) == 0, i, err.text);
                xml = reply_format(*state, &reply, &m, &values, 1234, &lost);
                ROW(rows[i].xml == NULL
                        ? *xml == '\0'
                        : same(xml, arena_printf(*state, "%s%s", head, rows[i].xml)),
                    i, xml);
        }
        END_ROWS();
}

static void
a_text_is_a_template_where_that_is_said(void **state)
{
        static const struct {
                const char *json;
                bool standard;
                const char *text; /* NULL: refused */
        } rows[] = {{"{\"text\":\"{{x\"}", false, "{{x"}, {"{\"text\":\"{{x\"}", true, NULL},
            {"{\"text\":\"{{nickname}}\"}", false, "{{nickname}}"},
            {"{\"text\":\"{{nickname}}\"}", true, "Ming"},
            {"{\"text\":\"{{nickname}}\",\"template\":true}", false, "Ming"},
            {"{\"template\":true,\"text\":\"{{nickname}}\"}", false, "Ming"},
            {"{\"template\":false,\"text\":\"{{nickname}}\"}", true, "{{nickname}}"},
            {"{\"text\":\"{{y}}\",\"template\":true}", false, NULL},
            {"{\"text\":\"a\",\"template\":\"true\"}", false, NULL},
            {"{\"text\":\"a\",\"template\":1}", false, NULL}, {"{\"template\":true}", false, ""}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct message m = message_of(state, "text", "", "x", "");
                struct pairs reply, values, fields;
                struct err err = {.kind = ERR_NONE};
                const char *xml, *json = rows[i].json;
                size_t lost;

                pairs_init(&reply, *state);
                pairs_init(&values, *state);
                pairs_init(&fields, *state);
                pairs_add(&values, "nickname", "Ming");
                assert_int_equal(json_parse_tree(*state, json, strlen(json), &reply, &err), 0);
                if (reply_check(*state, &reply, rows[i].standard, &err) != 0) {
                        ROW(rows[i].text == NULL && err.kind == ERR_CONFIG, i, json);
                        continue;
                }
                xml = reply_format(*state, &reply, &m, &values, 1234, &lost);
                if (*xml != '\0')
                        assert_int_equal(xml_parse(*state, xml, strlen(xml), &fields, &err), 0);
                ROW(rows[i].text != NULL &&
                        strcmp(pairs_get_text(&fields, "Content"), rows[i].text) == 0,
                    i, json);
        }
        END_ROWS();
}

static void
eight_articles_are_the_most(void **state)
{
        char *articles = "";

        for (size_t n = 1; n <= 9; n++) {
                struct pairs reply;
                struct err err;
                char *json;

                articles = arena_printf(
                    *state, "%s%s{\"title\":\"t\",\"url\":\"u\"}", articles, n == 1 ? "" : ",");
                json = arena_printf(*state, "{\"news\":[%s]}", articles);
                pairs_init(&reply, *state);
                assert_int_equal(json_parse_tree(*state, json, strlen(json), &reply, &err), 0);
                ROW((reply_check(*state, &reply, true, &err) == 0) == (n <= 8), n, json);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(the_first_that_fits_wins),
            TEST(errors_name_rule_and_line), TEST(replies_become_xml),
            TEST(eight_articles_are_the_most), TEST(a_text_is_a_template_where_that_is_said)};

        return RUN(tests);
}
