#include "state/notes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "host/atomic.h"
#include "host/file.h"
#include "host/lock.h"

enum { DAY_SECONDS = 86400, DATE_SIZE = sizeof("2026-11-24") - 1 };

static const char audit[] = "audit.jsonl", errors[] = "errors";

/* ---- errors ---- */

static const char *
date_of(struct arena *arena, long long when)
{
        return arena_copy(arena, text_beijing_time(arena, when), DATE_SIZE);
}

struct sweep {
        int folder;
        const char *first; /* the oldest day that is kept */
        struct err *err;
        int result;
};

static int
sweep_day(void *context, const char *name, long long stamp)
{
        struct sweep *sweep = context;

        (void)stamp;
        if (strlen(name) == DATE_SIZE && strcmp(name, sweep->first) < 0)
                sweep->result = atomic_drop(sweep->folder, name, sweep->err);
        return sweep->result;
}

/* Locks the file until it is closed. On error it is as it was. */
static int
append_line(int fd, const char *date, const char *line, bool *is_first, struct err *err)
{
        struct stat st;

        while (flock(fd, LOCK_EX) != 0)
                if (errno != EINTR)
                        return err_set_errno(err, ERR_SYSTEM, errno, errors);
        if (file_check_private(fd, &st, date, err) != 0)
                return -1;
        if (st.st_size + (off_t)strlen(line) > NOTES_DAY_MAX)
                return err_set(err, ERR_TOO_LARGE, "%s/%s: more than %d bytes", errors, date,
                    (int)NOTES_DAY_MAX);
        *is_first = st.st_size == 0;
        if (file_write_all(fd, line, strlen(line)) == 0)
                return 0;
        err_set_errno(err, ERR_SYSTEM, errno, errors);
        (void)!ftruncate(fd, st.st_size);
        return -1;
}

int
notes_add_error(struct arena *arena, int folder, const char *line, long long now, struct err *err)
{
        const int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
        struct sweep sweep = {.first = date_of(arena, now - DAY_SECONDS), .err = err};
        const char *date = date_of(arena, now);
        int fd, result, size = (int)strcspn(line, "\n");
        bool is_first = false;

        if (file_open_folder_unsynced(arena, folder, errors, &sweep.folder, err) != 0)
                return -1;
        fd = openat(sweep.folder, date, flags, 0600);
        if (fd < 0)
                return err_set_errno(err, ERR_SYSTEM, errno, errors);
        result = append_line(
            fd, date, arena_printf(arena, "%lld %.*s\n", now, size, line), &is_first, err);
        close(fd);
        if (result != 0 || !is_first)
                return result;
        return file_list(sweep.folder, sweep_day, &sweep, err) == 0 ? sweep.result : -1;
}

struct reading {
        long long since;
        bool (*visit)(void *context, long long when, const char *line);
        void *context;
        bool goes_on;
};

static bool
read_error(void *context, const char *line, size_t size)
{
        struct reading *reading = context;
        long long when;
        char *text;

        (void)size;
        when = strtoll(line, &text, 10);
        if (when < reading->since || *text != ' ')
                return true;
        reading->goes_on = reading->visit(reading->context, when, text + 1);
        return reading->goes_on;
}

/* Opens the folder of the errors; *found is false if there is none. */
static int
find_errors(struct arena *arena, int folder, int *found_folder, bool *found, struct err *err)
{
        *found = file_open_folder(arena, folder, errors, false, found_folder, err) == 0;
        if (*found)
                return 0;
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

int
notes_read_errors(struct arena *arena, int folder, long long since, long long now,
    bool (*visit)(void *context, long long when, const char *line), void *context, struct err *err)
{
        struct reading reading = {since, visit, context, true};
        int days;
        bool found;

        if (find_errors(arena, folder, &days, &found, err) != 0)
                return -1;
        for (int i = 0; found && reading.goes_on && i < 2; i++) {
                const char *date = date_of(arena, now - (long long)i * DAY_SECONDS);

                if (lines_read_back(arena, days, date, read_error, &reading, err) == 0)
                        continue;
                if (err->kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(err);
        }
        return 0;
}

struct forgetting {
        struct arena *arena;
        int folder;
        const char *openid;
        struct err *err;
        int result;
};

static int
forget_day(void *context, const char *name, long long stamp)
{
        struct forgetting *f = context;

        (void)stamp;
        if (atomic_is_temporary(name))
                f->result = atomic_delete(f->folder, name, f->err);
        else if (strlen(name) == DATE_SIZE)
                f->result = lines_remove(f->arena, f->folder, name, f->openid, f->err);
        return f->result;
}

int
notes_forget(struct arena *arena, int folder, const char *openid, struct err *err)
{
        struct forgetting f = {.arena = arena, .openid = openid, .err = err};
        bool found;
        int lock;

        if (find_errors(arena, folder, &f.folder, &found, err) != 0)
                return -1;
        if (!found)
                return 0;
        /* With the lock, any temporary file was left by a process that died. */
        if (lock_acquire(f.folder, ".lock", &lock, err) != 0)
                return -1;
        if (file_list(f.folder, forget_day, &f, err) != 0)
                f.result = -1;
        lock_release(lock);
        return f.result;
}

/* ---- what owners did ---- */

int
notes_audit(struct arena *arena, int folder, const char *line, struct err *err)
{
        bool created;

        return lines_append(folder, audit, arena_printf(arena, "%s\n", line), &created, err);
}

int
notes_read_audit(
    struct arena *arena, int folder, lines_visit *visit, void *context, struct err *err)
{
        if (lines_read_back(arena, folder, audit, visit, context, err) == 0)
                return 0;
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

int
notes_each_audit(
    struct arena *arena, int folder, lines_visit *visit, void *context, struct err *err)
{
        return lines_read(arena, folder, audit, visit, context, err) == 0
                   ? 0
                   : err_accept(err, ERR_NOT_FOUND);
}
