#include "check/host_checks.h"

#include <string.h>

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
        else if (!trial->has_facts)
                report_add(report, REPORT_UNTRIED, "sandbox.untried", NULL);
        else if ((trial->facts.gaps & SANDBOX_NO_LANDLOCK) != 0)
                report_add(report, REPORT_HINT, "sandbox.no_landlock", NULL);
        else if ((trial->facts.gaps & SANDBOX_NO_FILTER) != 0)
                report_add(report, REPORT_HINT, "sandbox.no_filter", NULL);
        else
                report_add(report, REPORT_GOOD, "sandbox.good", NULL);
}

/* Each limit is shown in its unit. */
static const char *
show(const struct trial *trial, long long limit, long long unit)
{
        return arena_printf(trial->arena, "%lld", limit / unit);
}

void
check_process_limits(struct trial *trial)
{
        /* What a program needs, with room to spare. */
        static const struct {
                long long least, unit;
                const char *name;
        } limits[FACTS_LIMITS] = {[FACTS_FILES] = {32, 1, "limits.files"},
            [FACTS_FILE_SIZE] = {4L * MEGABYTE, MEGABYTE, "limits.file_size"},
            [FACTS_MEMORY] = {128L * MEGABYTE, MEGABYTE, "limits.memory"},
            [FACTS_SECONDS] = {5, 1, "limits.seconds"},
            [FACTS_PROCESSES] = {10, 1, "limits.processes"}};
        struct report *report = &trial->report;

        if (!trial->has_facts) {
                report_add(report, REPORT_UNTRIED, "limits.untried", NULL);
                return;
        }
        for (size_t i = 0; i < FACTS_LIMITS; i++) {
                long long limit = trial->facts.limits[i];

                if (limit >= 0 && limit < limits[i].least)
                        report_add(report, REPORT_HINT, limits[i].name, "limit",
                            show(trial, limit, limits[i].unit), "least",
                            show(trial, limits[i].least, limits[i].unit), NULL);
        }
        if (!report_has(report, "limits"))
                report_add(report, REPORT_GOOD, "limits.good", NULL);
}
