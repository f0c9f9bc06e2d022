/* disk: a folder is tried, and nothing of it is left; canaries; names. */
#include "folder.h"

#include "base/pairs.h"
#include "host/disk.h"

static size_t
count_files(struct folder *f, const char *prefix, const char *suffix)
{
        struct pairs names;

        pairs_init(&names, f->arena);
        assert_true(disk_find(f->arena, f->path, prefix, suffix, &names));
        return names.count;
}

static void
a_good_folder_passes(void **state)
{
        struct folder *f = *state;
        long long bytes = -2, files = -2;
        int failed;

        assert_int_equal(disk_try(f->fd, ".try", &failed), DISK_DONE);
        assert_int_equal(count_files(f, "", ""), 0);
        assert_true(disk_room(f->fd, &bytes, &files));
        assert_true(bytes >= 0 && files >= -1);
        assert_false(disk_room(-1, &bytes, &files));
}

static void
the_step_that_fails_is_named(void **state)
{
        struct folder *f = *state;
        int failed = 0;

        put_file(inside(f, ".try"), "x", 1);
        assert_int_equal(disk_try(f->fd, ".try", &failed), DISK_CREATE);
        assert_int_equal(failed, EEXIST);
        put_file(inside(f, ".tr2l"), "x", 1);
        assert_int_equal(disk_try(f->fd, ".tr2", &failed), DISK_LINK);
        assert_int_equal(failed, EEXIST);
        assert_int_equal(count_files(f, ".tr2", ""), 0);
}

static void
files_are_put_and_found(void **state)
{
        struct folder *f = *state;
        struct pairs names;

        assert_true(disk_put(f->fd, ".canary-1", "text"));
        assert_false(disk_put(f->fd, ".canary-1", "text"));
        assert_true(disk_put(f->fd, ".canary-2", "text"));
        assert_true(disk_put(f->fd, "a.txt", "text"));
        assert_int_equal(count_files(f, ".canary-", ""), 2);
        assert_int_equal(count_files(f, "", ".txt"), 1);
        assert_int_equal(count_files(f, "", "a.txt"), 0); /* a name and nothing else */
        disk_clean(f->fd, ".canary-");
        assert_int_equal(count_files(f, "", ""), 1);
        pairs_init(&names, f->arena);
        assert_false(disk_find(f->arena, inside(f, "none"), "", "", &names));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(a_good_folder_passes),
            FOLDER_TEST(the_step_that_fails_is_named), FOLDER_TEST(files_are_put_and_found)};

        return RUN(tests);
}
