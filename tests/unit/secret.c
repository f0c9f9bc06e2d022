/* secret: which files are read; the advice about the others, and that following it helps. */
#include "folder.h"

#include "host/secret.h"

static void
modes_are_looked_at(void **state)
{
        struct folder *f = *state;
        char *path = inside(f, "w.conf"), *text;
        size_t size;

        assert_int_equal(secret_read(f->arena, path, &text, &size, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_NOT_FOUND);
        put_file(path, "x", 1);
        for (mode_t mode = 0; mode < 01000; mode++) {
                bool readable = (mode & 0400) != 0 || geteuid() == 0;
                int result;

                assert_int_equal(chmod(path, mode), 0);
                result = secret_read(f->arena, path, &text, &size, &f->err);
                if (!readable)
                        ROW(result == -1 && f->err.kind == ERR_DENIED &&
                                strstr(f->err.text, "w.conf cannot be read: chmod 600 it") != NULL,
                            mode, f->err.text);
                else if ((mode & 077) != 0)
                        ROW(result == -1 && f->err.kind == ERR_DENIED &&
                                strstr(f->err.text, "chmod 600") != NULL,
                            mode, "open to others");
                else
                        ROW(result == 0 && size == 1 && strcmp(text, "x") == 0, mode, "read");
        }
        assert_int_equal(chmod(path, 0600), 0);
        END_ROWS();
}

/* The advice for each owner and mode. Following it must give a file that is read: so a file that is
 * too closed and one that is too open get the same advice. */
static void
advice_does_not_contradict_itself(void **state)
{
        enum { ROOT = 0, YOU = 1001, WWW = 33 };
        static const struct {
                uid_t runs, program, owner;
                bool folder;
                const char *subject, *to_do; /* the end of the advice */
        } rows[] = {
            {YOU, YOU, YOU, false, "cannot be read", ": chmod 600 it"},
            {YOU, YOU, YOU, true, "cannot be read", ": chmod 700 it"},
            {ROOT, ROOT, YOU, false, "cannot be read", ": chmod 600 it"},
            {WWW, WWW, ROOT, false, "belongs to root and the programs run as user 33",
                ": chgrp 34 it, chmod 640"},
            {WWW, ROOT, ROOT, true, "belongs to root and the programs run as user 33",
                ": chgrp -R 34 it, chmod 750"},
            {WWW, ROOT, YOU, false, "belongs to user 1001 and the programs run as user 33",
                ": chown 33 it, chmod 600"},
            {WWW, WWW, YOU, true, "belongs to user 1001 and the programs run as user 33",
                ": chown -R 33 it, chmod 700"},
            {WWW, YOU, YOU, false,
                "belongs to user 1001, but this host runs programs as user 33, and those of other "
                "sites perhaps too",
                ": a host that runs them as user 1001 is needed (suEXEC); on a server of your own: "
                "chown 33 it, chmod 600"},
        };
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct secret_access access = {
                    rows[i].runs, 34, rows[i].program, rows[i].owner, rows[i].folder, false};
                const char *wanted =
                    arena_printf(f->arena, "/w %s%s", rows[i].subject, rows[i].to_do);
                const char *closed = secret_advice(f->arena, "/w", &access), *open;

                ROW(same(closed, wanted), i, closed);
                access.open = true;
                open = secret_advice(f->arena, "/w", &access);
                ROW(strstr(open, rows[i].to_do) != NULL, i, open);
        }
        END_ROWS();
}

/* The advice names the folder that keeps the program out. */
static void
a_closed_folder_is_named(void **state)
{
        struct folder *f = *state;
        char *text;
        size_t size;

        if (geteuid() == 0)
                SKIP("nothing is closed to root");
        assert_int_equal(mkdir(inside(f, "a"), 0700), 0);
        assert_int_equal(mkdir(inside(f, "a/b"), 0700), 0);
        put_file(inside(f, "a/b/w.conf"), "x", 1);
        assert_int_equal(chmod(inside(f, "a/b"), 0600), 0);
        assert_int_equal(secret_read(f->arena, inside(f, "a/b/w.conf"), &text, &size, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_DENIED);
        assert_non_null(strstr(f->err.text, "a/b cannot be read: chmod 700 it"));
        assert_int_equal(chmod(inside(f, "a"), 0600), 0);
        assert_int_equal(secret_read(f->arena, inside(f, "a/b/w.conf"), &text, &size, &f->err), -1);
        assert_non_null(strstr(f->err.text, "a folder above it is closed to user"));
        assert_int_equal(chmod(inside(f, "a"), 0700), 0);
        assert_int_equal(chmod(inside(f, "a/b"), 0700), 0);
        assert_int_equal(secret_read(f->arena, inside(f, "a/b/w.conf"), &text, &size, &f->err), 0);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(modes_are_looked_at),
            FOLDER_TEST(advice_does_not_contradict_itself), FOLDER_TEST(a_closed_folder_is_named)};

        return RUN(tests);
}
