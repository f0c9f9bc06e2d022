#include "host/atomic.h"
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/os.h"
#include "base/text.h"

static const char temporary_prefix[] = ".tmp-";
static const char digits[] = "0123456789";

enum { RENAME_NO_REPLACE = 1 }; /* RENAME_NOREPLACE of linux/fs.h */

/* Renames temporary to name, which must not exist; with linkat() if the file system (NFS) does not
 * support RENAME_NOREPLACE. */
static int
rename_new(int folder, const char *temporary, const char *name)
{
        if (syscall(SYS_renameat2, folder, temporary, folder, name, RENAME_NO_REPLACE) == 0)
                return 0;
        if (errno != EINVAL && errno != ENOSYS)
                return -1;
        if (linkat(folder, temporary, folder, name, 0) != 0)
                return -1;
        return unlinkat(folder, temporary, 0);
}

int
atomic_begin(struct arena *arena, int folder, struct atomic_file *file, struct err *err)
{
        char *token;

        if (os_random_token(arena, &token, err) != 0)
                return -1;
        file->temporary = arena_printf(arena, "%s%s", temporary_prefix, token);
        file->fd = openat(
            folder, file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file->fd < 0)
                return err_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno,
                    "state_dir: create file");
        return 0;
}

int
atomic_end(int folder, const struct atomic_file *file, const char *name, unsigned how, int failed,
    struct err *err)
{
        bool synced = (how & ATOMIC_UNSYNCED) == 0;

        if (failed == 0 && synced && fsync(file->fd) != 0)
                failed = errno;
        if (close(file->fd) != 0 && failed == 0)
                failed = errno;
        if (failed == 0 &&
            ((how & ATOMIC_REPLACE) != 0 ? renameat(folder, file->temporary, folder, name)
                                         : rename_new(folder, file->temporary, name)) != 0)
                failed = errno;
        if (failed != 0) {
                unlinkat(folder, file->temporary, 0);
                return err_set_errno(err, failed == EEXIST ? ERR_EXISTS : ERR_SYSTEM, failed,
                    "state_dir: write file");
        }
        if (!synced || fsync(folder) == 0)
                return 0;
        err_set_errno(err, ERR_SYSTEM, errno, "state_dir: sync folder");
        /* The file is in place: do not let the caller make room and write it again. */
        err->number = 0;
        return -1;
}

int
atomic_write(struct arena *arena, int folder, const char *name, const void *data, size_t size,
    long long stamp, unsigned how, struct err *err)
{
        struct timespec times[2] = {{(time_t)stamp, 0}, {(time_t)stamp, 0}};
        struct atomic_file file;
        int failed = 0;

        if (atomic_begin(arena, folder, &file, err) != 0)
                return -1;
        if (file_write_all(file.fd, data, size) != 0 || futimens(file.fd, times) != 0)
                failed = errno;
        return atomic_end(folder, &file, name, how, failed, err);
}

/* Where two texts of the same length differ, and by nothing but digits: the first such place and
 * the one after the last. */
static bool
find_digits(const char *before, const char *after, size_t *first, size_t *end)
{
        size_t size = strlen(before);

        if (strlen(after) != size)
                return false;
        for (*first = 0; *first < size && before[*first] == after[*first];)
                ++*first;
        for (*end = size; *end > *first && before[*end - 1] == after[*end - 1];)
                --*end;
        return strspn(before + *first, digits) >= *end - *first &&
               strspn(after + *first, digits) >= *end - *first;
}

/* Does the open file hold that text, and nothing more? */
static bool
holds(struct arena *arena, int fd, const char *text)
{
        size_t size = strlen(text);
        char *found = arena_alloc_raw(arena, size + 1);

        return pread(fd, found, size + 1, 0) == (ssize_t)size && memcmp(found, text, size) == 0;
}

bool
atomic_amend(
    struct arena *arena, int folder, const char *name, const char *before, const char *after)
{
        size_t first, end;
        bool done;
        int fd;

        if (!find_digits(before, after, &first, &end))
                return false;
        if (first == end)
                return true;
        fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
                return false;
        done = holds(arena, fd, before) && lseek(fd, (off_t)first, SEEK_SET) == (off_t)first &&
               file_write_all(fd, after + first, end - first) == 0;
        return close(fd) == 0 && done;
}

static int
unlink_file(int folder, const char *name, struct err *err)
{
        if (unlinkat(folder, name, 0) != 0)
                return err_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno,
                    "state_dir: delete file");
        return 0;
}

int
atomic_remove(int folder, const char *name, struct err *err)
{
        if (unlink_file(folder, name, err) != 0)
                return -1;
        if (fsync(folder) != 0)
                return err_set_errno(err, ERR_SYSTEM, errno, "state_dir: sync folder");
        return 0;
}

/* The result of a deletion for which a file that is missing is no error. */
static int
forgive_missing(int result, struct err *err)
{
        if (result == 0 || err->kind != ERR_NOT_FOUND)
                return result;
        err_clear(err);
        return 0;
}

int
atomic_delete(int folder, const char *name, struct err *err)
{
        return forgive_missing(atomic_remove(folder, name, err), err);
}

int
atomic_drop(int folder, const char *name, struct err *err)
{
        return forgive_missing(unlink_file(folder, name, err), err);
}

bool
atomic_is_temporary(const char *name)
{
        return text_starts_with(name, temporary_prefix);
}
