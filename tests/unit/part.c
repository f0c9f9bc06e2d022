/* part, date: the part of a file that a request gets (RFC 9110, sections 13 and 14), dates. */
#include "table.h"

#include <limits.h>

#include "format/date.h"
#include "gate/part.h"

enum { MODIFIED = 784111777 }; /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct part_file file = {"\"a\"", MODIFIED, true, 1000};

/* Asks for the file with these headers; NULL: not sent. */
static struct part
ask(void **state, struct part_asked asked, const struct part_file *of)
{
        const char **headers[] = {&asked.range, &asked.if_range, &asked.if_match,
            &asked.if_none_match, &asked.if_modified_since, &asked.if_unmodified_since};
        struct part part;

        for (size_t i = 0; i < COUNT(headers); i++)
                if (*headers[i] == NULL)
                        *headers[i] = "";
        part_choose(*state, &asked, of, &part);
        return part;
}

static void
ranges_give_a_part_or_the_whole(void **state)
{
        static const struct {
                const char *range;
                int status;
                long long offset, size;
        } rows[] = {{"", 200, 0, 1000}, {"bytes=0-0", 206, 0, 1}, {"bytes=0-", 206, 0, 1000},
            {"bytes=0-999", 206, 0, 1000}, {"bytes=999-", 206, 999, 1},
            {"bytes=999-999", 206, 999, 1}, {"bytes=10-19", 206, 10, 10}, {"bytes=-1", 206, 999, 1},
            {"bytes=-1000", 206, 0, 1000}, {"BYTES=1-2", 206, 1, 2}, {"bytes= 1-2 ", 206, 1, 2},
            {"bytes=,1-2,,", 206, 1, 2}, {"bytes=007-008", 206, 7, 2},
            /* beyond the end: as much as there is */
            {"bytes=0-1000", 206, 0, 1000}, {"bytes=500-99999999999999999999", 206, 500, 500},
            {"bytes=-1001", 206, 0, 1000}, {"bytes=-99999999999999999999999", 206, 0, 1000},
            {"bytes=0-9223372036854775807", 206, 0, 1000},
            {"bytes=0-18446744073709551615", 206, 0, 1000},
            /* outside */
            {"bytes=1000-", 416, 0, 1000}, {"bytes=1000-1000", 416, 0, 1000},
            {"bytes=-0", 416, 0, 1000}, {"bytes=9223372036854775807-", 416, 0, 1000},
            {"bytes=99999999999999999999-99999999999999999999", 416, 0, 1000},
            /* malformed, reversed, of another unit: as if there were none */
            {"bytes", 200, 0, 1000}, {"bytes=", 200, 0, 1000}, {"bytes=-", 200, 0, 1000},
            {"bytes=1", 200, 0, 1000}, {"bytes=a-b", 200, 0, 1000}, {"bytes=1-b", 200, 0, 1000},
            {"bytes=2-1", 200, 0, 1000}, {"bytes=-1-2", 200, 0, 1000}, {"bytes=--1", 200, 0, 1000},
            {"bytes=1--2", 200, 0, 1000}, {"bytes=+1-2", 200, 0, 1000},
            {"bytes=0x1-2", 200, 0, 1000}, {"bytes=1 -2", 200, 0, 1000},
            {"bytes =1-2", 200, 0, 1000}, {"items=0-5", 200, 0, 1000}, {"1-2", 200, 0, 1000},
            {"none", 200, 0, 1000}, {"bytes=1-2;", 200, 0, 1000},
            /* several */
            {"bytes=0-0,1-1", 200, 0, 1000}, {"bytes=0-0, -1", 200, 0, 1000},
            {"bytes=2000-,0-1", 200, 0, 1000}, {"bytes=0-,0-,0-,0-", 200, 0, 1000}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct part_asked asked = {.is_get = true, .range = rows[i].range};
                struct part part = ask(state, asked, &file);

                ROW(part.status == rows[i].status && part.offset == rows[i].offset &&
                        part.size == rows[i].size,
                    i, rows[i].range);
                asked.is_get = false;
                ROW(ask(state, asked, &file).status == 200, i, "HEAD: a Range does not count");
        }
        END_ROWS();
}

/* Every header of a short alphabet: a part lies in the file, and what is served is what the header
 * says. */
static void
no_range_leaves_the_file(void **state)
{
        static const char letters[] = "0129-,";
        char header[16] = "bytes=";

        for (unsigned n = 0; n < 7776; n++) {
                unsigned rest = n;
                struct part_file small = {"\"a\"", MODIFIED, true, n % 13};
                struct part_asked asked = {.is_get = true, .range = header};
                struct part part;

                for (size_t i = 0; i < 5; i++, rest /= 6)
                        header[6 + i] = letters[rest % 6];
                part = ask(state, asked, &small);
                ROW(part.offset >= 0 && part.size >= 0 && part.offset + part.size <= small.size &&
                        (part.status == 200
                                ? part.offset == 0 && part.size == small.size
                                : part.status == 416 || (part.status == 206 && part.size > 0)),
                    n, header);
        }
        END_ROWS();
}

static void
empty_files_are_whole(void **state)
{
        static const char *const ranges[] = {"bytes=0-", "bytes=-1", "bytes=0-0", "bytes=5-"};
        struct part_file empty = {"\"a\"", MODIFIED, true, 0};

        for (size_t i = 0; i < COUNT(ranges); i++) {
                struct part_asked asked = {.is_get = true, .range = ranges[i]};
                struct part part = ask(state, asked, &empty);

                ROW(part.status == 200 && part.size == 0, i, ranges[i]);
        }
        END_ROWS();
}

/* A thousand ranges, of any kind, cost what no range does. */
static void
a_thousand_ranges_are_one_file(void **state)
{
        static const char *const kinds[] = {"0-", "-1", "5-5", "0-0,", "9-1"};

        for (size_t kind = 0; kind < COUNT(kinds); kind++) {
                char *header = arena_alloc(*state, 16384);
                struct part_asked asked = {.is_get = true, .range = header};
                struct part part;

                strcpy(header, "bytes=");
                for (int i = 0; i < 1000; i++)
                        strcat(strcat(header, i == 0 ? "" : ","), kinds[kind]);
                part = ask(state, asked, &file);
                ROW(part.status == 200 && part.offset == 0 && part.size == 1000, kind, kinds[kind]);
        }
        END_ROWS();
}

static void
conditions_come_before_ranges(void **state)
{
        static const char before[] = "Sun, 06 Nov 1994 08:49:36 GMT",
                          then[] = "Sun, 06 Nov 1994 08:49:37 GMT",
                          after[] = "Sun, 06 Nov 1994 08:49:38 GMT";
        static const struct {
                const char *name;
                struct part_asked asked;
                int status;
        } rows[] = {
            {"the tag it has", {.if_none_match = "\"a\""}, 304},
            {"its weak form", {.if_none_match = "W/\"a\""}, 304},
            {"another tag", {.if_none_match = "\"b\""}, 200},
            {"a list with it", {.if_none_match = "\"b\", W/\"c\" ,\"a\""}, 304},
            {"a list with a comma in a tag", {.if_none_match = "\"x,y\",\"a\""}, 304},
            {"a list without it", {.if_none_match = "\"b\",\"aa\",\"\",\"A\""}, 200},
            {"any", {.if_none_match = "*"}, 304},
            {"no quotation marks", {.if_none_match = "a"}, 200},
            {"no end", {.if_none_match = "\"a"}, 200},
            {"before it, an end that is missing", {.if_none_match = "\"b, \"a\""}, 200},
            {"unchanged since then", {.if_modified_since = then}, 304},
            {"since later", {.if_modified_since = after}, 304},
            {"changed since", {.if_modified_since = before}, 200},
            {"no date", {.if_modified_since = "yesterday"}, 200},
            {"the tag outweighs the date", {.if_none_match = "\"b\"", .if_modified_since = after},
                200},
            {"and the other way round", {.if_none_match = "\"a\"", .if_modified_since = before},
                304},
            {"if it is that one", {.if_match = "\"a\""}, 200},
            {"if it is any", {.if_match = "*"}, 200},
            {"if it is another", {.if_match = "\"b\""}, 412},
            {"if it is that one, weakly", {.if_match = "W/\"a\""}, 412},
            {"unmodified since then", {.if_unmodified_since = then}, 200},
            {"modified since", {.if_unmodified_since = before}, 412},
            {"modified since, but it is that one",
                {.if_match = "\"a\"", .if_unmodified_since = before}, 200},
            {"412 before 304", {.if_match = "\"b\"", .if_none_match = "\"a\""}, 412},
            {"304 before 206", {.if_none_match = "\"a\"", .range = "bytes=0-1"}, 304},
            {"304 before 416", {.if_modified_since = then, .range = "bytes=5000-"}, 304},
            {"206 with the tag", {.if_range = "\"a\"", .range = "bytes=0-1"}, 206},
            {"206 with the date", {.if_range = then, .range = "bytes=0-1"}, 206},
            {"416 with the tag", {.if_range = "\"a\"", .range = "bytes=5000-"}, 416},
            {"the whole with another tag", {.if_range = "\"b\"", .range = "bytes=0-1"}, 200},
            {"with another tag, outside", {.if_range = "\"b\"", .range = "bytes=5000-"}, 200},
            {"with the weak tag", {.if_range = "W/\"a\"", .range = "bytes=0-1"}, 200},
            {"with an earlier date", {.if_range = before, .range = "bytes=0-1"}, 200},
            {"with a later date", {.if_range = after, .range = "bytes=0-1"}, 200},
            {"with nonsense", {.if_range = "a", .range = "bytes=0-1"}, 200},
        };

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct part_asked asked = rows[i].asked;

                asked.is_get = true;
                ROW(ask(state, asked, &file).status == rows[i].status, i, rows[i].name);
                asked.is_get = false;
                ROW(ask(state, asked, &file).status ==
                        (asked.range != NULL && rows[i].status != 304 ? 200 : rows[i].status),
                    i, rows[i].name);
        }
        END_ROWS();
}

/* A file that has just changed: what the client has is not joined with what is sent now. */
static void
what_has_just_changed_is_not_pieced_together(void **state)
{
        static const struct part_file fresh = {"W/\"a\"", MODIFIED, false, 1000};
        static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
        static const struct {
                struct part_asked asked;
                int status;
        } rows[] = {{{.if_range = "\"a\"", .range = "bytes=0-1"}, 200},
            {{.if_range = "W/\"a\"", .range = "bytes=0-1"}, 200},
            {{.if_range = date, .range = "bytes=0-1"}, 200}, {{.range = "bytes=0-1"}, 206},
            {{.if_none_match = "W/\"a\""}, 304}, {{.if_none_match = "\"a\""}, 304},
            {{.if_match = "\"a\""}, 412}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct part_asked asked = rows[i].asked;

                asked.is_get = true;
                ROW(ask(state, asked, &fresh).status == rows[i].status, i,
                    rows[i].asked.range == NULL ? "a tag" : rows[i].asked.range);
        }
        END_ROWS();
}

static void
dates_are_written_and_read(void **state)
{
        static const struct {
                const char *text;
                long long seconds;
        } rows[] = {{"Sun, 06 Nov 1994 08:49:37 GMT", MODIFIED},
            {"Thu, 01 Jan 1970 00:00:00 GMT", 0}, {"Tue, 29 Feb 2000 23:59:59 GMT", 951868799},
            {"Mon, 01 Mar 2100 00:00:00 GMT", 4107542400},
            {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799}, {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
            {"Tue, 19 Jan 2038 03:14:08 GMT", 2147483648}};
        static const struct {
                const char *text;
                long long seconds;
        } others[] = {{"Sunday, 06-Nov-94 08:49:37 GMT", MODIFIED},
            {"Sun Nov  6 08:49:37 1994", MODIFIED}, {"Wed Nov 16 08:49:37 1994", MODIFIED + 864000},
            {"Wednesday, 01-Jan-69 00:00:00 GMT", 3124224000}};
        static const char *const none[] = {"", "0", "Sun, 06 Nov 1994 08:49:37", "1994-11-06",
            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Mai 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun,  6 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "\xe5, 06 Nov"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                long long seconds = 7;

                ROW(same(date_format(*state, rows[i].seconds), rows[i].text), i, rows[i].text);
                ROW(date_parse(*state, rows[i].text, &seconds) && seconds == rows[i].seconds, i,
                    rows[i].text);
        }
        for (size_t i = 0; i < COUNT(others); i++) {
                long long seconds = 7;

                ROW(date_parse(*state, others[i].text, &seconds) && seconds == others[i].seconds, i,
                    others[i].text);
        }
        for (size_t i = 0; i < COUNT(none); i++) {
                long long seconds = 7;

                ROW(!date_parse(*state, none[i], &seconds) && seconds == 7, i, none[i]);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(ranges_give_a_part_or_the_whole),
            TEST(no_range_leaves_the_file), TEST(empty_files_are_whole),
            TEST(a_thousand_ranges_are_one_file), TEST(conditions_come_before_ranges),
            TEST(what_has_just_changed_is_not_pieced_together), TEST(dates_are_written_and_read)};

        return RUN(tests);
}
