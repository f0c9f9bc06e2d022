#include "durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "err.h"
#include "file.h"
#include "os.h"
#include "text.h"

static const char temporary_prefix[] = ".tmp-";

enum { RENAME_NO_REPLACE = 1 }; /* RENAME_NOREPLACE of linux/fs.h */

static int
write_all(int fd, const char *data, size_t size)
{
        while (size > 0) {
                ssize_t written = write(fd, data, size);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return -1;
                data += written;
                size -= (size_t)written;
        }
        return 0;
}

/* Gives temporary its name, which nothing may have; linkat() where the file system (NFS) knows no
 * RENAME_NOREPLACE. */
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

/* Writes, stamps and syncs the open temporary file. */
static int
fill_temporary(int fd, const void *data, size_t size, long long stamp)
{
        struct timespec times[2] = {{(time_t)stamp, 0}, {(time_t)stamp, 0}};

        if (write_all(fd, data, size) != 0 || futimens(fd, times) != 0)
                return -1;
        return fsync(fd);
}

int
durable_write(struct arena *arena, int folder, const char *name, const void *data, size_t size,
    long long stamp, bool replace, struct err *err)
{
        char *token, *temporary;
        int fd, failed = 0;

        if (os_random_token(arena, &token, err) != 0)
                return -1;
        temporary = arena_printf(arena, "%s%s", temporary_prefix, token);
        fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return err_set_errno(err, ERR_SYSTEM, errno, "state_dir: create file");
        if (fill_temporary(fd, data, size, stamp) != 0)
                failed = errno;
        if (close(fd) != 0 && failed == 0)
                failed = errno;
        if (failed == 0 && (replace ? renameat(folder, temporary, folder, name)
                                    : rename_new(folder, temporary, name)) != 0)
                failed = errno;
        if (failed != 0) {
                unlinkat(folder, temporary, 0);
                return err_set_errno(err, failed == EEXIST ? ERR_EXISTS : ERR_SYSTEM, failed,
                    "state_dir: write file");
        }
        if (fsync(folder) != 0)
                return err_set_errno(err, ERR_SYSTEM, errno, "state_dir: sync folder");
        return 0;
}

int
durable_remove(int folder, const char *name, struct err *err)
{
        if (unlinkat(folder, name, 0) != 0)
                return err_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno,
                    "state_dir: delete file");
        if (fsync(folder) != 0)
                return err_set_errno(err, ERR_SYSTEM, errno, "state_dir: sync folder");
        return 0;
}

int
durable_delete(int folder, const char *name, struct err *err)
{
        if (durable_remove(folder, name, err) == 0)
                return 0;
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

/* Where the last whole line of the file ends. */
static int
end_of_lines(int fd, off_t *end)
{
        struct stat st;
        char byte = '\n';

        if (fstat(fd, &st) != 0)
                return -1;
        for (*end = st.st_size; *end > 0; --*end)
                if (pread(fd, &byte, 1, *end - 1) != 1 || byte == '\n')
                        break;
        return *end > 0 && byte != '\n' ? -1 : 0;
}

/* Adds the line behind the last whole one, or leaves the file as it was. The file is locked. With
 * the first line its entry in the folder becomes durable, whoever has made it. */
static int
append_line(int folder, int fd, const char *line)
{
        off_t end;
        int failed;

        if (end_of_lines(fd, &end) != 0 || ftruncate(fd, end) != 0 ||
            lseek(fd, end, SEEK_SET) < 0 || (end == 0 && fsync(folder) != 0))
                return -1;
        if (write_all(fd, line, strlen(line)) == 0 && fsync(fd) == 0)
                return 0;
        failed = errno;
        if (ftruncate(fd, end) == 0)
                errno = failed;
        return -1;
}

int
durable_append(int folder, const char *name, const char *line, bool *created, struct err *err)
{
        const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
        int fd = openat(folder, name, flags | O_EXCL, 0600);
        struct stat st;
        int result = -1;

        *created = fd >= 0;
        if (fd < 0 && errno == EEXIST)
                fd = openat(folder, name, flags, 0600);
        if (fd < 0)
                return err_set_errno(err, ERR_SYSTEM, errno, name);
        if (file_check_private(fd, &st, name, err) != 0)
                goto out;
        if (st.st_nlink == 0) {
                err_set(err, ERR_SYSTEM, "%s: deleted while it was opened", name);
                goto out;
        }
        while (flock(fd, LOCK_EX) != 0)
                if (errno != EINTR) {
                        err_set_errno(err, ERR_SYSTEM, errno, name);
                        goto out;
                }
        if (append_line(folder, fd, line) != 0)
                err_set_errno(err, ERR_SYSTEM, errno, name);
        else
                result = 0;
out:
        close(fd);
        return result;
}

bool
durable_is_temporary(const char *name)
{
        return text_starts_with(name, temporary_prefix);
}
