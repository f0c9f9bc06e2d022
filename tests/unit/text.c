/* text: each code point that is removed, the limits of UTF-8, ids, languages. */
#include "table.h"

#include <time.h>

#include "base/text.h"

static size_t
put_point(char *to, unsigned long point)
{
        unsigned char bytes[4];
        size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

        for (size_t i = size; i-- > 1; point >>= 6)
                bytes[i] = (unsigned char)(0x80 | (point & 0x3f));
        bytes[0] = (unsigned char)(lead[size] | point);
        memcpy(to, bytes, size);
        to[size] = '\0';
        return size;
}

/* The code points that text.h names, except U+FEFF, which is not tested. */
static bool
is_left_out(unsigned long point)
{
        return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x61c ||
               point == 0x200e || point == 0x200f || (point >= 0x202a && point <= 0x202e) ||
               (point >= 0x2066 && point <= 0x2069) || point == 0xfffe || point == 0xffff;
}

static void
each_code_point_stays_or_goes(void **state)
{
        for (unsigned long point = 1; point <= 0x10ffff; point++) {
                struct arena *arena;
                char text[8];
                char *clean;

                if ((point >= 0xd800 && point <= 0xdfff) || point == 0xfeff)
                        continue;
                if (point > 0x3000 && point % 257 != 0 && (point >> 4) != 0xfff && point < 0x10ff00)
                        continue; /* beyond the exceptions, a sample is enough */
                arena = arena_new(abort);
                put_point(text, point);
                clean = text_clean(arena, text);
                ROW(same(clean, is_left_out(point) ? "" : text), point, "code point");
                arena_free(arena);
        }
        (void)state;
        END_ROWS();
}

static void
ill_formed_bytes_are_replaced(void **state)
{
        static const char *const rows[] = {"\x80", "\xbf", "\xc0", "\xc1\xbf", "\xc2",
            "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xe0\xa0",
            "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
            "\xf8\x88\x80\x80\x80", "\xfc", "\xfe", "\xff", "\xc2\x41", "\xe5\xb0\x41",
            "\xf0\x9f\x8c\x41", "\xc3\xc3\xa9"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *clean = text_clean(*state, arena_printf(*state, "<%s>", rows[i]));

                ROW(strstr(clean, "\xef\xbf\xbd") != NULL, i, "replaced");
                ROW(clean[0] == '<' && clean[strlen(clean) - 1] == '>', i,
                    "what is round it stays");
                ROW(same(text_clean(*state, clean), clean), i, "clean is clean");
        }
        END_ROWS();
}

static void
html_is_escaped(void **state)
{
        static const struct {
                const char *text, *html;
        } rows[] = {{"", ""}, {"plain", "plain"}, {"&amp;", "&amp;amp;"}, {"<", "&lt;"},
            {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}, {"小<明", "小&lt;明"},
            {"</script>", "&lt;/script&gt;"}, {"`=/", "`=/"}};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(text_escape_html(*state, rows[i].text), rows[i].html), i, rows[i].text);
        END_ROWS();
}

static void
ids_are_within_their_lengths(void **state)
{
        static const struct {
                const char *text;
                size_t least, most;
                bool good;
        } rows[] = {{"", 0, 3, true}, {"", 1, 3, false}, {"a", 1, 3, true}, {"abc", 1, 3, true},
            {"abcd", 1, 3, false}, {"ab", 3, 3, false}, {"A-_z09", 1, 9, true},
            {"a.b", 1, 9, false}, {"a/b", 1, 9, false}, {"../x", 1, 9, false}, {"a b", 1, 9, false},
            {"a\n", 1, 9, false}, {"a%", 1, 9, false}, {"\xe5\xb0\x8f", 1, 9, false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(text_is_id(rows[i].text, rows[i].least, rows[i].most) == rows[i].good, i,
                    rows[i].text);
        for (int byte = 1; byte < 256; byte++) {
                char text[2] = {(char)byte, '\0'};
                bool good = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                            (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_';

                ROW(text_is_id(text, 1, 1) == good, byte, "byte");
        }
        assert_true(text_starts_with("abc", ""));
        assert_true(text_starts_with("abc", "abc"));
        assert_false(text_starts_with("ab", "abc"));
        assert_false(text_starts_with("", "a"));
        assert_false(text_starts_with("Abc", "a"));
        END_ROWS();
}

static void
languages_follow_rfc_9110(void **state)
{
        static const struct {
                const char *header, *fallback, *language;
        } rows[] = {{"zh-TW,zh;q=0.9,en;q=0.8", "en", "zh_TW"}, {"zh-CN,zh;q=0.9", "en", "zh_CN"},
            {"zh-HK", "en", "zh_TW"}, {"zh-Hant-HK", "en", "zh_TW"}, {"zh-Hans-HK", "en", "zh_CN"},
            {"zh-SG", "en", "zh_CN"}, {"en-GB,en-US;q=0.9", "zh_CN", "en"},
            {"fr", "zh_TW", "zh_TW"}, {"fr;q=1,en;q=0.001", "zh_CN", "en"},
            {"en;q=0.000", "zh_CN", "zh_CN"}, {"en;q=1.0,zh-TW", "zh_CN", "en"},
            {"zh-TW,en", "zh_CN", "zh_TW"}, {"en;q=0.1,zh-TW;q=0.2,zh;q=0.3", "en", "zh_CN"},
            {" \ten", "zh_CN", "en"}, {"en ;\tq=0.5 , zh ; q=0.4", "zh_TW", "en"},
            {",,en,,", "zh_CN", "en"}, {"eng", "zh_CN", "zh_CN"}, {"zho", "en", "en"},
            {"en_US", "zh_CN", "zh_CN"}, {"zh-twx", "en", "zh_CN"}, {"-en", "zh_CN", "zh_CN"},
            {";q=1", "en", "en"}, {"EN;Q=0.5,ZH-tw;Q=0.6", "zh_CN", "zh_TW"}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(text_language(rows[i].header, rows[i].fallback), rows[i].language), i,
                    rows[i].header);
        END_ROWS();
}

/* The last day of each month is valid, the day after it is not. */
static void
months_have_their_days(void **state)
{
        static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

        for (int year = 1999; year <= 2001; year++)
                for (int month = 1; month <= 12; month++) {
                        int last = lengths[month - 1] + (month == 2 && year == 2000);
                        char *day = arena_printf(*state, "%d-%02d-%02d", year, month, last);

                        ROW(text_beijing_day(day) > 0, month, day);
                        day = arena_printf(*state, "%d-%02d-%02d", year, month, last + 1);
                        ROW(text_beijing_day(day) == -1, month, day);
                }
        END_ROWS();
}

static void
beijing_days_turn_at_16_utc(void **state)
{
        static const struct {
                long long seconds;
                const char *text;
        } rows[] = {{57599, "1970-01-01 23:59"}, {57600, "1970-01-02 00:00"},
            {-28800, "1970-01-01 00:00"}, {-28801, "1969-12-31 23:59"},
            {1709136000, "2024-02-29 00:00"}, {2147483647, "2038-01-19 11:14"},
            {1763976600, "2025-11-24 17:30"}};

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(text_beijing_time(*state, rows[i].seconds), rows[i].text), i,
                    rows[i].text);
        END_ROWS();
}

static void
text_is_cleaned(void **state)
{
        static const struct {
                const char *dirty;
                const char *clean;
        } rows[] = {
            {"小明 🌸", "小明 🌸"},
            {"a\x01\x1f\x7f"
             "b",
                "ab"},
            {"a\xc2\x85"
             "b",
                "ab"}, /* C1 control */
            {"\xe2\x80\xae"
             "gnp",
                "gnp"}, /* right-to-left override */
            {"\xe2\x81\xa6x\xe2\x81\xa9\xd8\x9c", "x"}, {"\xff", "\xef\xbf\xbd"},
            {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},                 /* overlong NUL */
            {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* surrogate */
            {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
            {"abc\xe5\xb0", "abc\xef\xbf\xbd\xef\xbf\xbd"},         /* cut off */
            {"", ""}, {"👩‍👩‍👧", "👩‍👩‍👧"}, /* zero-width joiners stay */
        };

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(text_clean(*state, rows[i].dirty), rows[i].clean), i, rows[i].dirty);
        assert_string_equal(text_escape_html(*state, "<a href=\"x\" y='z'>&"),
            "&lt;a href=&quot;x&quot; y=&#39;z&#39;&gt;&amp;");
        END_ROWS();
}

static void
languages_are_chosen(void **state)
{
        static const struct {
                const char *header;
                const char *language;
        } rows[] = {{NULL, "zh_CN"}, {"", "zh_CN"}, {"en", "en"}, {"EN-us", "en"}, {"zh", "zh_CN"},
            {"zh-Hans-CN", "zh_CN"}, {"zh-hant", "zh_TW"}, {"zh-MO", "zh_TW"}, {"english", "zh_CN"},
            {"fr,de;q=0.9", "zh_CN"}, {"fr, en;q=0.1", "en"}, {"en;q=0.5, zh-TW;q=0.6", "zh_TW"},
            {"en;q=0", "zh_CN"}, {";;,,q=", "zh_CN"}, {"*", "zh_CN"}, {"en ; q=1", "en"}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(same(text_language(rows[i].header, "zh_CN"), rows[i].language), i,
                    rows[i].header == NULL ? "(none)" : rows[i].header);
        END_ROWS();
}

static void
beijing_time_is_utc_8(void **state)
{
        assert_string_equal(text_beijing_time(*state, 0), "1970-01-01 08:00");
        assert_string_equal(text_beijing_time(*state, 2147483648LL), "2038-01-19 11:14");
        assert_string_equal(text_beijing_time(*state, 4294967296LL), "2106-02-07 14:28");
}

static void
line_ends_stay_where_they_are_wanted(void **state)
{
        assert_string_equal(
            text_clean_lines(*state, "a\tb\r\nc\x01\x7f\xff"), "a\tb\r\nc\xef\xbf\xbd");
        assert_string_equal(text_clean_lines(*state, "\xe2\x80\xae\xe2\x80\x8e x"), " x");
        assert_string_equal(text_clean(*state, "a\tb\r\nc"), "abc");
        assert_string_equal(text_lower(*state, "AZaz\xc3\x84[@`{09"), "azaz\xc3\x84[@`{09");
}

/* Compared with the C library's calendar. */
static void
days_are_those_of_the_calendar(void **state)
{
        for (long long seconds = -9000000000LL; seconds < 30000000000LL; seconds += 40000003) {
                time_t shifted = (time_t)(seconds + 8 * 3600);
                char wanted[64];
                struct tm tm;

                assert_non_null(gmtime_r(&shifted, &tm));
                assert_true(strftime(wanted, sizeof(wanted), "%Y-%m-%d %H:%M", &tm) > 0);
                ROW(same(text_beijing_time(*state, seconds), wanted), 0, wanted);
        }
        END_ROWS();
}

static void
texts_are_cut_at_characters(void **state)
{
        static const struct {
                const char *text;
                size_t most, size;
        } rows[] = {{"", 0, 0}, {"abc", 3, 3}, {"abc", 4, 3}, {"abc", 2, 2}, {"abc", 0, 0},
            {"\xe4\xbd\xa0\xe5\xa5\xbd", 6, 6}, {"\xe4\xbd\xa0\xe5\xa5\xbd", 5, 3},
            {"\xe4\xbd\xa0\xe5\xa5\xbd", 3, 3}, {"\xe4\xbd\xa0\xe5\xa5\xbd", 2, 0},
            {"a\xf0\x9f\x98\x80", 4, 1}, {"a\xf0\x9f\x98\x80z", 5, 5}, {"ae\xcc\x81", 3, 1},
            {"ae\xcc\x81z", 4, 4}, {"a\r\n", 2, 1},
            {"x\xe2\x9d\xa4\xef\xb8\x8f", 6, 1},         /* a heart with its variation selector */
            {"x\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 8, 1}, /* a thumb with a skin tone */
            {"x\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", 9, 1}, /* two people joined */
            {"x\xf0\x9f\x87\xa8\xf0\x9f\x87\xb3", 8, 1},             /* a flag is two letters */
            {"\xf0\x9f\x87\xa8\xf0\x9f\x87\xb3\xf0\x9f\x87\xa8\xf0\x9f\x87\xb3", 15, 8}};
        char *accents = "a";

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(text_cut(rows[i].text, rows[i].most) == rows[i].size, i, rows[i].text);
        /* A letter with a hundred accents is cut all the same. */
        for (size_t i = 0; i < 100; i++)
                accents = arena_printf(*state, "%s\xcc\x81", accents);
        assert_int_equal(text_cut(accents, 150), 149);
        END_ROWS();
}

static void
days_are_read(void **state)
{
        static const struct {
                const char *day;
                long long start;
        } rows[] = {{"1970-01-02", 57600}, {"2026-12-24", 1798041600}, {"2024-02-29", 1709136000},
            {"2000-02-29", 951753600}, {"1900-02-29", -1}, {"2026-02-29", -1}, {"2026-13-01", -1},
            {"2026-00-10", -1}, {"2026-04-31", -1}, {"2026-1-1", -1}, {"", -1}, {"2026-12-24 ", -1},
            {"2026/12/24", -1}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                ROW(text_beijing_day(rows[i].day) == rows[i].start, i, rows[i].day);
                if (rows[i].start > 0)
                        ROW(strncmp(text_beijing_time(*state, rows[i].start), rows[i].day, 10) == 0,
                            i, rows[i].day);
        }
        END_ROWS();
}

static void
words_are_whole(void **state)
{
        static const struct {
                const char *text, *word;
                bool has;
        } rows[] = {{"a b", "a", true}, {"a b", "b", true}, {"a  b ", "b", true},
            {"ab", "a", false}, {"ab", "b", false}, {"a b", "a b", false}, {"", "a", false},
            {"", "", false}, {" ", "", false}, {"登录 code", "登录", true},
            {"登录 code", "登", false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(text_has_word(rows[i].text, rows[i].word) == rows[i].has, i, rows[i].text);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(days_are_read), TEST(words_are_whole),
            TEST(texts_are_cut_at_characters), TEST(text_is_cleaned), TEST(languages_are_chosen),
            TEST(beijing_time_is_utc_8), TEST(each_code_point_stays_or_goes),
            TEST(ill_formed_bytes_are_replaced), TEST(html_is_escaped),
            TEST(ids_are_within_their_lengths), TEST(languages_follow_rfc_9110),
            TEST(line_ends_stay_where_they_are_wanted), TEST(days_are_those_of_the_calendar),
            TEST(months_have_their_days), TEST(beijing_days_turn_at_16_utc)};

        return RUN(tests);
}
