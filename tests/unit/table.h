/* Shared by the table-driven unit tests. */
#ifndef UNIT_TABLE_H
#define UNIT_TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Prints and counts a row that fails; the test itself fails at its end, after all rows. */
#define ROW(good, row, name)                                                                       \
        ((good) ? (void)0                                                                          \
                : (void)(failed_rows++, print_error("row %zu: %s\n", (size_t)(row), name)))

static int failed_rows;

static inline int
same(const char *a, const char *b)
{
        return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static inline int
set_up(void **state)
{
        failed_rows = 0;
        *state = arena_new(abort);
        return *state == NULL ? -1 : 0;
}

static inline int
tear_down(void **state)
{
        arena_free(*state);
        return failed_rows == 0 ? 0 : -1;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* SIGALRM ends a test program that hangs. WECHAT_SLACK is set under valgrind, where tests are
 * slow. */
static inline void
limit_time(void)
{
        alarm(getenv("WECHAT_SLACK") == NULL ? 300 : 1800);
}

#define RUN(tests)                                                                                 \
        (limit_time(), cmocka_set_message_output(CM_OUTPUT_TAP),                                   \
            cmocka_run_group_tests(tests, NULL, NULL))

/* Ends a test that this host cannot run. cmocka's skip() prints "not ok … # SKIP", which prove
 * counts as a failure. */
#define SKIP(why)                                                                                  \
        do {                                                                                       \
                print_message("# skipped: %s\n", why);                                             \
                return;                                                                            \
        } while (0)

#define END_ROWS() assert_int_equal(failed_rows, 0)

#endif
