#include "host/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/text.h"
#include "host/file.h"

enum { TRIED_BYTES = 64 * 1024, NAME_SIZE = 80 };

static bool
write_zeros(int file)
{
        static const char zeros[4096];

        for (size_t done = 0; done < TRIED_BYTES; done += sizeof(zeros))
                if (file_write_all(file, zeros, sizeof(zeros)) != 0)
                        return false;
        return true;
}

/* The steps after the file was created. */
static enum disk_step
try_file(int folder, int file, const char *name, const char *linked, const char *renamed)
{
        if (!write_zeros(file))
                return DISK_WRITE;
        if (fsync(file) != 0 || fsync(folder) != 0)
                return DISK_SYNC;
        if (linkat(folder, name, folder, linked, 0) != 0)
                return DISK_LINK;
        if (renameat(folder, name, folder, renamed) != 0)
                return DISK_RENAME;
        return flock(file, LOCK_EX | LOCK_NB) != 0 ? DISK_LOCK : DISK_DONE;
}

enum disk_step
disk_try(int folder, const char *name, int *failed)
{
        char linked[NAME_SIZE], renamed[NAME_SIZE];
        enum disk_step step;
        int file;

        (void)snprintf(linked, sizeof(linked), "%.60sl", name);
        (void)snprintf(renamed, sizeof(renamed), "%.60sr", name);
        file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        *failed = errno;
        if (file < 0)
                return DISK_CREATE;
        step = try_file(folder, file, name, linked, renamed);
        *failed = errno;
        close(file);
        disk_remove(folder, name);
        disk_remove(folder, linked);
        disk_remove(folder, renamed);
        return step;
}

bool
disk_room(int folder, long long *bytes, long long *files)
{
        struct statvfs room;

        if (fstatvfs(folder, &room) != 0)
                return false;
        *bytes = (long long)room.f_bavail * (long long)room.f_frsize;
        /* File systems that make room for files as they go say 0 in all. */
        *files = room.f_files == 0 ? -1 : (long long)room.f_favail;
        return true;
}

bool
disk_put(int folder, const char *name, const char *text)
{
        int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        bool written;

        if (file < 0)
                return false;
        written = file_write_all(file, text, strlen(text)) == 0;
        close(file);
        if (!written)
                disk_remove(folder, name);
        return written;
}

void
disk_remove(int folder, const char *name)
{
        (void)unlinkat(folder, name, 0);
}

struct cleaner {
        int folder;
        const char *prefix;
};

static int
clean(void *context, const char *name, long long stamp)
{
        const struct cleaner *cleaner = context;

        (void)stamp;
        if (text_starts_with(name, cleaner->prefix))
                disk_remove(cleaner->folder, name);
        return 0;
}

void
disk_clean(int folder, const char *prefix)
{
        struct cleaner cleaner = {folder, prefix};
        struct err err;

        /* What cannot be read is not deleted: the next check tries again. */
        if (file_list(folder, clean, &cleaner, &err) != 0)
                return;
}

struct finder {
        struct arena *arena;
        const char *prefix, *suffix;
        struct pairs *names;
};

static int
find(void *context, const char *name, long long stamp)
{
        const struct finder *finder = context;
        size_t size = strlen(name), end = strlen(finder->suffix);

        (void)stamp;
        if (text_starts_with(name, finder->prefix) && size > end &&
            strcmp(name + size - end, finder->suffix) == 0)
                pairs_add(finder->names, "", arena_strdup(finder->arena, name));
        return 0;
}

bool
disk_find(struct arena *arena, const char *path, const char *prefix, const char *suffix,
    struct pairs *names)
{
        int folder = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct finder finder = {arena, prefix, suffix, names};
        struct err err;
        bool read;

        if (folder < 0)
                return false;
        read = file_list(folder, find, &finder, &err) == 0;
        close(folder);
        return read;
}
