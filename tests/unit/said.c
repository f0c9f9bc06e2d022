/* said: what is said is taken once, and whoever looks at the first byte sees that there is
 * something. */
#include "table.h"

#include <unistd.h>

#include "base/arena.h"
#include "host/said.h"

static void
say(int said, const char *text)
{
        assert_int_equal(write(said, text, strlen(text)), strlen(text));
}

static void
the_first_byte_tells(void **state)
{
        struct arena *arena = arena_new(abort);
        int said = said_new();
        const volatile char *first = said_first(said);
        size_t size;

        (void)state;
        assert_non_null(first);
        for (int round = 0; round < 3; round++) {
                assert_int_equal(*first, 0);
                assert_null(said_take(said, arena, &size));
                say(said, "one\n");
                assert_int_not_equal(*first, 0);
                say(said, "two\n");
                assert_string_equal(said_take(said, arena, &size), "one\ntwo\n");
                assert_int_equal(size, 8);
        }
        close(said);
        assert_null(said_first(-1));
        arena_free(arena);
}

static void
what_is_passed_on_is_gone(void **state)
{
        struct arena *arena = arena_new(abort);
        int said = said_new(), to = said_new();
        const volatile char *first = said_first(said);
        size_t size;

        (void)state;
        say(said, "one\n");
        said_pass_on(said, to);
        assert_int_equal(*first, 0);
        assert_null(said_take(said, arena, &size));
        assert_string_equal(said_take(to, arena, &size), "one\n");
        close(said);
        close(to);
        arena_free(arena);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            TEST(the_first_byte_tells), TEST(what_is_passed_on_is_gone)};

        return RUN(tests);
}
