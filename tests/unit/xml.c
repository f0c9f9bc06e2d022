/* xml: what is read, what is refused, and that text cannot leave its element. */
#include "table.h"

#include "buf.h"
#include "url.h"
#include "xml.h"

static void
documents_are_read_or_refused(void **state)
{
        static const struct {
                const char *text;
                const char *form; /* NULL: refused */
        } rows[] = {{"<xml></xml>", ""}, {"<xml/>", ""}, {"<xml>text</xml>", ""},
            {"<xml><a>b</a></xml>", "a=b"}, {"<other><a>b</a></other>", "a=b"},
            {"<xml><a><![CDATA[b]]></a></xml>", "a=b"}, {"<xml><a></a><b/></xml>", "a=&b="},
            {"<xml><a>b<![CDATA[c]]>d</a></xml>", "a=bcd"},
            {"<xml><a>&lt;&amp;&#22909;</a></xml>", "a=%3C%26%E5%A5%BD"},
            {"<xml><a><![CDATA[x\ny]]></a></xml>", "a=x%0Ay"},
            {"<xml><a><![CDATA[a]]]]><![CDATA[>b]]></a></xml>", "a=a%5D%5D%3Eb"},
            {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n <a x=\"1\">b</a>\n</xml>\n",
                "a=b"},
            {"<xml><s><t>1</t><u>2</u></s></xml>", "s%2Ft=1&s%2Fu=2"},
            {"<xml><l><item><p>1</p></item><item><p>2</p></item></l></xml>",
                "l=&l%2F0%2Fp=1&l%2F1%2Fp=2"},
            {"<xml><l><item>1</item></l></xml>", "l=&l%2F0=1"},
            {"<xml><a>1</a><b>2</b><a>3</a></xml>", "a=1&b=2&a=3"},
            {"<xml><!-- c --><a>b</a></xml>", "a=b"}, {"", NULL}, {" ", NULL}, {"text", NULL},
            {"<xml>", NULL}, {"<xml><a>b</xml>", NULL}, {"<xml></xml>more", NULL},
            {"<xml></xml><xml></xml>", NULL}, {"<xml><a>&b;</a></xml>", NULL},
            {"<xml><a>\xff</a></xml>", NULL}, {"<xml><a>\x01</a></xml>", NULL},
            {"<xml><a>&#1;</a></xml>", NULL}, {"{\"a\":\"b\"}", NULL},
            {"<?xml version=\"1.0\" encoding=\"x-none\"?><xml/>", NULL},
            {"<!DOCTYPE xml><xml><a>b</a></xml>", NULL},
            {"<!DOCTYPE xml SYSTEM \"file:///etc/passwd\"><xml><a>b</a></xml>", NULL},
            {"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml><a>&e;</a></xml>", NULL},
            {"<!DOCTYPE x [<!ENTITY a \"0123456789\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
             "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><xml><a>&c;</a></xml>",
                NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;
                struct err err = {.kind = ERR_NONE};
                int result;

                pairs_init(&pairs, *state);
                result = xml_parse(*state, rows[i].text, strlen(rows[i].text), &pairs, &err);
                ROW(rows[i].form == NULL
                        ? result == -1 && err.kind == ERR_REQUEST && pairs.count == 0
                        : result == 0 && same(url_build_form(*state, &pairs), rows[i].form),
                    i, rows[i].text);
        }
        END_ROWS();
}

static void
depth_and_count_have_limits(void **state)
{
        for (size_t n = 1; n < 80; n++) {
                char *deep = "x", *wide = "";
                struct pairs pairs;
                struct err err;

                for (size_t i = 0; i < n; i++)
                        deep = arena_printf(*state, "<a>%s</a>", deep);
                for (size_t i = 1; i < n; i++)
                        wide = arena_printf(*state, "%s<a%zu/>", wide, i);
                wide = arena_printf(*state, "<xml>%s</xml>", wide);
                pairs_init(&pairs, *state);
                ROW((xml_parse(*state, deep, strlen(deep), &pairs, &err) == 0) == (n <= 8), n,
                    "deep");
                ROW((xml_parse(*state, wide, strlen(wide), &pairs, &err) == 0) == (n <= 64), n,
                    "wide");
        }
        END_ROWS();
}

static void
types_say_what_is_an_array(void **state)
{
        static const char text[] =
            "<xml><l><item><p>1</p></item></l><d>1</d><d>2</d><o>1</o></xml>";
        static const enum pair_type types[] = {
            PAIR_ARRAY, PAIR_TEXT, PAIR_ITEM, PAIR_ITEM, PAIR_TEXT};
        struct pairs pairs;
        struct err err;

        pairs_init(&pairs, *state);
        assert_int_equal(xml_parse(*state, text, strlen(text), &pairs, &err), 0);
        assert_int_equal(pairs.count, COUNT(types));
        for (size_t i = 0; i < COUNT(types); i++)
                ROW(pairs.items[i].type == types[i], i, pairs.items[i].name);
        END_ROWS();
}

static void
what_is_written_is_read_again(void **state)
{
        static const char *const texts[] = {"", "a", "]]>", "]]]]>>", "]]>]]>", "]]", "a]]",
            "<![CDATA[x]]>", "</a><b>c</b>", "&amp;", "x\ny\tz", "\xf0\x9f\x8c\xb8"};

        for (size_t i = 0; i < COUNT(texts); i++) {
                struct buf xml;
                struct pairs pairs;
                struct err err;

                buf_init(&xml, *state);
                xml_add_open(&xml, "xml");
                xml_add_text(&xml, "a", texts[i]);
                xml_add_number(&xml, "n", -7);
                xml_add_close(&xml, "xml");
                pairs_init(&pairs, *state);
                ROW(xml_parse(*state, xml.data, xml.size, &pairs, &err) == 0 && pairs.count == 2 &&
                        same(pairs_get(&pairs, "a"), texts[i]) &&
                        same(pairs_get(&pairs, "n"), "-7"),
                    i, xml.data);
        }
        struct buf xml;

        buf_init(&xml, *state);
        xml_add_text(
            &xml, "a", "x\x01\xff\xef\xbf\xbe\xef\xbf\xbf"); /* the last two: U+FFFE, U+FFFF */
        assert_string_equal(xml.data, "<a><![CDATA[x\xef\xbf\xbd]]></a>");
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(documents_are_read_or_refused),
            TEST(depth_and_count_have_limits), TEST(types_say_what_is_an_array),
            TEST(what_is_written_is_read_again)};

        return RUN(tests);
}
