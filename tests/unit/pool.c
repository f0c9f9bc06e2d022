/* pool: which programs a process for many requests serves. Of the programs that are built:
 * tests/server/pools.t. */
#include "table.h"

#include <string.h>

#include "base/arena.h"
#include "host/memory.h"
#include "host/sandbox.h"
#include "web/host.h"
#include "web/pool.h"

static int
go_on(struct app *app)
{
        (void)app;
        return 0;
}

static int
local(struct app *app, const char *text)
{
        (void)app;
        (void)text;
        return 0;
}

static int
alone(struct arena *arena, char *text, size_t size, struct err *err)
{
        (void)arena;
        (void)text;
        (void)size;
        (void)err;
        return 0;
}

static const char *
instead(struct host *host, char *const *environment)
{
        (void)host;
        (void)environment;
        return NULL;
}

static void
what_waits_is_slow(void **state)
{
        static const struct {
                struct app_program program;
                bool quick, slow;
        } rows[] = {{{.needs = 0}, true, false}, {{.needs = SANDBOX_READ_STATE}, true, false},
            {{.needs = SANDBOX_STANDARD | SANDBOX_NETWORK}, false, true},
            {{.after = go_on}, false, true}, {{.apart = true}, false, true},
            {{.local = local}, false, true}, {{.alone = alone}, false, true},
            {{.errands = true}, true, false}, {{.instead = instead}, true, true}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                ROW(pool_has(POOL_ALL, &rows[i].program), i, "all");
                ROW(pool_has(POOL_QUICK, &rows[i].program) == rows[i].quick, i, "quick");
                ROW(pool_has(POOL_SLOW, &rows[i].program) == rows[i].slow, i, "slow");
        }
        END_ROWS();
}

static void
names_are_exact(void **state)
{
        static const struct {
                const char *name;
                bool is_one;
                enum pool pool;
        } rows[] = {{"all", true, POOL_ALL}, {"quick", true, POOL_QUICK}, {"slow", true, POOL_SLOW},
            {"", false, POOL_ALL}, {"Quick", false, POOL_ALL}, {"quick ", false, POOL_ALL}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                enum pool pool = POOL_ALL;

                ROW(pool_parse(rows[i].name, &pool) == rows[i].is_one, i, "is one");
                ROW(pool == rows[i].pool, i, "pool");
        }
        END_ROWS();
}

static void
every_program_is_in_a_list(void **state)
{
        static const struct app_program quick = {.name = "quick"},
                                        slow = {.name = "slow", .needs = SANDBOX_NETWORK};
        const struct app_program *const programs[] = {&quick, &slow, NULL};
        struct arena *arena = arena_new(memory_exhausted);
        const struct app_program *const *list = pool_choose(arena, POOL_SLOW, programs, true);

        (void)state;
        assert_ptr_equal(list[0], &slow);
        assert_null(list[1]);
        list = pool_choose(arena, POOL_SLOW, programs, false);
        assert_ptr_equal(list[0], &quick);
        assert_null(list[1]);
        arena_free(arena);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            TEST(what_waits_is_slow), TEST(names_are_exact), TEST(every_program_is_in_a_list)};

        return RUN(tests);
}
