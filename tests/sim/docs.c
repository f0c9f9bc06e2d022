#include "docs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/json.h"
#include "format/json_build.h"
#include "host/atomic.h"
#include "host/file.h"
#include "host/lock.h"
#include "state.h"

static char *
file_of(struct app *app, const char *name)
{
        return arena_printf(app->arena, "%s.json", name);
}

int
docs_lock(struct app *app, int *lock)
{
        int folder;

        if (kept_folder(app, &folder) != 0)
                return -1;
        return lock_acquire(folder, "account.lock", lock, &app->err);
}

int
docs_read(struct app *app, const char *name, struct pairs *doc)
{
        size_t size;
        char *text;
        int folder;

        pairs_init(doc, app->arena);
        if (kept_folder(app, &folder) != 0)
                return -1;
        if (file_read_private(app->arena, folder, file_of(app, name), &text, &size, &app->err) !=
            0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return 0;
        }
        return json_parse_tree(app->arena, text, size, doc, &app->err);
}

int
docs_write(struct app *app, const char *name, const struct pairs *doc)
{
        char *text;

        if (json_build_tree(app->arena, doc, &text, &app->err) != 0)
                return -1;
        return docs_write_bytes(app, file_of(app, name), text, strlen(text));
}

void
docs_set(struct pairs *doc, const char *name, const char *value)
{
        pairs_remove(doc, name);
        pairs_add(doc, name, value);
}

void
docs_set_number(struct pairs *doc, const char *name, long long number)
{
        pairs_remove(doc, name);
        pairs_add_number(doc, name, number);
}

void
docs_copy(const struct pairs *doc, const char *path, struct pairs *other, const char *prefix)
{
        size_t size = strlen(path);

        for (size_t i = 0; i < doc->count; i++) {
                const struct pair *pair = &doc->items[i];

                if (strncmp(pair->name, path, size) == 0 &&
                    (pair->name[size] == '\0' || pair->name[size] == '/'))
                        pairs_add_typed(other,
                            arena_printf(other->arena, "%s%s", prefix, pair->name + size),
                            pair->value, pair->type);
        }
}

int
docs_write_bytes(struct app *app, const char *name, const void *data, size_t size)
{
        int folder;

        if (kept_folder(app, &folder) != 0)
                return -1;
        return atomic_write(app->arena, folder, name, data, size, app->now,
            ATOMIC_REPLACE | ATOMIC_UNSYNCED, &app->err);
}

/* Reads size bytes of the file from the byte `from`, or fewer if it ends before. */
static int
read_at(struct app *app, int fd, long long from, size_t size, char **data, size_t *got)
{
        *data = arena_alloc_raw(app->arena, size + 1);
        for (*got = 0; *got < size;) {
                ssize_t part = pread(fd, *data + *got, size - *got, from + (off_t)*got);

                if (part < 0)
                        return err_set(&app->err, ERR_SYSTEM, "cannot read the simulator's state");
                if (part == 0)
                        break;
                *got += (size_t)part;
        }
        (*data)[*got] = '\0';
        return 0;
}

/* Opens the file; *size: its bytes. ERR_NOT_FOUND: it is missing. */
static int
open_file(struct app *app, const char *name, int *fd, long long *size)
{
        struct stat st;
        int folder;

        if (kept_folder(app, &folder) != 0)
                return -1;
        *fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (*fd < 0)
                return err_set(&app->err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM,
                    "cannot open %s in the simulator's state", name);
        *size = fstat(*fd, &st) == 0 ? (long long)st.st_size : 0;
        return 0;
}

int
docs_read_bytes(struct app *app, const char *name, char **data, size_t *size)
{
        long long bytes;
        int fd, result;

        if (open_file(app, name, &fd, &bytes) != 0)
                return -1;
        result = read_at(app, fd, 0, (size_t)bytes, data, size);
        close(fd);
        return result;
}

int
docs_append(struct app *app, const char *name, const char *line)
{
        char *text = arena_printf(app->arena, "%s\n", line);
        size_t size = strlen(text);
        ssize_t written;
        int folder, fd;

        if (kept_folder(app, &folder) != 0)
                return -1;
        fd = openat(folder, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (fd < 0)
                return err_set(&app->err, ERR_SYSTEM, "cannot append to %s", name);
        written = write(fd, text, size);
        close(fd);
        return written == (ssize_t)size
                   ? 0
                   : err_set(&app->err, ERR_SYSTEM, "cannot append to %s", name);
}

int
docs_read_from(struct app *app, const char *name, long long from, char **text, long long *end)
{
        int fd, result = 0;
        size_t got;

        *text = arena_strdup(app->arena, "");
        *end = 0;
        if (open_file(app, name, &fd, end) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return 0;
        }
        if (from < *end)
                result = read_at(app, fd, from, (size_t)(*end - from), text, &got);
        close(fd);
        return result;
}
