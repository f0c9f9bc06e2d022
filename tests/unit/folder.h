/* Gives each test of files a folder of its own. */
#ifndef UNIT_FOLDER_H
#define UNIT_FOLDER_H

#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"

struct folder {
        struct arena *arena;
        char *path;
        int fd;
        struct err err;
};

static inline int
set_up_folder(void **state)
{
        const char *temporary = getenv("TMPDIR");
        struct folder *f = calloc(1, sizeof(*f));

        failed_rows = 0;
        if (f == NULL || (f->arena = arena_new(abort)) == NULL)
                return -1;
        f->path =
            arena_printf(f->arena, "%s/wechat-unit-XXXXXX", temporary == NULL ? "/tmp" : temporary);
        *state = f;
        if (mkdtemp(f->path) == NULL)
                return -1;
        return file_open_folder(f->arena, AT_FDCWD, f->path, false, &f->fd, &f->err);
}

static inline int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
        (void)st;
        (void)flag;
        (void)ftw;
        return remove(path);
}

static inline int
tear_down_folder(void **state)
{
        struct folder *f = *state;
        int result = nftw(f->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);

        arena_free(f->arena);
        free(f);
        return failed_rows == 0 ? result : -1;
}

/* Returns the path of name in the folder. */
static inline char *
inside(struct folder *f, const char *name)
{
        return arena_printf(f->arena, "%s/%s", f->path, name);
}

static inline void
put_file(const char *path, const void *data, size_t size)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, data, size), (ssize_t)size);
        close(fd);
}

#define FOLDER_TEST(function)                                                                      \
        cmocka_unit_test_setup_teardown(function, set_up_folder, tear_down_folder)

#endif
