/*
 * beneath: only regular files and folders below the folder are opened, on kernels with openat2()
 * and without. (The linker replaces syscall() by the function below.)
 */
#include "folder.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "host/beneath.h"

/* The errno with which openat2() fails; 0: the kernel's own is called. */
static int openat2_fails;
static int openat2_calls;

long __real_syscall(long number, long a, long b, long c, long d, long e);
long __wrap_syscall(long number, long a, long b, long c, long d, long e);

long
__wrap_syscall(long number, long a, long b, long c, long d, long e)
{
        if (number == 437) {
                openat2_calls++;
                if (openat2_fails != 0) {
                        errno = openat2_fails;
                        return -1;
                }
        }
        return __real_syscall(number, a, b, c, d, e);
}

static void
put_socket(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_true(fd >= 0 && strlen(path) < sizeof(address.sun_path));
        strcpy(address.sun_path, path);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
        close(fd);
}

static void
lay_out(struct folder *f)
{
        static const char *const folders[] = {"in", "in/a", "in/a/b", "out"};
        static const struct {
                const char *link, *to;
        } links[] = {{"in/link-out", "../out/secret"}, {"in/link-in", "file"},
            {"in/folder-out", "../out"}, {"in/folder-in", "a"}, {"in/nowhere", "none"},
            {"in/loop", "loop"}, {"in/a/up", ".."}, {"in/root", "/"}, {"in/self", "/proc/self"},
            {"in/here", "."}, {"door", "in"}};

        for (size_t i = 0; i < COUNT(folders); i++)
                assert_int_equal(mkdir(inside(f, folders[i]), 0700), 0);
        put_file(inside(f, "in/file"), "1", 1);
        put_file(inside(f, "in/a/b/file"), "2", 1);
        put_file(inside(f, "in/.hidden"), "3", 1);
        put_file(inside(f, "out/secret"), "4", 1);
        put_file(inside(f, "in/closed"), "5", 1);
        assert_int_equal(chmod(inside(f, "in/closed"), 0), 0);
        for (size_t i = 0; i < COUNT(links); i++)
                assert_int_equal(symlink(links[i].to, inside(f, links[i].link)), 0);
        assert_int_equal(mkfifo(inside(f, "in/fifo"), 0600), 0);
        put_socket(inside(f, "in/socket"));
}

/* Opens path below in; returns what it is: the content's first byte, '/' for a folder, 0: an error
 * of the kind in *err. */
static char
look(struct folder *f, const char *root, const char *path, struct err *err)
{
        struct stat st;
        char byte = 0;
        int fd;

        err_clear(err);
        if (beneath_open(f->arena, inside(f, root), path, &fd, &st, err) != 0)
                return 0;
        if ((fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0)
                return '!';
        if (S_ISDIR(st.st_mode))
                return '/';
        return read(fd, &byte, 1) == 1 ? byte : '?';
}

static void
nothing_outside_is_opened(void **state)
{
        static const struct {
                const char *path;
                char is; /* 0: ERR_NOT_FOUND */
        } rows[] = {{"", '/'}, {"file", '1'}, {"a", '/'}, {"a/b", '/'}, {"a/b/file", '2'},
            {".hidden", '3'}, {"none", 0}, {"none/file", 0}, {"file/x", 0}, {"a/none", 0},
            {"link-out", 0}, {"link-in", 0}, {"folder-out", 0}, {"folder-out/secret", 0},
            {"folder-in", 0}, {"folder-in/b/file", 0}, {"nowhere", 0}, {"loop", 0}, {"a/up", 0},
            {"a/up/file", 0}, {"root", 0}, {"root/etc/passwd", 0}, {"self/exe", 0},
            {"here/file", 0}, {"..", 0}, {"../out/secret", 0}, {"a/../../out/secret", 0},
            {"a/b/../../../out", 0}, {"fifo", 0}, {"socket", 0}, {"fifo/x", 0}};
        /* 0: the kernel's openat2(); the others: it has none, and the host's sandbox forbids it. */
        static const int fails[] = {0, ENOSYS, EPERM};
        struct folder *f = *state;
        struct err err;

        lay_out(f);
        for (size_t k = 0; k < COUNT(fails); k++) {
                openat2_fails = fails[k];
                openat2_calls = 0;
                for (size_t i = 0; i < COUNT(rows); i++) {
                        char is = look(f, "in", rows[i].path, &err);

                        ROW(is == rows[i].is && (is != 0 || err.kind == ERR_NOT_FOUND), i,
                            rows[i].path);
                }
                ROW(look(f, "door", "file", &err) == '1', k, "the folder itself may be a link");
                ROW(look(f, "in", arena_printf(f->arena, "a/%0300d", 7), &err) == 0 &&
                        err.kind == ERR_NOT_FOUND,
                    k, "a name that is too long");
                ROW(look(f, "none", "file", &err) == 0 && err.kind == ERR_CONFIG, k, "no folder");
                ROW(look(f, "in/file", "file", &err) == 0 && err.kind == ERR_CONFIG, k,
                    "a file in place of the folder");
                ROW(geteuid() == 0 ||
                        (look(f, "in", "closed", &err) == 0 && err.kind == ERR_SYSTEM),
                    k, "a file that may not be read");
                assert_true(openat2_calls > 20);
        }
        openat2_fails = EMFILE;
        ROW(look(f, "in", "file", &err) == 0 && err.kind == ERR_SYSTEM, 0, "another error");
        openat2_fails = 0;
        END_ROWS();
}

/* The number of the next descriptor. */
static int
next_descriptor(void)
{
        int fd = dup(STDERR_FILENO);

        close(fd);
        return fd;
}

/* Whatever is opened goes with the arena. */
static void
no_descriptor_is_left(void **state)
{
        static const char *const paths[] = {
            "file", "a/b/file", "a", "none", "a/none", "link-in", "a/../x", "fifo", "file/x/y"};
        struct folder *f = *state;
        int before = next_descriptor();

        lay_out(f);
        for (int fails = 0; fails < 2; fails++) {
                openat2_fails = fails == 0 ? 0 : ENOSYS;
                for (size_t i = 0; i < COUNT(paths); i++) {
                        struct arena *arena = arena_new(abort);
                        struct stat st;
                        struct err err;
                        int fd;
                        int result = beneath_open(arena, inside(f, "in"), paths[i], &fd, &st, &err);

                        ROW(result == (i < 3 ? 0 : -1), i, paths[i]);
                        arena_free(arena);
                        ROW(next_descriptor() == before, i, paths[i]);
                }
        }
        openat2_fails = 0;
        END_ROWS();
}

struct names {
        struct folder *f;
        char *text;
};

static void
visit(void *context, const char *name, const struct stat *st)
{
        struct names *names = context;
        char kind = S_ISDIR(st->st_mode)   ? '/'
                    : S_ISLNK(st->st_mode) ? '@'
                    : S_ISREG(st->st_mode) ? '.'
                                           : '?';

        names->text = arena_printf(names->f->arena, "%s %s%c", names->text, name, kind);
}

static void
folders_are_read_to_the_end(void **state)
{
        static const char *const wanted[] = {" ./", " ../", " a/", " file.", " .hidden.",
            " link-out@", " folder-in@", " fifo?", " socket?", " closed."};
        struct folder *f = *state;
        struct names names = {f, ""};
        struct stat st;
        int fd;

        lay_out(f);
        assert_int_equal(beneath_open(f->arena, inside(f, "in"), "", &fd, &st, &f->err), 0);
        for (int twice = 0; twice < 2; twice++) {
                names.text = "";
                assert_int_equal(beneath_list(fd, visit, &names, &f->err), 0);
                for (size_t i = 0; i < COUNT(wanted); i++)
                        ROW(strstr(names.text, wanted[i]) != NULL, i, wanted[i]);
        }
        assert_int_equal(beneath_open(f->arena, inside(f, "in"), "file", &fd, &st, &f->err), 0);
        assert_int_equal(beneath_list(fd, visit, &names, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(nothing_outside_is_opened),
            FOLDER_TEST(no_descriptor_is_left), FOLDER_TEST(folders_are_read_to_the_end)};

        return RUN(tests);
}
