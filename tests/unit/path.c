/* path: resolved as realpath() does, with fewer system calls. */
#include "folder.h"

#include <limits.h>

#include "host/path.h"

static void
paths_are_resolved(void **state)
{
        static const char *const paths[] = {"a", "a/b", "a/b/file", "a/b/", "a/./b", "a/../a/b",
            "link", "link/file", "a/up", "a/up/a/b/file", "a//b", "."};
        struct folder *f = *state;
        char real[PATH_MAX], whole[PATH_MAX];

        assert_non_null(realpath(f->path, whole));
        assert_int_equal(mkdir(inside(f, "a"), 0700), 0);
        assert_int_equal(mkdir(inside(f, "a/b"), 0700), 0);
        put_file(inside(f, "a/b/file"), "x", 1);
        assert_int_equal(symlink("a/b", inside(f, "link")), 0);
        assert_int_equal(symlink("..", inside(f, "a/up")), 0);
        for (size_t i = 0; i < COUNT(paths); i++) {
                /* Known paths that share nothing, a part, part of a name, or everything with path.
                 */
                const char *known[] = {NULL, "/", whole, arena_printf(f->arena, "%s/a", whole),
                    arena_printf(f->arena, "%s/a/b", whole),
                    arena_printf(f->arena, "%s/linked", whole)};
                const char *path = arena_printf(f->arena, "%s/%s", whole, paths[i]);

                assert_non_null(realpath(path, real));
                for (size_t k = 0; k < COUNT(known); k++)
                        ROW(same(path_resolve(f->arena, known[k], path), real), i, paths[i]);
        }
        ROW(same(path_resolve(f->arena, NULL, "/"), "/"), 0, "/");
        ROW(same(path_resolve(f->arena, whole, inside(f, "link/new")),
                arena_printf(f->arena, "%s/a/b/new", whole)),
            0, "a last part that is not there");
        ROW(same(path_resolve(f->arena, whole, inside(f, "link/new//")),
                arena_printf(f->arena, "%s/a/b/new", whole)),
            0, "with slashes behind it");
        ROW(same(path_resolve(f->arena, NULL, "/no"), "/no"), 0, "in the root");
        END_ROWS();
}

static void
paths_are_within(void **state)
{
        static const struct {
                const char *folder, *path;
                bool within;
        } rows[] = {{"/a/b", "/a/b", true}, {"/a/b", "/a/b/c", true}, {"/a/b", "/a/bc", false},
            {"/a/b", "/a", false}, {"/a/b", "/", false}, {"/", "/a", true}, {"/", "/", true}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(path_is_within(rows[i].folder, rows[i].path) == rows[i].within, i,
                    rows[i].path);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            FOLDER_TEST(paths_are_resolved), FOLDER_TEST(paths_are_within)};

        return RUN(tests);
}
