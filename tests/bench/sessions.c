/* Fills a state folder with COUNT files like those of sessions, and prints how long the sweep of a
 * shard takes, the median of 101 in ms: sessions STATE-DIR COUNT. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "format/digest.h"
#include "base/err.h"
#include "host/os.h"
#include "state/store.h"

#include <time.h>

enum { SWEEPS = 101 };

static int
compare(const void *a, const void *b)
{
        return (*(const double *)a > *(const double *)b) -
               (*(const double *)a < *(const double *)b);
}

static double
now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
fill(const char *folder, long count)
{
        static const char record[200] = "wxstore1 ";
        struct timespec later[2] = {{time(NULL) + 86400, 0}, {time(NULL) + 86400, 0}};
        char path[4096], hex[DIGEST_HEX_SIZE + 1];

        for (long i = 0; i < count; i++) {
                int fd;

                digest_sha256_hex(&i, sizeof(i), hex);
                snprintf(path, sizeof(path), "%s/sessions/%.3s", folder, hex);
                if (i < 40000)
                        mkdir(path, 0700);
                snprintf(path, sizeof(path), "%s/sessions/%.3s/%s", folder, hex, hex);
                fd = open(path, O_WRONLY | O_CREAT, 0600);
                if (fd < 0 || write(fd, record, sizeof(record)) < 0 || futimens(fd, later) != 0)
                        return -1;
                close(fd);
        }
        return 0;
}

int
main(int argc, char **argv)
{
        double times[SWEEPS];
        struct arena *arena = arena_new(abort);
        struct store *store;
        struct err err;

        if (argc != 3 || store_open(arena, argv[1], true, &store, &err) != 0)
                return 2;
        mkdir(arena_printf(arena, "%s/sessions", argv[1]), 0700);
        if (fill(argv[1], strtol(argv[2], NULL, 10)) != 0)
                return 1;
        for (unsigned i = 0; i < SWEEPS; i++) {
                double before = now_ms();

                if (store_sweep(store, STORE_SESSION, i * 37, os_now(), NULL, &err) != 0)
                        return 1;
                times[i] = now_ms() - before;
        }
        qsort(times, SWEEPS, sizeof(times[0]), compare);
        printf("%.3f\n", times[SWEEPS / 2]);
        arena_free(arena);
        return 0;
}
