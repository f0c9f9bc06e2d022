#include "host/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "host/atomic.h"
#include "base/buf.h"
#include "base/err.h"
#include "host/file.h"

/* Returns the end of the last whole line of the file. */
static int
end_of_lines(int fd, off_t *end)
{
        struct stat st;
        char byte = '\0';

        if (fstat(fd, &st) != 0)
                return -1;
        for (*end = st.st_size; *end > 0; --*end)
                if (pread(fd, &byte, 1, *end - 1) != 1 || byte == '\n')
                        break;
        return *end > 0 && byte != '\n' ? -1 : 0;
}

/* Appends the line after the last whole one, or leaves the file as it was. The file is locked. With
 * the first line, the file's entry in the folder is synced as well, whoever created it. */
static int
append_line(int folder, int fd, const char *line)
{
        off_t end;
        int failed;

        if (end_of_lines(fd, &end) != 0 || ftruncate(fd, end) != 0 ||
            lseek(fd, end, SEEK_SET) < 0 || (end == 0 && fsync(folder) != 0))
                return -1;
        if (file_write_all(fd, line, strlen(line)) == 0 && fsync(fd) == 0)
                return 0;
        failed = errno;
        if (ftruncate(fd, end) == 0)
                errno = failed;
        return -1;
}

/* Locks the open file of that name. *replaced: the name belongs to another file by now, or to none.
 */
static int
lock_file(int folder, int fd, const char *name, bool *replaced, struct err *err)
{
        struct stat st, named;

        if (file_check_private(fd, &st, name, err) != 0)
                return -1;
        while (flock(fd, LOCK_EX) != 0)
                if (errno != EINTR)
                        return err_set_errno(err, ERR_SYSTEM, errno, name);
        *replaced = fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
                    named.st_ino != st.st_ino || named.st_dev != st.st_dev;
        return 0;
}

/* Opens and locks the file of lines that has the name at that time; creates it if create is set and
 * it is missing. */
static int
open_lines(int folder, const char *name, bool create, bool *created, int *fd, struct err *err)
{
        const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
        bool replaced;

        for (;;) {
                *created = false;
                *fd = openat(folder, name, flags);
                if (*fd < 0 && errno == ENOENT && create) {
                        *fd = openat(folder, name, flags | O_CREAT | O_EXCL, 0600);
                        *created = *fd >= 0;
                        if (*fd < 0 && errno == EEXIST)
                                continue;
                }
                if (*fd < 0)
                        return err_set_errno(
                            err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno, name);
                if (lock_file(folder, *fd, name, &replaced, err) != 0) {
                        close(*fd);
                        return -1;
                }
                if (!replaced)
                        return 0;
                close(*fd);
        }
}

int
lines_append(int folder, const char *name, const char *line, bool *created, struct err *err)
{
        int fd, result;

        if (open_lines(folder, name, true, created, &fd, err) != 0)
                return -1;
        result = append_line(folder, fd, line);
        if (result != 0)
                err_set_errno(err, ERR_SYSTEM, errno, name);
        close(fd);
        return result;
}

/* Reads the open file. */
static int
read_lines(struct arena *arena, int fd, const char *name, char **text, struct err *err)
{
        size_t size = 0;
        struct stat st;

        if (fstat(fd, &st) != 0)
                return err_set_errno(err, ERR_SYSTEM, errno, name);
        if (st.st_size > FILE_SIZE_MAX)
                return err_set(
                    err, ERR_TOO_LARGE, "%s: more than %d bytes", name, (int)FILE_SIZE_MAX);
        *text = arena_alloc(arena, (size_t)st.st_size + 1);
        while (size < (size_t)st.st_size) {
                ssize_t got = pread(fd, *text + size, (size_t)st.st_size - size, (off_t)size);

                if (got < 0 && errno != EINTR)
                        return err_set_errno(err, ERR_SYSTEM, errno, name);
                if (got == 0)
                        break;
                size += got > 0 ? (size_t)got : 0;
        }
        return 0;
}

int
lines_take(struct arena *arena, int folder, const char *name, char **text, struct err *err)
{
        bool created;
        int fd, result;

        if (open_lines(folder, name, false, &created, &fd, err) != 0)
                return -1;
        result = read_lines(arena, fd, name, text, err);
        if ((result == 0 || err->kind == ERR_TOO_LARGE) && unlinkat(folder, name, 0) != 0)
                result = err_set_errno(err, ERR_SYSTEM, errno, name);
        close(fd);
        return result;
}

/* ---- without some of them ---- */

enum { CHUNK_SIZE = 64 * 1024 };

/* A file being copied into another, without the lines that contain a word. */
struct filter {
        struct arena *arena;
        const char *word;
        int from;
        int to; /* -1: only searches for the word, and writes nothing */
        char *buffer;
        size_t room;
        size_t size; /* bytes that are read and not yet processed */
        bool found;
        struct buf *lines; /* the lines with the word; NULL: they are not wanted */
        size_t most;       /* bytes of them that are kept */
        bool cut;
};

/* Keeps the last whole lines only. */
static void
cut_lines(struct filter *f)
{
        char *stop = f->lines->data + f->lines->size, *from = stop - f->most;

        while (from < stop && from[-1] != '\n')
                from++;
        f->lines->size = (size_t)(stop - from);
        memmove(f->lines->data, from, f->lines->size + 1);
        f->cut = true;
}

static void
keep_line(struct filter *f, const char *line, size_t size)
{
        buf_add(f->lines, line, size);
        if (f->lines->size > 2 * f->most)
                cut_lines(f);
}

/* Reads more; a line longer than the buffer enlarges it. -1: errno. */
static ssize_t
read_more(struct filter *f)
{
        ssize_t got;

        if (f->size == f->room) {
                char *larger = arena_alloc_raw(f->arena, f->room * 2);

                memcpy(larger, f->buffer, f->size);
                f->buffer = larger;
                f->room *= 2;
        }
        do {
                got = read(f->from, f->buffer + f->size, f->room - f->size);
        } while (got < 0 && errno == EINTR);
        if (got > 0)
                f->size += (size_t)got;
        return got;
}

/* Copies the whole lines of the buffer that do not contain the word. */
static int
pass_lines(struct filter *f)
{
        char *line = f->buffer, *end, *stop = f->buffer + f->size;

        for (; (end = memchr(line, '\n', (size_t)(stop - line))) != NULL; line = end + 1) {
                size_t size = (size_t)(end + 1 - line);
                bool goes = memmem(line, size, f->word, strlen(f->word)) != NULL;

                f->found |= goes;
                if (goes && f->lines != NULL)
                        keep_line(f, line, size);
                if (!goes && f->to >= 0 && file_write_all(f->to, line, size) != 0)
                        return -1;
        }
        f->size = (size_t)(stop - line);
        memmove(f->buffer, line, f->size);
        return 0;
}

/* Drops the half line that a process may have left at the end. -1: errno. */
static int
pass(struct filter *f)
{
        ssize_t got;

        f->size = 0;
        f->found = false;
        if (lseek(f->from, 0, SEEK_SET) < 0)
                return -1;
        while ((got = read_more(f)) > 0)
                if (pass_lines(f) != 0)
                        return -1;
        f->found |= memmem(f->buffer, f->size, f->word, strlen(f->word)) != NULL;
        return got < 0 ? -1 : 0;
}

static int
rewrite(struct filter *f, int folder, const char *name, struct err *err)
{
        struct atomic_file file;
        int failed;

        if (atomic_begin(f->arena, folder, &file, err) != 0)
                return -1;
        f->to = file.fd;
        failed = pass(f) != 0 ? errno : 0;
        return atomic_end(folder, &file, name, ATOMIC_REPLACE, failed, err);
}

int
lines_remove(struct arena *arena, int folder, const char *name, const char *word, struct err *err)
{
        struct filter f = {.word = word, .to = -1, .room = CHUNK_SIZE};
        int result = 0;
        bool created;

        if (open_lines(folder, name, false, &created, &f.from, err) != 0)
                return err_accept(err, ERR_NOT_FOUND);
        f.arena = arena_begin(arena);
        f.buffer = arena_alloc_raw(f.arena, f.room);
        if (pass(&f) != 0)
                result = err_set_errno(err, ERR_SYSTEM, errno, name);
        else if (f.found)
                result = rewrite(&f, folder, name, err);
        arena_free(f.arena);
        close(f.from);
        return result;
}

/* ---- reading ---- */

/* Opens a file of lines to read it. Nobody is kept from appending. */
static int
open_to_read(int folder, const char *name, struct stat *st, int *fd, struct err *err)
{
        *fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        if (*fd < 0)
                return err_set_errno(
                    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno, name);
        if (file_check_private(*fd, st, name, err) == 0)
                return 0;
        close(*fd);
        return -1;
}

/* Calls visit for the whole lines of the buffer. Returns false if visit does. */
static bool
show_lines(struct filter *f, lines_visit *visit, void *context)
{
        char *line = f->buffer, *end, *stop = f->buffer + f->size;

        for (; (end = memchr(line, '\n', (size_t)(stop - line))) != NULL; line = end + 1) {
                *end = '\0';
                if (!visit(context, line, (size_t)(end - line)))
                        return false;
        }
        f->size = (size_t)(stop - line);
        memmove(f->buffer, line, f->size);
        return true;
}

int
lines_read(struct arena *arena, int folder, const char *name, lines_visit *visit, void *context,
    struct err *err)
{
        struct filter f = {.room = CHUNK_SIZE};
        struct stat st;
        ssize_t got;

        if (open_to_read(folder, name, &st, &f.from, err) != 0)
                return -1;
        f.arena = arena_begin(arena);
        f.buffer = arena_alloc_raw(f.arena, f.room);
        do
                got = read_more(&f);
        while (got > 0 && show_lines(&f, visit, context));
        if (got < 0)
                err_set_errno(err, ERR_SYSTEM, errno, name);
        arena_free(f.arena);
        close(f.from);
        return got < 0 ? -1 : 0;
}

/* Reads the last bytes of the open file, at most FILE_SIZE_MAX. Without the line that begins before
 * them, and without half a line at the end. */
static int
read_end(int fd, off_t file_size, char *text, size_t *size)
{
        off_t from = file_size > FILE_SIZE_MAX ? file_size - FILE_SIZE_MAX : 0;
        size_t wanted = (size_t)(file_size - from);
        char *first;

        for (*size = 0; *size < wanted;) {
                ssize_t got = pread(fd, text + *size, wanted - *size, from + (off_t)*size);

                if (got < 0 && errno != EINTR)
                        return -1;
                if (got == 0)
                        break;
                *size += got > 0 ? (size_t)got : 0;
        }
        while (*size > 0 && text[*size - 1] != '\n')
                --*size;
        first = from == 0 || *size == 0 ? NULL : memchr(text, '\n', *size);
        if (first != NULL)
                memset(text, '\n', (size_t)(first - text));
        return 0;
}

int
lines_read_back(struct arena *arena, int folder, const char *name, lines_visit *visit,
    void *context, struct err *err)
{
        struct stat st;
        int fd, result = 0;
        bool goes_on = true;
        size_t size;
        char *text;

        if (open_to_read(folder, name, &st, &fd, err) != 0)
                return -1;
        text = arena_alloc_raw(arena, FILE_SIZE_MAX);
        if (read_end(fd, st.st_size, text, &size) != 0)
                result = err_set_errno(err, ERR_SYSTEM, errno, name);
        close(fd);
        while (result == 0 && goes_on && size > 0) {
                const char *before = memrchr(text, '\n', size - 1);
                size_t line = before == NULL ? 0 : (size_t)(before - text) + 1;

                text[size - 1] = '\0';
                goes_on = line == size - 1 || visit(context, text + line, size - 1 - line);
                size = line;
        }
        return result;
}

int
lines_find(struct arena *arena, int folder, const char *name, const char *word, size_t size,
    struct buf *found, bool *all, struct err *err)
{
        struct buf lines;
        struct filter f = {
            .word = word, .to = -1, .room = CHUNK_SIZE, .lines = &lines, .most = size};
        struct stat st;
        int result;

        if (open_to_read(folder, name, &st, &f.from, err) != 0)
                return err_accept(err, ERR_NOT_FOUND);
        f.arena = arena_begin(arena);
        f.buffer = arena_alloc_raw(f.arena, f.room);
        buf_init(&lines, f.arena);
        result = pass(&f) == 0 ? 0 : err_set_errno(err, ERR_SYSTEM, errno, name);
        if (lines.size > size)
                cut_lines(&f);
        buf_add(found, lines.data, result == 0 ? lines.size : 0);
        *all &= !f.cut;
        arena_free(f.arena);
        close(f.from);
        return result;
}
