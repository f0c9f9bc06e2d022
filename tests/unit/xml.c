/* xml: documents that are read or refused; text cannot break out of its element. */
#include "table.h"

#include "base/buf.h"
#include "format/url.h"
#include "format/xml.h"
#include "format/xml_build.h"

static void
documents_are_read_or_refused(void **state)
{
        static const struct {
                const char *text;
                const char *form; /* NULL: refused */
        } rows[] = {{"<xml></xml>", ""}, {"<xml/>", ""}, {"<xml>text</xml>", "%23text=text"},
            {"<xml> \n</xml>", ""}, {"<xml><a>b</a></xml>", "a=b"},
            {"<other><a>b</a></other>", "a=b"}, {"<xml><a><![CDATA[b]]></a></xml>", "a=b"},
            {"<xml><a></a><b/></xml>", "a=&b="}, {"<xml><a>b<![CDATA[c]]>d</a></xml>", "a=bcd"},
            {"<xml><a>&lt;&amp;&#22909;</a></xml>", "a=%3C%26%E5%A5%BD"},
            {"<xml><a><![CDATA[x\ny]]></a></xml>", "a=x%0Ay"},
            {"<xml><a><![CDATA[a]]]]><![CDATA[>b]]></a></xml>", "a=a%5D%5D%3Eb"},
            {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n <a x=\"1\">b</a>\n</xml>\n",
                "a=b"},
            {"<xml><s><t>1</t><u>2</u></s></xml>", "s%2Ft=1&s%2Fu=2"},
            {"<xml><l><item><p>1</p></item><item><p>2</p></item></l></xml>",
                "l=&l%2F0%2Fp=1&l%2F1%2Fp=2"},
            {"<xml><l><item>1</item></l></xml>", "l=&l%2F0%2F%23text=1"},
            {"<xml><l><item/></l></xml>", "l=&l%2F0%2F%23text="}, {"<xml><l></l></xml>", "l="},
            {"<xml><l><n>1</n><item><p>1</p></item></l></xml>",
                "l%2Fn=1&l%2Fitem=&l%2Fitem%2F0%2Fp=1"},
            {"<xml><l>x<item><p>1</p></item></l></xml>",
                "l%2F%23text=x&l%2Fitem=&l%2Fitem%2F0%2Fp=1"},
            {"<xml><item><item><p>1</p></item></item></xml>",
                "item=&item%2F0%2Fitem=&item%2F0%2Fitem%2F0%2Fp=1"},
            {"<xml><s><List><t>1</t></List></s></xml>", "s%2FList=&s%2FList%2F0%2Ft=1"},
            {"<xml><s><List><t>1</t></List><List><t>2</t></List></s></xml>",
                "s%2FList=&s%2FList%2F0%2Ft=1&s%2FList%2F1%2Ft=2"},
            {"<xml><a>1</a><b>2</b><a>3</a></xml>", "a=&a%2F0%2F%23text=1&b=2&a%2F1%2F%23text=3"},
            {"<xml><a>b<c>d</c>e</a></xml>", "a%2F%23text=be&a%2Fc=d"},
            /* Characters that XML forbids are replaced (unit/mend.c). */
            {"<xml><a>\xff</a></xml>", "a=%EF%BF%BD"}, {"<xml><a>b\x01</a></xml>", "a=b"},
            {"<xml><a>&#1;</a></xml>", "a=%EF%BF%BD"},
            {"<xml><a><![CDATA[&#1;]]></a></xml>", "a=%26%231%3B"},
            {"<xml><!-- c --><a>b</a></xml>", "a=b"}, {"", NULL}, {" ", NULL}, {"text", NULL},
            {"<xml>", NULL}, {"<xml><a>b</xml>", NULL}, {"<xml></xml>more", NULL},
            {"<xml></xml><xml></xml>", NULL}, {"<xml><a>&b;</a></xml>", NULL},
            {"<xml><a\x01>b</a></xml>", NULL},
            {"<xml><\x01"
             "a>b</a></xml>",
                NULL},
            {"<xml><a>b</a\xff></xml>", NULL}, {"{\"a\":\"b\"}", NULL},
            {"<?xml version=\"1.0\" encoding=\"x-none\"?><xml/>", NULL},
            {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><xml><a>\xe9</a></xml>", NULL},
            {"\xef\xbb\xbf<xml><a>b</a></xml>", "a=b"}, {"<!DOCTYPE xml><xml><a>b</a></xml>", NULL},
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

/* Returns a document with n elements. alike: all below the root have the same name. */
static char *
many(void **state, size_t n, bool alike)
{
        struct buf xml;

        buf_init(&xml, *state);
        xml_add_open(&xml, "xml");
        for (size_t i = 1; i < n; i++)
                buf_add_text(&xml, alike ? "<a/>" : arena_printf(*state, "<a%zu/>", i));
        xml_add_close(&xml, "xml");
        return xml.data;
}

static int
parse(void **state, const char *text, struct pairs *pairs)
{
        struct err err;

        pairs_init(pairs, *state);
        return xml_parse(*state, text, strlen(text), pairs, &err);
}

static void
depth_and_count_have_limits(void **state)
{
        struct pairs pairs;

        for (size_t n = 1; n < 12; n++) {
                char *deep = "x";

                for (size_t i = 0; i < n; i++)
                        deep = arena_printf(*state, "<a>%s</a>", deep);
                ROW((parse(state, deep, &pairs) == 0) == (n <= XML_DEPTH_MAX), n, "deep");
        }
        for (size_t n = XML_ELEMENTS_MAX - 1; n <= XML_ELEMENTS_MAX + 1; n++) {
                ROW((parse(state, many(state, n, true), &pairs) == 0) == (n <= XML_ELEMENTS_MAX), n,
                    "alike");
                ROW((parse(state, many(state, n, false), &pairs) == 0) == (n <= XML_ELEMENTS_MAX),
                    n, "different");
        }
        END_ROWS();
}

static void
types_say_what_is_an_array(void **state)
{
        static const char text[] =
            "<xml><l><item><p>1</p></item></l><d>1</d><d>2</d><o>1</o></xml>";
        static const enum pair_type types[] = {
            PAIR_ARRAY, PAIR_TEXT, PAIR_ARRAY, PAIR_TEXT, PAIR_TEXT, PAIR_TEXT};
        struct pairs pairs;

        assert_int_equal(parse(state, text, &pairs), 0);
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
