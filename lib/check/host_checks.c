#include "check/host_checks.h"

#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "check/trial.h"
#include "host/sandbox.h"

enum { MEGABYTE = 1024 * 1024 };

void
check_sandbox_there(struct trial *trial)
{
        struct report *report = &trial->report;

        if (!trial->is_set_up)
                return;
        if (strcmp(trial->conf.sandbox, "off") == 0)
                report_add(report, REPORT_HINT, "sandbox.off", NULL);
        else if ((trial->gaps & SANDBOX_NO_LANDLOCK) != 0)
                report_add(report, REPORT_HINT, "sandbox.no_landlock", NULL);
        else if ((trial->gaps & SANDBOX_NO_FILTER) != 0)
                report_add(report, REPORT_HINT, "sandbox.no_filter", NULL);
        else
                report_add(report, REPORT_GOOD, "sandbox.good", NULL);
}

void
check_process_limits(struct trial *trial)
{
        /* What a program needs, with room to spare. */
        static const struct {
                int resource;
                rlim_t least;
                const char *name;
        } limits[] = {{RLIMIT_NOFILE, 32, "open files"}, {RLIMIT_FSIZE, 4L * MEGABYTE, "file size"},
            {RLIMIT_AS, 128L * MEGABYTE, "memory"}, {RLIMIT_CPU, 5, "CPU seconds"},
            {RLIMIT_NPROC, 10, "processes"}};
        struct pairs low;
        struct rlimit limit;

        pairs_init(&low, trial->arena);
        for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
                if (getrlimit(limits[i].resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
                    limit.rlim_cur < limits[i].least)
                        pairs_add(&low, "",
                            arena_printf(trial->arena, "%s %llu < %llu", limits[i].name,
                                (unsigned long long)limit.rlim_cur,
                                (unsigned long long)limits[i].least));
        if (low.count > 0)
                report_add(&trial->report, REPORT_HINT, "limits.low", "names",
                    trial_join(trial->arena, &low), NULL);
        else
                report_add(&trial->report, REPORT_GOOD, "limits.good", NULL);
}
