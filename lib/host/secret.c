#include "host/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/file.h"

/* On a host that runs everybody's programs as one user, no mode helps: other sites' programs can
 * read what ours can. */
const char *
secret_advice(struct arena *arena, const char *path, const struct secret_access *access)
{
        const char *all = access->folder ? "-R " : "", *own = access->folder ? "700" : "600";
        unsigned runs = access->runs, owner = access->owner;

        if (access->owner == access->runs || access->runs == 0)
                return arena_printf(arena, "%s %s: chmod %s it", path,
                    access->open ? "can be read by others" : "cannot be read", own);
        if (access->owner == 0)
                return arena_printf(arena,
                    "%s belongs to root and the programs run as user %u: chgrp %s%u it, chmod %s",
                    path, runs, all, (unsigned)access->group, access->folder ? "750" : "640");
        if (access->program == access->runs || access->program == 0)
                return arena_printf(arena,
                    "%s belongs to user %u and the programs run as user %u: chown %s%u it, chmod "
                    "%s",
                    path, owner, runs, all, runs, own);
        return arena_printf(arena,
            "%s belongs to user %u, but this host runs programs as user %u, and those of other "
            "sites "
            "perhaps too: a host that runs them as user %u is needed (suEXEC); on a server of your "
            "own: chown %s%u it, chmod %s",
            path, owner, runs, owner, all, runs, own);
}

static struct secret_access
access_of(const struct stat *st, bool open)
{
        struct secret_access access = {(uid_t)getauxval(AT_EUID), (gid_t)getauxval(AT_EGID),
            st->st_uid, st->st_uid, S_ISDIR(st->st_mode), open};
        struct stat program;

        if (stat("/proc/self/exe", &program) == 0)
                access.program = program.st_uid;
        return access;
}

/* Says why the file cannot be read: because of its own mode, or its folder's. */
static int
refuse_closed(struct arena *arena, const char *path, struct err *err)
{
        const char *slash = strrchr(path, '/'), *what = path;
        struct secret_access access;
        struct stat st;

        if (stat(what, &st) != 0) {
                what = slash == NULL ? "." : arena_copy(arena, path, (size_t)(slash - path));
                if (stat(what, &st) != 0)
                        return err_set(err, ERR_DENIED,
                            "%s: a folder above it is closed to user %u, who the programs run as",
                            path, (unsigned)getauxval(AT_EUID));
        }
        access = access_of(&st, false);
        return err_set(err, ERR_DENIED, "%s", secret_advice(arena, what, &access));
}

static bool
is_open_to_others(const struct stat *st)
{
        bool administrators = st->st_uid == 0 && getauxval(AT_EUID) != 0;

        return S_ISREG(st->st_mode) && (st->st_mode & (administrators ? 037 : 077)) != 0;
}

int
secret_read(struct arena *arena, const char *path, char **data, size_t *size, struct err *err)
{
        /* musl's open() asks the kernel twice for O_CLOEXEC, its openat() does not. */
        int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), result;
        struct secret_access access;
        struct stat st;

        if (fd < 0 && errno == EACCES)
                return refuse_closed(arena, path, err);
        if (fd < 0)
                return err_set_errno(
                    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, errno, path);
        if (fstat(fd, &st) != 0) {
                result = err_set_errno(err, ERR_SYSTEM, errno, path);
        } else if (is_open_to_others(&st)) {
                access = access_of(&st, true);
                result = err_set(err, ERR_DENIED, "%s", secret_advice(arena, path, &access));
        } else {
                result = file_read_opened(arena, fd, path, data, size, err);
        }
        close(fd);
        return result;
}
