/* pairs: no pairs, order, repeated names, joining, numbers at their limits. */
#include "table.h"

static void
nothing_is_found_where_nothing_is(void **state)
{
        struct pairs pairs;

        pairs_init(&pairs, *state);
        assert_int_equal(pairs.count, 0);
        assert_null(pairs_get(&pairs, "a"));
        assert_null(pairs_get_once(&pairs, "a"));
        assert_string_equal(pairs_get_text(&pairs, "a"), "");
        assert_string_equal(pairs_join(&pairs, "a", ","), "");
        assert_int_equal(pairs_get_number(&pairs, "a", -7), -7);
        assert_int_equal(pairs_count(&pairs, "a"), 0);
        pairs_remove(&pairs, "a");
        pairs_add(&pairs, "a", NULL);
        pairs_add_typed(&pairs, "a", NULL, PAIR_ITEM);
        assert_int_equal(pairs.count, 0);
}

static void
order_and_types_stay(void **state)
{
        struct pairs pairs;

        pairs_init(&pairs, *state);
        pairs_add(&pairs, "a", "1");
        pairs_add_typed(&pairs, "b", "true", PAIR_BOOL);
        pairs_add_number(&pairs, "c", INT64_MIN);
        pairs_add(&pairs, "A", "other");
        pairs_add(&pairs, "b", "2");
        pairs_add(&pairs, "", "no name");
        pairs_remove(&pairs, "b");
        assert_int_equal(pairs.count, 4);
        assert_string_equal(pairs.items[1].value, "-9223372036854775808");
        assert_int_equal(pairs.items[1].type, PAIR_NUMBER);
        assert_int_equal(pairs.items[0].type, PAIR_TEXT);
        assert_string_equal(pairs_get(&pairs, "A"), "other"); /* names keep their case */
        assert_string_equal(pairs_get(&pairs, ""), "no name");
        assert_null(pairs_get(&pairs, "b"));
        for (int i = 0; i < 16; i++) /* beyond the first allocation */
                pairs_add(&pairs, "n", i % 2 == 0 ? "x" : "y");
        assert_int_equal(pairs_count(&pairs, "n"), 16);
        assert_string_equal(pairs.items[0].value, "1");
}

static void
values_are_joined(void **state)
{
        static const struct {
                const char *values[4];
                const char *separator;
                const char *joined;
        } rows[] = {
            {{"a"}, ", ", "a"},
            {{"a", "b"}, ", ", "a, b"},
            {{"a", "b", "c"}, "", "abc"},
            {{"a", "", "c"}, ",", "a,,c"},
            {{"", "b"}, ",", ",b"}, /* an empty value is a value */
            {{"", ""}, ",", ","},
            {{""}, ",", ""},
        };

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;

                pairs_init(&pairs, *state);
                for (size_t v = 0; v < 4 && rows[i].values[v] != NULL; v++) {
                        pairs_add(&pairs, "other", "x");
                        pairs_add(&pairs, "n", rows[i].values[v]);
                }
                ROW(same(pairs_join(&pairs, "n", rows[i].separator), rows[i].joined), i,
                    rows[i].joined);
        }
        END_ROWS();
}

static void
numbers_are_taken_to_their_limits(void **state)
{
        static const struct {
                const char *text;
                long long number; /* 99: refused */
        } rows[] = {{"9223372036854775807", INT64_MAX}, {"-9223372036854775808", INT64_MIN},
            {"9223372036854775808", 99}, {"-9223372036854775809", 99}, {"007", 7}, {"-0", 0},
            {"-", 99}, {"--1", 99}, {"-+1", 99}, {"\t1", 99}, {"\n1", 99}, {"\r1", 99}, {"\v1", 99},
            {"1\n", 99}, {"1,000", 99}, {"1e3", 99}, {"true", 99}, {"NaN", 99},
            {"\xef\xbc\x91", 99}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;

                pairs_init(&pairs, *state);
                pairs_add(&pairs, "n", rows[i].text);
                pairs_add(&pairs, "n", "5"); /* the first counts */
                ROW(pairs_get_number(&pairs, "n", 99) == rows[i].number, i, rows[i].text);
        }
        END_ROWS();
}

static void
pairs_find_what_was_added(void **state)
{
        struct pairs pairs;

        pairs_init(&pairs, *state);
        for (int i = 0; i < 100; i++)
                pairs_add(&pairs, arena_printf(*state, "n%d", i), arena_printf(*state, "v%d", i));
        pairs_add(&pairs, "n7", "again");
        pairs_add(&pairs, "none", NULL);
        pairs_add_number(&pairs, "number", -42);
        assert_string_equal(pairs_get(&pairs, "n99"), "v99");
        assert_string_equal(pairs_get(&pairs, "n7"), "v7");
        assert_null(pairs_get_once(&pairs, "n7"));
        assert_string_equal(pairs_get_once(&pairs, "n8"), "v8");
        assert_null(pairs_get(&pairs, "none"));
        assert_string_equal(pairs_get_text(&pairs, "none"), "");
        assert_string_equal(pairs_join(&pairs, "n7", ", "), "v7, again");
        assert_int_equal(pairs_get_number(&pairs, "number", 0), -42);
        assert_int_equal(pairs_get_number(&pairs, "n1", 5), 5);
        pairs_remove(&pairs, "n7");
        assert_int_equal(pairs_count(&pairs, "n7"), 0);
        assert_int_equal(pairs.count, 100);
}

static void
numbers_are_whole(void **state)
{
        static const struct {
                const char *text;
                long long number;
        } rows[] = {{"0", 0}, {"12", 12}, {"-1", -1}, {"", 99}, {" 1", 99}, {"1 ", 99}, {"+1", 99},
            {"1x", 99}, {"99999999999999999999", 99}, {"0x10", 99}, {"1.5", 99}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs pairs;

                pairs_init(&pairs, *state);
                pairs_add(&pairs, "n", rows[i].text);
                ROW(pairs_get_number(&pairs, "n", 99) == rows[i].number, i, rows[i].text);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(pairs_find_what_was_added), TEST(numbers_are_whole),
            TEST(nothing_is_found_where_nothing_is), TEST(order_and_types_stay),
            TEST(values_are_joined), TEST(numbers_are_taken_to_their_limits)};

        return RUN(tests);
}
