/* owner: line ends and byte order marks of editors, and texts that are not UTF-8. */
#include "table.h"

#include "format/owner.h"
#include "base/text.h"

static void
what_editors_add_goes(void **state)
{
        static const struct {
                const char *bytes;
                size_t size;
                const char *text;
        } rows[] = {{"", 0, ""}, {"a\nb\n", 4, "a\nb\n"}, {"\xef\xbb\xbf", 3, ""},
            {"\xef\xbb\xbfkey = 小", 12, "key = 小"}, {"a\r\nb\r\n", 6, "a\nb\n"},
            {"a\rb", 3, "a\nb"}, {"a\r\r\nb", 5, "a\n\nb"}, {"a\r", 2, "a\n"},
            {"a\r\n\x1a", 4, "a\n"}, {"a\x1a\x1a", 3, "a"},
            {"a\x1a"
             "b",
                3,
                "a\x1a"
                "b"},
            {"\xef\xbb\xbf"
             "a\r\n\xef\xbb\xbf"
             "b\r\n\x1a",
                13, "a\nb\n"}, /* two files, joined */
            {"小\r\n明\xf0\x9f\x8c\xb8", 12, "小\n明\xf0\x9f\x8c\xb8"},
            {"\xef\xbf\xbe", 3, "\xef\xbf\xbe"}, {"\tb\x01", 3, "\tb\x01"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *text = arena_copy(*state, rows[i].bytes, rows[i].size);
                size_t size = rows[i].size;
                struct err err = {.kind = ERR_NONE};

                ROW(owner_read_text("f", text, &size, &err) == 0 && same(text, rows[i].text) &&
                        size == strlen(text),
                    i, err.text);
        }
        END_ROWS();
}

static void
what_is_no_utf8_says_how_to_save_it(void **state)
{
        static const struct {
                const char *bytes;
                size_t size;
                const char *error;
        } rows[] = {{"\xff\xfe[\0]\0", 6, "f: it is UTF-16: "},
            {"\xfe\xff\0[\0]", 6, "f: it is UTF-16: "}, {"[\0]\0", 4, "f: it is UTF-16: "},
            {"\0[\0]", 4, "f: it is UTF-16: "}, {"\x0f\x5c[\0\x0e\x66]\0", 8, "f: it is UTF-16: "},
            {"\x5c\x0f\0[\x66\x0e\0]", 8, "f: it is UTF-16: "}, {"a\0", 2, "f: it is UTF-16: "},
            {"\xff\xfe", 2, "f: it is UTF-16: "}, {"\xff\xfe\0\0a\0\0\0", 8, "f: it is UTF-16: "},
            {"\xc4\xe3\xba\xc3", 4, "f, line 1: it is not UTF-8, perhaps GBK: "}, /* 你好 */
            {"a\r\nb\n\xc4\xe3", 7, "f, line 3: it is not UTF-8, perhaps GBK: "},
            {"\xef\xbb\xbf"
             "a\n\xa7\x41",
                7, "f, line 2: it is not UTF-8, perhaps GBK: "},
            {"a\xe5\xb0", 3, "f, line 1: it is not UTF-8"},
            {"\xed\xa0\x80", 3, "f, line 1: it is not UTF-8"},
            {"\xc0\x80", 2, "f, line 1: it is not UTF-8"}, {"\xff", 1, "f, line 1: it is not"}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *text = arena_copy(*state, rows[i].bytes, rows[i].size);
                size_t size = rows[i].size;
                struct err err = {.kind = ERR_NONE};

                ROW(owner_read_text("f", text, &size, &err) == -1 && err.kind == ERR_CONFIG &&
                        text_starts_with(err.text, rows[i].error) &&
                        strstr(err.text, "Save As, Encoding: UTF-8") != NULL &&
                        strstr(err.text, "另存为 → 编码：UTF-8") != NULL,
                    i, err.text);
        }
        END_ROWS();
}

static void
a_nul_is_no_text(void **state)
{
        static const struct {
                const char *bytes;
                size_t size;
        } rows[] = {{"ab\0c", 4}, {"ab\0\0\0", 5}, {"abc\n\0\0\0\0", 8}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *text = arena_copy(*state, rows[i].bytes, rows[i].size);
                size_t size = rows[i].size;
                struct err err = {.kind = ERR_NONE};

                ROW(owner_read_text("f", text, &size, &err) == -1 && err.kind == ERR_CONFIG &&
                        text_starts_with(err.text, "f: it is not text"),
                    i, err.text);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(what_editors_add_goes),
            TEST(what_is_no_utf8_says_how_to_save_it), TEST(a_nul_is_no_text)};

        return RUN(tests);
}
