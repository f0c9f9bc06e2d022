#include "state/journal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "host/atomic.h"
#include "base/err.h"
#include "host/file.h"
#include "host/lines.h"
#include "host/lock.h"
#include "state/room.h"
#include "base/pairs.h"
#include "base/sort.h"
#include "base/text.h"

static const char suffix[] = ".jsonl";

enum { DAY_SECONDS = 86400, DAY_SIZE = sizeof("2026-11-24") - 1, LEFTOVER_SECONDS = 3600 };

static int
open_folder(struct arena *arena, const char *state_dir, bool create, int *folder, struct err *err)
{
        return file_open_folder(
            arena, AT_FDCWD, arena_printf(arena, "%s/events", state_dir), create, folder, err);
}

static char *
file_of_day(struct arena *arena, long long now)
{
        return arena_printf(arena, "%.*s%s", DAY_SIZE, text_beijing_time(arena, now), suffix);
}

static bool
is_of_day(const char *name)
{
        return strlen(name) == DAY_SIZE + strlen(suffix) && strcmp(name + DAY_SIZE, suffix) == 0;
}

/* The context of the functions that visit the folder's files. */
struct visit {
        struct arena *arena;
        int folder;
        const char *first;   /* the file of the oldest day that is kept */
        long long temporary; /* temporary files older than this are deleted */
        const char *word;    /* lines with it are removed */
        struct err *err;
        int result;
};

static int
sweep_day(void *context, const char *name, long long stamp)
{
        struct visit *visit = context;

        (void)stamp;
        if (is_of_day(name) && strcmp(name, visit->first) < 0)
                visit->result = atomic_drop(visit->folder, name, visit->err);
        return visit->result;
}

static int
sweep_temporary(void *context, const char *name, long long stamp)
{
        struct visit *visit = context;

        if (atomic_is_temporary(name) && stamp < visit->temporary)
                visit->result = atomic_delete(visit->folder, name, visit->err);
        return visit->result;
}

static int
remove_lines(void *context, const char *name, long long stamp)
{
        struct visit *visit = context;

        (void)stamp;
        if (is_of_day(name))
                visit->result =
                    lines_remove(visit->arena, visit->folder, name, visit->word, visit->err);
        return visit->result;
}

static int
try_append(struct arena *arena, const char *state_dir, const char *line, long long days,
    long long now, struct err *err)
{
        struct visit visit = {.first = file_of_day(arena, now - days * DAY_SECONDS), .err = err};
        bool created;

        if (open_folder(arena, state_dir, true, &visit.folder, err) != 0 ||
            lines_append(visit.folder, file_of_day(arena, now), arena_printf(arena, "%s\n", line),
                &created, err) != 0)
                return -1;
        if (!created)
                return 0;
        if (file_list(visit.folder, sweep_day, &visit, err) != 0)
                return -1;
        return visit.result;
}

int
journal_append(struct arena *arena, const char *state_dir, const char *line, long long days,
    long long now, struct err *err)
{
        int result = try_append(arena, state_dir, line, days, now, err);

        if (result != 0 && room_make(arena, state_dir, err))
                result = try_append(arena, state_dir, line, days, now, err);
        return result;
}

/* The lock lets one process at a time rewrite files, so any temporary file was left by a process
 * that died. Those are deleted first. */
static int
forget(struct visit *visit)
{
        int lock;

        if (lock_acquire(visit->folder, ".lock", &lock, visit->err) != 0)
                return -1;
        if (file_list(visit->folder, sweep_temporary, visit, visit->err) != 0 ||
            visit->result != 0 || file_list(visit->folder, remove_lines, visit, visit->err) != 0)
                visit->result = -1;
        lock_release(lock);
        return visit->result;
}

/* Opens the journal's folder; *found is false if there is none. */
static int
find(struct arena *arena, const char *state_dir, int *folder, bool *found, struct err *err)
{
        *found = open_folder(arena, state_dir, false, folder, err) == 0;
        if (*found)
                return 0;
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

int
journal_read(struct arena *arena, const char *state_dir, const char *day, lines_visit *visit,
    void *context, struct err *err)
{
        bool found;
        int folder;

        if (text_beijing_day(day) < 0)
                return 0;
        if (find(arena, state_dir, &folder, &found, err) != 0)
                return -1;
        if (!found || lines_read(arena, folder, arena_printf(arena, "%s%s", day, suffix), visit,
                          context, err) == 0)
                return 0;
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

int
journal_forget(struct arena *arena, const char *state_dir, const char *openid, struct err *err)
{
        /* An openid needs no escapes in JSON: as a value it is the openid in quotes. */
        struct visit visit = {.arena = arena,
            .temporary = LLONG_MAX,
            .word = arena_printf(arena, "\"%s\"", openid),
            .err = err};
        bool found;

        if (find(arena, state_dir, &visit.folder, &found, err) != 0)
                return -1;
        if (!found || forget(&visit) == 0)
                return 0;
        if (!room_make(arena, state_dir, err))
                return -1;
        visit.result = 0;
        return forget(&visit);
}

static int
find_latest(void *context, const char *name, long long stamp)
{
        long long *when = context;

        if (is_of_day(name) && stamp > *when)
                *when = stamp;
        return 0;
}

int
journal_last(struct arena *arena, const char *state_dir, long long *when, struct err *err)
{
        long long latest = 0;
        bool found;
        int folder;

        if (find(arena, state_dir, &folder, &found, err) != 0 ||
            (found && file_list(folder, find_latest, &latest, err) != 0))
                return -1;
        *when = latest;
        return 0;
}

static int
sweep_file(void *context, const char *name, long long stamp)
{
        return sweep_day(context, name, stamp) != 0 ? -1 : sweep_temporary(context, name, stamp);
}

/* Where no days are kept, today's file goes as well. */
int
journal_sweep(
    struct arena *arena, const char *state_dir, long long days, long long now, struct err *err)
{
        long long first = days == 0 ? now + DAY_SECONDS : now - days * DAY_SECONDS;
        struct visit visit = {
            .first = file_of_day(arena, first), .temporary = now - LEFTOVER_SECONDS, .err = err};
        bool found;

        if (find(arena, state_dir, &visit.folder, &found, err) != 0)
                return -1;
        if (found && file_list(visit.folder, sweep_file, &visit, err) != 0)
                return -1;
        return visit.result;
}

static int
add_day(void *context, const char *name, long long stamp)
{
        struct pairs *days = context;

        (void)stamp;
        if (is_of_day(name))
                pairs_add(days, "day", arena_strdup(days->arena, name));
        return 0;
}

static int
compare_days(const void *a, const void *b)
{
        return strcmp(((const struct pair *)a)->value, ((const struct pair *)b)->value);
}

/* Reads the days from the latest one back, until there are size bytes. */
static int
find_days(struct arena *arena, int folder, const struct pairs *days, const char *word, size_t size,
    struct buf *lines, bool *all, struct err *err)
{
        struct buf *found = arena_alloc(arena, (days->count + 1) * sizeof(*found));
        size_t first = days->count;

        while (first > 0 && size > 0) {
                struct buf *day = &found[--first];

                buf_init(day, arena);
                if (lines_find(
                        arena, folder, days->items[first].value, word, size, day, all, err) != 0)
                        return -1;
                size -= day->size;
                if (!*all)
                        break;
        }
        *all &= first == 0;
        for (; first < days->count; first++)
                buf_add(lines, found[first].data, found[first].size);
        return 0;
}

int
journal_find(struct arena *arena, const char *state_dir, const char *openid, size_t size,
    struct buf *lines, bool *all, struct err *err)
{
        struct pairs days;
        bool found;
        int folder;

        *all = true;
        pairs_init(&days, arena);
        if (find(arena, state_dir, &folder, &found, err) != 0)
                return -1;
        if (!found)
                return 0;
        if (file_list(folder, add_day, &days, err) != 0)
                return -1;
        sort_array(days.items, days.count, sizeof(*days.items), compare_days);
        return find_days(
            arena, folder, &days, arena_printf(arena, "\"%s\"", openid), size, lines, all, err);
}

int
journal_days(struct arena *arena, const char *state_dir, struct pairs *days, struct err *err)
{
        size_t first = days->count;
        bool found;
        int folder;

        if (find(arena, state_dir, &folder, &found, err) != 0)
                return -1;
        if (found && file_list(folder, add_day, days, err) != 0)
                return -1;
        for (size_t i = first; i < days->count; i++)
                days->items[i].value = arena_copy(days->arena, days->items[i].value, DAY_SIZE);
        return 0;
}
