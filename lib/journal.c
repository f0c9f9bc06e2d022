#include "journal.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "arena.h"
#include "durable.h"
#include "err.h"
#include "file.h"
#include "text.h"

static const char suffix[] = ".jsonl";

enum { DAY_SECONDS = 86400, DAY_SIZE = sizeof("2026-11-24") - 1 };

static char *
file_of_day(struct arena *arena, long long now)
{
        return arena_printf(arena, "%.*s%s", DAY_SIZE, text_beijing_time(arena, now), suffix);
}

struct sweep {
        int folder;
        const char *first; /* the oldest file that stays */
        struct err *err;
        int result;
};

static int
sweep_file(void *context, const char *name, long long stamp)
{
        struct sweep *sweep = context;

        (void)stamp;
        if (strlen(name) != DAY_SIZE + strlen(suffix) || strcmp(name + DAY_SIZE, suffix) != 0 ||
            strcmp(name, sweep->first) >= 0)
                return 0;
        sweep->result = durable_delete(sweep->folder, name, sweep->err);
        return sweep->result;
}

int
journal_append(struct arena *arena, const char *state_dir, const char *line, long long days,
    long long now, struct err *err)
{
        struct sweep sweep = {.first = file_of_day(arena, now - days * DAY_SECONDS), .err = err};
        bool created;

        if (file_open_folder(arena, AT_FDCWD, arena_printf(arena, "%s/events", state_dir), true,
                &sweep.folder, err) != 0 ||
            durable_append(sweep.folder, file_of_day(arena, now), arena_printf(arena, "%s\n", line),
                &created, err) != 0)
                return -1;
        if (!created)
                return 0;
        if (file_list(sweep.folder, sweep_file, &sweep, err) != 0)
                return -1;
        return sweep.result;
}
