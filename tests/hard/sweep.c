/*
 * sweep STATE_DIR SHARD...: sweeps these shards (hex digits) of every kind, as many sign-ins would
 * over time, and prints "swept". For the tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "state/journal.h"
#include "host/os.h"
#include "state/store.h"
#include "state/user.h"

/* No day of the journal is too old. */
enum { DAYS = 3660 };

static int
sweep(struct arena *arena, const char *state_dir, char **shards, struct err *err)
{
        struct users *users = users_new(arena, state_dir);
        struct store *store;

        if (store_open(arena, state_dir, true, &store, err) != 0)
                return -1;
        for (; *shards != NULL; shards++) {
                unsigned draw = (unsigned)strtoul(*shards, NULL, 16);

                for (int kind = 0; kind < STORE_KINDS; kind++)
                        if (store_sweep(store, (enum store_kind)kind, draw, os_now(), NULL, err) !=
                            0)
                                return -1;
                if (user_sweep(users, draw, os_now(), err) != 0)
                        return -1;
        }
        return journal_sweep(arena, state_dir, DAYS, os_now(), err);
}

int
main(int argc, char **argv)
{
        struct arena *arena = arena_new(abort);
        struct err err;

        if (argc < 2 || arena == NULL)
                return 2;
        umask(077);
        if (sweep(arena, argv[1], argv + 2, &err) != 0) {
                fprintf(stderr, "sweep: %s\n", err.text);
                return 1;
        }
        arena_free(arena);
        return puts("swept") < 0 || fflush(stdout) != 0 ? 1 : 0;
}
