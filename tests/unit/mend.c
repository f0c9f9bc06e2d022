/* mend: which bytes are removed or replaced, and where; this never creates or removes markup. */
#include "table.h"

#include "base/mend.h"
#include "base/text.h"

#define FFFD "\xef\xbf\xbd"

static void
characters_are_mended(void **state)
{
        static const struct {
                const char *bytes, *mended;
        } rows[] = {{"", ""}, {"hello\x1dx", "hellox"},
            {"a\x01\x02\x1f"
             "b",
                "ab"},
            {"a\tb\nc\rd", "a\tb\nc\rd"}, {"\x7f", "\x7f"},
            {"\xe4\xbd\xa0\xe5\xa5\xbd", "\xe4\xbd\xa0\xe5\xa5\xbd"},
            {"\xf0\x9f\x8c\xb8", "\xf0\x9f\x8c\xb8"}, {"a\xe4\xbd", "a" FFFD FFFD},
            {"\xe4\xbd<", FFFD FFFD "<"},
            {"\xf0\x9f\x8c"
             "b",
                FFFD FFFD FFFD "b"},
            {"\xed\xa0\xbd\xed\xb2\x96", FFFD FFFD FFFD FFFD FFFD FFFD}, /* surrogates */
            {"\xc0\x80", FFFD FFFD}, {"\xff\xfe", FFFD FFFD},
            {"\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD},
            {"a\xef\xbf\xbe\xef\xbf\xbf"
             "b",
                "ab"}, /* U+FFFE, U+FFFF */
            {"\xe2\x80\x8d\xef\xb8\x8f", "\xe2\x80\x8d\xef\xb8\x8f"}, {"\xc2\x85", "\xc2\x85"},
            {"\xe2\x80\xae", "\xe2\x80\xae"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                size_t size = strlen(rows[i].bytes), mended;

                ROW(same(mend_text(*state, rows[i].bytes, size, &mended), rows[i].mended) &&
                        mended == strlen(rows[i].mended),
                    i, rows[i].mended);
                ROW(same(mend_xml(*state, rows[i].bytes, size, &mended), rows[i].mended) ||
                        strchr(rows[i].bytes, '<') != NULL,
                    i, rows[i].mended);
        }
        size_t mended;

        assert_string_equal(mend_text(*state, "a\0b", 3, &mended), "ab");
        assert_int_equal(mended, 2);
        assert_string_equal(mend_text(*state, "\xe4\xbd\xa0", 2, &mended), FFFD FFFD);
        END_ROWS();
}

static void
xml_is_mended_between_its_tags(void **state)
{
        static const struct {
                const char *bytes, *mended;
        } rows[] = {
            {"<a>&#x1d;&#0;&#xD800;&#xFFFE;&#xffff;</a>", "<a>" FFFD FFFD FFFD FFFD FFFD "</a>"},
            {"<a>&#55357;&#56470;</a>", "<a>" FFFD FFFD "</a>"},
            {"<a>&#x110000;&#99999999999999999999999;</a>", "<a>" FFFD FFFD "</a>"},
            {"<a>&#x1F600;&#9;&#10;&#13;&#32;&#xFFFD;</a>",
                "<a>&#x1F600;&#9;&#10;&#13;&#32;&#xFFFD;</a>"},
            /* These are not references: they are left for the parser to refuse. */
            {"<a>&#;&#x;&#x1g;&#1&amp;&b;</a>", "<a>&#;&#x;&#x1g;&#1&amp;&b;</a>"},
            {"<a>&#", "<a>&#"}, {"<a>&#1", "<a>&#1"}, {"&", "&"},
            {"<a><![CDATA[&#x1d;]]>&#1;</a>", "<a><![CDATA[&#x1d;]]>" FFFD "</a>"},
            {"<a><![CDATA[<b&#1;>]]></a>", "<a><![CDATA[<b&#1;>]]></a>"},
            {"<!--&#1;--><?p &#1;?><a/>", "<!--&#1;--><?p &#1;?><a/>"},
            {"<a><![CDATA[x\x1dy]]></a>", "<a><![CDATA[xy]]></a>"},
            /* Removing a byte must not create an end of CDATA, a comment or an instruction. */
            {"<a><![CDATA[]]\x01>]]></a>", "<a><![CDATA[]]" FFFD ">]]></a>"},
            {"<a><![CDATA[]\x01]>]]></a>", "<a><![CDATA[]" FFFD "]>]]></a>"},
            {"<a>]]\x01&gt;</a>", "<a>]]" FFFD "&gt;</a>"},
            {"<!-- -\x01-> --><a/>", "<!-- -" FFFD "-> --><a/>"},
            {"<?p ?\x01> ?><a/>", "<?p ?" FFFD "> ?><a/>"},
            /* Nor a beginning of one. */
            {"<\x01!--", "<\x01!--"},
            {"<![CD\x01"
             "ATA[",
                "<![CD\x01"
                "ATA["},
            {"<a\x01>\x01</a\x01>", "<a\x01></a\x01>"}, {"<a b='\xff'>", "<a b='\xff'>"},
            {"</a>\x01", "</a>"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                size_t mended;

                ROW(same(mend_xml(*state, rows[i].bytes, strlen(rows[i].bytes), &mended),
                        rows[i].mended) &&
                        mended == strlen(rows[i].mended),
                    i, rows[i].mended);
        }
        size_t mended;

        assert_string_equal(mend_xml(*state, "<a>\0b\0</a>\0", 11, &mended), "<a>b</a>");
        assert_string_equal(mend_xml(*state, "&#1;", 3, &mended), "&#1");
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            TEST(characters_are_mended), TEST(xml_is_mended_between_its_tags)};

        return RUN(tests);
}
