/* os: the clock, random tokens. */
#include "table.h"

#include "host/os.h"

static void
tokens_are_random(void **state)
{
        struct arena *arena = *state;
        struct err err;
        long long before = os_clock_ms();
        char *tokens[64];

        for (size_t i = 0; i < COUNT(tokens); i++) {
                assert_int_equal(os_random_token(arena, &tokens[i], &err), 0);
                ROW(strlen(tokens[i]) == 43 &&
                        tokens[i][strspn(tokens[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                                                    "uvwxyz0123456789-_")] == '\0',
                    i, tokens[i]);
                for (size_t j = 0; j < i; j++)
                        ROW(strcmp(tokens[i], tokens[j]) != 0, i, tokens[i]);
        }
        assert_true(os_now() > 1700000000);
        os_sleep(20);
        assert_true(os_clock_ms() - before >= 20);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(tokens_are_random)};

        return RUN(tests);
}
