#include "host/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/digest.h"
#include "host/atomic.h"
#include "host/file.h"
#include "host/path.h"

/* The file as it is. */
struct version {
        bool exists;
        struct stat st;
        char *text;
        size_t size;
        char digest[DIGEST_HEX_SIZE + 1]; /* "": there is no file */
};

/* Is it for want of rights that a system call failed? */
static bool
is_forbidden(int number)
{
        return number == EACCES || number == EPERM || number == EROFS || number == ELOOP;
}

static int
fail(int number, const char *path, enum replace_outcome *outcome, struct err *err)
{
        err_set_errno(err, ERR_SYSTEM, number, path);
        if (!is_forbidden(number))
                return -1;
        *outcome = REPLACE_FORBIDDEN;
        return 0;
}

static int
open_folder(const char *path)
{
        return openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Reads the version that is there. *outcome becomes REPLACE_FORBIDDEN if it is not ours. */
static int
read_version(struct arena *arena, int folder, const char *name, const char *path,
    struct version *version, enum replace_outcome *outcome, struct err *err)
{
        int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        int result = 0;

        *version = (struct version){.exists = fd >= 0};
        if (fd < 0)
                return errno == ENOENT ? 0 : fail(errno, path, outcome, err);
        if (file_check_private(fd, &version->st, path, err) != 0)
                *outcome = REPLACE_FORBIDDEN;
        else
                result = file_read_opened(arena, fd, path, &version->text, &version->size, err);
        close(fd);
        if (result == 0 && *outcome != REPLACE_FORBIDDEN)
                digest_sha256_hex(version->text, version->size, version->digest);
        return result;
}

/* Gives a new file the group and the mode of the one before. Returns 0 or an errno. */
static int
make_alike(int fd, const struct version *like)
{
        struct stat st;

        if (!like->exists)
                return 0;
        if (fstat(fd, &st) != 0)
                return errno;
        if (st.st_gid != like->st.st_gid && fchown(fd, (uid_t)-1, like->st.st_gid) != 0)
                return errno;
        return fchmod(fd, like->st.st_mode & 07777) == 0 ? 0 : errno;
}

/* Writes a file, atomically and durably. */
static int
put(struct arena *arena, int folder, const char *name, const struct replacement *new,
    const struct version *like, bool may_exist, struct err *err)
{
        struct atomic_file file;
        int failed;

        if (atomic_begin(arena, folder, &file, err) != 0)
                return -1;
        failed = make_alike(file.fd, like);
        if (failed == 0 && file_write_all(file.fd, new->text, new->size) != 0)
                failed = errno;
        return atomic_end(
            folder, &file, name, may_exist ? ATOMIC_REPLACE : ATOMIC_NEW, failed, err);
}

static int
replace_version(struct arena *arena, int folder, const char *name,
    const struct replacement *replacement, const struct version *now, struct err *err)
{
        const struct replacement before = {.text = now->text, .size = now->size};

        if (now->exists &&
            put(arena, folder, replace_before(arena, name), &before, now, true, err) != 0)
                return -1;
        return put(arena, folder, name, replacement, now, now->exists, err);
}

static int
replace_in(struct arena *arena, int folder, const struct replacement *new,
    enum replace_outcome *outcome, struct err *err)
{
        const char *slash = strrchr(new->path, '/'), *name = slash == NULL ? new->path : slash + 1;
        struct version now;

        if (read_version(arena, folder, name, new->path, &now, outcome, err) != 0)
                return -1;
        if (*outcome == REPLACE_FORBIDDEN)
                return 0;
        if (strcmp(now.digest, new->digest) != 0) {
                *outcome = REPLACE_CHANGED;
                return 0;
        }
        if (now.exists && now.size == new->size &&memcmp(now.text, new->text, now.size) == 0) {
                *outcome = REPLACE_SAME;
                return 0;
        }
        if (replace_version(arena, folder, name, new, &now, err) == 0)
                return 0;
        if (err->kind == ERR_EXISTS) {
                *outcome = REPLACE_CHANGED;
                return 0;
        }
        return err->number == 0 ? -1 : fail(err->number, new->path, outcome, err);
}

int
replace_file(struct arena *arena, const struct replacement *replacement,
    enum replace_outcome *outcome, struct err *err)
{
        const char *path = path_folder(arena, replacement->path);
        int folder = open_folder(path), result;

        *outcome = REPLACE_DONE;
        if (folder < 0)
                return fail(errno, path, outcome, err);
        result = replace_in(arena, folder, replacement, outcome, err);
        close(folder);
        return result;
}

const char *
replace_before(struct arena *arena, const char *path)
{
        return arena_printf(arena, "%s.before", path);
}
