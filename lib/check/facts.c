#include "check/facts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

static const struct {
        const char *name;
        int resource;
} limits[FACTS_LIMITS] = {[FACTS_FILES] = {"files", RLIMIT_NOFILE},
    [FACTS_FILE_SIZE] = {"file_size", RLIMIT_FSIZE},
    [FACTS_MEMORY] = {"memory", RLIMIT_AS},
    [FACTS_SECONDS] = {"seconds", RLIMIT_CPU},
    [FACTS_PROCESSES] = {"processes", RLIMIT_NPROC}};

void
facts_find(struct facts *facts)
{
        struct stat program;
        struct rlimit limit;

        /* Without /proc the owner is unknown: there is no warning. */
        *facts = (struct facts){.has_own_user = stat("/proc/self/exe", &program) != 0 ||
                                                program.st_uid == geteuid() || program.st_uid == 0};
        for (size_t i = 0; i < FACTS_LIMITS; i++)
                facts->limits[i] =
                    getrlimit(limits[i].resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
                        ? (long long)limit.rlim_cur
                        : -1;
}

const char *
facts_format(struct arena *arena, const struct facts *facts)
{
        const char *text = arena_printf(arena, "user=%d", facts->has_own_user);

        for (size_t i = 0; i < FACTS_LIMITS; i++)
                text = arena_printf(arena, "%s %s=%lld", text, limits[i].name, facts->limits[i]);
        return text;
}

/* Returns the number behind " name=". Returns false if there is none. */
static bool
read_number(const char *answer, const char *name, long long *number)
{
        size_t size = strlen(name);

        for (const char *at = answer; (at = strchr(at, ' ')) != NULL;) {
                at++;
                if (strncmp(at, name, size) == 0 && at[size] == '=') {
                        *number = strtoll(at + size + 1, NULL, 10);
                        return true;
                }
        }
        return false;
}

bool
facts_parse(const char *answer, struct facts *facts)
{
        long long user, gaps;

        if (!read_number(answer, "user", &user) || !read_number(answer, "gaps", &gaps))
                return false;
        facts->has_own_user = user != 0;
        facts->gaps = (unsigned)gaps;
        for (size_t i = 0; i < FACTS_LIMITS; i++)
                if (!read_number(answer, limits[i].name, &facts->limits[i]))
                        return false;
        return true;
}
