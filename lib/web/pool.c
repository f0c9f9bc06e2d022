#include "web/pool.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "host/sandbox.h"
#include "web/host.h"

bool
pool_parse(const char *name, enum pool *pool)
{
        static const char *const names[] = {
            [POOL_ALL] = "all", [POOL_QUICK] = "quick", [POOL_SLOW] = "slow"};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (strcmp(name, names[i]) == 0) {
                        *pool = (enum pool)i;
                        return true;
                }
        return false;
}

/* WeChat is asked with SANDBOX_NETWORK. A program that can go on behind its answer is one whose
 * answer may take long: it waits for the handler. */
static bool
is_slow(const struct app_program *program)
{
        return (host_needs(program) & SANDBOX_NETWORK) != 0 || program->after != NULL ||
               program->apart || program->local != NULL || program->alone != NULL;
}

bool
pool_has(enum pool pool, const struct app_program *program)
{
        return pool == POOL_ALL || program->instead != NULL ||
               is_slow(program) == (pool == POOL_SLOW);
}

const struct app_program *const *
pool_choose(
    struct arena *arena, enum pool pool, const struct app_program *const *programs, bool serves)
{
        const struct app_program **chosen;
        size_t count = 0;

        while (programs[count] != NULL)
                count++;
        chosen = arena_alloc(arena, (count + 1) * sizeof(*chosen));
        count = 0;
        for (; *programs != NULL; programs++)
                if (pool_has(pool, *programs) == serves)
                        chosen[count++] = *programs;
        return chosen;
}
