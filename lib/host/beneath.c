#include "host/beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/file.h"

/* O_NONBLOCK: opening a FIFO does not wait for a writer. */
enum { OPEN_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

/* linux/openat2.h, which musl and older hosts do not have. */
enum {
        OPENAT2 = 437 /* the same on every processor */,
        NO_MAGICLINKS = 2,
        NO_LINKS = 4,
        BELOW = 8
};

struct how {
        uint64_t flags;
        // cppcheck-suppress unusedStructMember ; the kernel reads it
        uint64_t mode;
        // cppcheck-suppress unusedStructMember ; the kernel reads it
        uint64_t resolve;
};

/* Opens path part by part; the folders on the way are only named (O_PATH). */
static int
walk(struct arena *arena, int folder, const char *path)
{
        int at = folder;

        for (;;) {
                size_t size = strcspn(path, "/");
                const char *part = arena_copy(arena, path, size);
                bool is_last = path[size] == '\0';
                int next;

                if (strcmp(part, "..") == 0) {
                        errno = EXDEV; /* as openat2() */
                        next = -1;
                } else {
                        next = openat(at, part,
                            is_last ? OPEN_FLAGS | O_NOFOLLOW
                                    : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                }
                if (at != folder) {
                        int number = errno;

                        close(at);
                        errno = number;
                }
                if (next < 0 || is_last)
                        return next;
                at = next;
                path += size + 1;
        }
}

static int
open_below(struct arena *arena, int folder, const char *path)
{
        struct how how = {OPEN_FLAGS, 0, NO_MAGICLINKS | NO_LINKS | BELOW};
        long fd;

        if (*path == '\0')
                path = ".";
        fd = syscall(OPENAT2, folder, path, &how, sizeof(how));
        if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
                return (int)fd;
        return walk(arena, folder, path);
}

static enum err_kind
kind_of(int number)
{
        static const int nothing[] = {ENOENT, ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG, ENXIO};

        for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
                if (nothing[i] == number)
                        return ERR_NOT_FOUND;
        return ERR_SYSTEM;
}

/* Opens path, and checks what it is. */
static int
open_checked(
    struct arena *arena, int folder, const char *path, int *fd, struct stat *st, struct err *err)
{
        int opened = open_below(arena, folder, path);

        if (opened < 0)
                return err_set_errno(err, kind_of(errno), errno, path);
        file_close_with(arena, opened);
        if (fstat(opened, st) != 0)
                return err_set_errno(err, ERR_SYSTEM, errno, path);
        if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
                return err_set(err, ERR_NOT_FOUND, "%s: neither file nor folder", path);
        *fd = opened;
        return 0;
}

int
beneath_open(struct arena *arena, const char *folder, const char *path, int *fd, struct stat *st,
    struct err *err)
{
        int root = openat(AT_FDCWD, folder, O_PATH | O_DIRECTORY | O_CLOEXEC), result;

        if (root < 0)
                return err_set_errno(err, ERR_CONFIG, errno, folder);
        result = open_checked(arena, root, path, fd, st, err);
        close(root);
        return result;
}

int
beneath_list(int folder, void (*visit)(void *context, const char *name, const struct stat *st),
    void *context, struct err *err)
{
        int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *stream = copy < 0 ? NULL : fdopendir(copy);
        struct dirent *entry;
        struct stat st;
        int failed;

        if (stream == NULL) {
                err_set_errno(err, ERR_SYSTEM, errno, "list a folder");
                if (copy >= 0)
                        close(copy);
                return -1;
        }
        /* readdir() sets errno at an error only, and fstatat() may fail in between: a file that has
         * been deleted meanwhile is left out. */
        while (errno = 0, (entry = readdir(stream)) != NULL)
                if (fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
                        visit(context, entry->d_name, &st);
        failed = errno;
        closedir(stream);
        return failed == 0 ? 0 : err_set_errno(err, ERR_SYSTEM, failed, "list a folder");
}
