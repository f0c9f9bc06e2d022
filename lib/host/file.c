#include "host/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

static void
close_descriptor(void *handle)
{
        close((int)(intptr_t)handle);
}

void
file_close_with(struct arena *arena, int fd)
{
        /* A descriptor stands where a handle is a pointer.
         * NOLINTNEXTLINE(performance-no-int-to-ptr) */
        arena_defer(arena, close_descriptor, (void *)(intptr_t)fd);
}

/* Our user, as the kernel passed it when it started the program: it is needed for each file. */
static uid_t
own_uid(void)
{
        return (uid_t)getauxval(AT_EUID);
}

static int
judge_folder(const struct stat *st, const char *path, struct err *err)
{
        if (!S_ISDIR(st->st_mode))
                return err_set_errno(err, ERR_SYSTEM, ENOTDIR, path);
        if (st->st_uid != own_uid())
                return err_set(
                    err, ERR_SYSTEM, "%s belongs to another user: make it your own (chown)", path);
        if ((st->st_mode & 077) != 0)
                return err_set(err, ERR_SYSTEM, "%s is open to others: chmod 700 it", path);
        return 0;
}

static int
check_folder(int folder, const char *path, struct err *err)
{
        struct stat st;

        return fstat(folder, &st) != 0 ? err_set_errno(err, ERR_SYSTEM, errno, path)
                                       : judge_folder(&st, path, err);
}

int
file_check_folder(int at, const char *path, struct err *err)
{
        struct stat st;

        return fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) != 0
                   ? err_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno, path)
                   : judge_folder(&st, path, err);
}

bool
file_is_at(int folder, const char *path)
{
        struct stat ours, there;
        struct err ignored;

        return fstat(folder, &ours) == 0 &&
               fstatat(AT_FDCWD, path, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
               ours.st_dev == there.st_dev && ours.st_ino == there.st_ino &&
               judge_folder(&there, path, &ignored) == 0;
}

/* Syncs the entry of a new folder. A parent folder that is writable but not readable cannot be
 * synced: then the host has to do it. */
static int
sync_parent(int folder)
{
        int parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int result;

        if (parent < 0)
                return errno == EACCES ? 0 : -1;
        result = fsync(parent);
        close(parent);
        return result;
}

/* Only the state folder itself can be made by hand. */
static int
cannot_make(int at, const char *path, struct err *err)
{
        if (at != AT_FDCWD)
                return err_set_errno(err, ERR_SYSTEM, errno, "state_dir: make folder");
        return err_set(err, ERR_SYSTEM,
            "%s cannot be made: %s: make it yourself, for the user that the programs run as, "
            "chmod 700",
            path, strerror(errno));
}

/* What becomes of a folder that is missing. */
enum missing { MISSING_STAYS, MISSING_MADE, MISSING_MADE_UNSYNCED };

static int
open_folder(struct arena *arena, int at, const char *path, enum missing missing, int *folder,
    struct err *err)
{
        const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        int fd = openat(at, path, flags);

        if (fd < 0 && errno == ENOENT && missing != MISSING_STAYS) {
                if (mkdirat(at, path, 0700) != 0 && errno != EEXIST)
                        return cannot_make(at, path, err);
                fd = openat(at, path, flags);
                if (fd >= 0 && missing == MISSING_MADE && sync_parent(fd) != 0) {
                        err_set_errno(err, ERR_SYSTEM, errno, path);
                        close(fd);
                        return -1;
                }
        }
        if (fd < 0)
                return err_set_errno(
                    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno, path);
        file_close_with(arena, fd);
        if (check_folder(fd, path, err) != 0)
                return -1;
        *folder = fd;
        return 0;
}

int
file_open_folder(
    struct arena *arena, int at, const char *path, bool create, int *folder, struct err *err)
{
        return open_folder(arena, at, path, create ? MISSING_MADE : MISSING_STAYS, folder, err);
}

int
file_open_folder_unsynced(
    struct arena *arena, int at, const char *path, int *folder, struct err *err)
{
        return open_folder(arena, at, path, MISSING_MADE_UNSYNCED, folder, err);
}

/* Reads the whole of an open file of at most most bytes; st is what fstat() says of it. */
static int
read_all(struct arena *arena, int fd, const struct stat *st, off_t most, const char *name,
    char **data, size_t *size, struct err *err)
{
        char *bytes;
        size_t have = 0;

        if (!S_ISREG(st->st_mode) || st->st_size > most)
                return err_set(err, ERR_SYSTEM, "%s: not a small regular file", name);
        bytes = arena_alloc_raw(arena, (size_t)st->st_size + 1);
        while (have < (size_t)st->st_size) {
                ssize_t got = read(fd, bytes + have, (size_t)st->st_size - have);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_set_errno(err, ERR_SYSTEM, errno, name);
                if (got == 0)
                        break;
                have += (size_t)got;
        }
        bytes[have] = '\0';
        *data = bytes;
        *size = have;
        return 0;
}

/* A file without a link was replaced or deleted after it was opened: it is whole, and was valid at
 * that moment. */
int
file_check_private(int fd, struct stat *st, const char *name, struct err *err)
{
        if (fstat(fd, st) != 0)
                return err_set_errno(err, ERR_SYSTEM, errno, name);
        if (!S_ISREG(st->st_mode) || st->st_uid != own_uid() || st->st_nlink > 1)
                return err_set(
                    err, ERR_SYSTEM, "%s: not a regular file of our own with one link", name);
        return 0;
}

int
file_read_private(
    struct arena *arena, int folder, const char *name, char **data, size_t *size, struct err *err)
{
        int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        struct stat st;
        int result;

        if (fd < 0)
                return err_set_errno(
                    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno, name);
        result = file_check_private(fd, &st, name, err);
        if (result == 0)
                result = read_all(arena, fd, &st, FILE_SIZE_MAX, name, data, size, err);
        close(fd);
        return result;
}

int
file_read_public(struct arena *arena, const char *path, char **data, size_t *size, struct err *err)
{
        /* musl's open() asks the kernel twice for O_CLOEXEC, its openat() does not. */
        int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        int result;

        if (fd < 0)
                return err_set_errno(
                    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno, path);
        result = file_read_opened(arena, fd, path, data, size, err);
        close(fd);
        return result;
}

int
file_open_public(struct arena *arena, const char *path, int *fd, struct err *err)
{
        int opened = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

        if (opened < 0)
                return err_set_errno(
                    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno, path);
        file_close_with(arena, opened);
        *fd = opened;
        return 0;
}

int
file_read_opened(
    struct arena *arena, int fd, const char *path, char **data, size_t *size, struct err *err)
{
        struct stat st;

        if (fstat(fd, &st) != 0)
                return err_set_errno(err, ERR_SYSTEM, errno, path);
        return read_all(arena, fd, &st, FILE_PUBLIC_MAX, path, data, size, err);
}

static const char *
folder_above(struct arena *arena, const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash == NULL ? "." : arena_copy(arena, path, (size_t)(slash - path) + 1);
}

bool
file_can_create(struct arena *arena, const char *path)
{
        return faccessat(AT_FDCWD, folder_above(arena, path), W_OK | X_OK, AT_EACCESS) == 0;
}

int
file_open_above(struct arena *arena, const char *path, int *folder, struct err *err)
{
        int fd = openat(AT_FDCWD, folder_above(arena, path), O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return err_set_errno(err, ERR_SYSTEM, errno, path);
        file_close_with(arena, fd);
        *folder = fd;
        return 0;
}

bool
file_mark(int folder, const char *name)
{
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd >= 0)
                close(fd);
        return fd >= 0;
}

/* Returns NULL at the end, and on error: *failed is then errno. */
static struct dirent *
next_entry(DIR *stream, int *failed)
{
        struct dirent *entry;

        errno = 0;
        entry = readdir(stream);
        *failed = entry == NULL ? errno : 0;
        return entry;
}

int
file_list(int folder, int (*visit)(void *context, const char *name, long long stamp), void *context,
    struct err *err)
{
        int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *stream = copy < 0 ? NULL : fdopendir(copy);
        struct dirent *entry;
        struct stat st;
        int failed;

        if (stream == NULL) {
                err_set_errno(err, ERR_SYSTEM, errno, "state_dir: list folder");
                if (copy >= 0)
                        close(copy);
                return -1;
        }
        while ((entry = next_entry(stream, &failed)) != NULL) {
                if (fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
                        if (errno == ENOENT)
                                continue;
                        failed = errno;
                        break;
                }
                if (!S_ISREG(st.st_mode))
                        continue;
                if (visit(context, entry->d_name, (long long)st.st_mtime) != 0)
                        break;
        }
        closedir(stream);
        return failed == 0 ? 0 : err_set_errno(err, ERR_SYSTEM, failed, "state_dir: list folder");
}

int
file_write_all(int fd, const char *data, size_t size)
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
