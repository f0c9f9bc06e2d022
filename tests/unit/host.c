/* host: when a process is to be replaced. Which changed files do so: tests/server/many.t. */
#include "folder.h"

#include <limits.h>
#include <stdio.h>
#include <sys/wait.h>

#include "host/os.h"
#include "host/runner.h"
#include "web/host.h"

static void
limits_end_a_process(void **state)
{
        static const struct watch none = {.path = NULL};
        static const struct {
                int requests;
                long long age_ms;
                enum err_kind kind;
                bool watches, spent;
        } rows[] = {{0, 0, ERR_NONE, true, false}, {9999, 0, ERR_NONE, true, false},
            {10000, 0, ERR_NONE, true, true}, {10001, 0, ERR_NONE, true, true},
            {0, 3590000, ERR_NONE, true, false}, {0, 3600000, ERR_NONE, true, true},
            {0, 0, ERR_CONFIG, true, true}, {0, 0, ERR_NONE, false, true}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct watch watched = none;
                struct host host = {.watched = rows[i].watches ? &watched : NULL,
                    .requests = rows[i].requests,
                    .began = os_clock_ms() - rows[i].age_ms,
                    .err = {.kind = rows[i].kind}};

                ROW(host_is_spent(&host) == rows[i].spent, i, "spent");
        }
        END_ROWS();
}

static void
a_changed_file_ends_it(void **state)
{
        struct folder *f = *state;
        struct watch watched[] = {{.path = inside(f, "file"), .exists = false}, {.path = NULL}};
        struct host host = {.watched = watched, .began = os_clock_ms()};

        assert_false(host_is_spent(&host));
        put_file(watched[0].path, "x", 1);
        assert_true(host_is_spent(&host));
}

/* Also one that prepare() has watched, there or not. */
static void
what_prepare_watches_ends_it(void **state)
{
        struct folder *f = *state;
        struct watch watched[] = {{.path = NULL}, {.path = NULL}, {.path = NULL}};
        struct host host = {.watched = watched, .began = os_clock_ms()};

        put_file(inside(f, "file"), "x", 1);
        host_watch_file(&host, inside(f, "file"));
        host_watch_file(&host, inside(f, "file.before"));
        assert_false(host_is_spent(&host));
        put_file(inside(f, "file.before"), "x", 1);
        assert_true(host_is_spent(&host));
}

static void
change(struct folder *f, const char *how)
{
        const char *file = inside(f, "way/in/file"), *in = inside(f, "way/in");

        if (strcmp(how, "written") == 0)
                put_file(file, "y", 1);
        else if (strcmp(how, "written by another name") == 0)
                put_file(inside(f, "name"), "y", 1);
        else if (strcmp(how, "replaced") == 0)
                assert_int_equal(rename(inside(f, "other"), file), 0);
        else if (strcmp(how, "deleted") == 0)
                assert_int_equal(unlink(file), 0);
        else if (strcmp(how, "created") == 0)
                put_file(inside(f, "way/in/missing"), "y", 1);
        else if (strcmp(how, "closed") == 0)
                assert_int_equal(chmod(file, 0), 0);
        else if (strcmp(how, "folder moved") == 0)
                assert_int_equal(rename(in, inside(f, "gone")), 0);
        else if (strcmp(how, "folder above moved") == 0)
                assert_int_equal(rename(inside(f, "way"), inside(f, "gone")), 0);
}

/* The kernel tells of each change: the process that looks at no file sees it at the next question.
 */
static void
the_kernel_tells(void **state)
{
        static const char *const hows[] = {"written", "written by another name", "replaced",
            "deleted", "created", "closed", "folder moved", "folder above moved"};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(hows); i++) {
                struct watch watched[] = {{.path = NULL}, {.path = NULL}, {.path = NULL}};
                struct host host = {.watched = watched, .began = os_clock_ms()};
                char *path = inside(f, arena_printf(f->arena, "%zu", i));
                struct folder own = {.arena = f->arena, .path = path};

                assert_int_equal(mkdir(path, 0700), 0);
                assert_int_equal(mkdir(inside(&own, "way"), 0700), 0);
                assert_int_equal(mkdir(inside(&own, "way/in"), 0700), 0);
                put_file(inside(&own, "way/in/file"), "x", 1);
                put_file(inside(&own, "other"), "x", 1);
                assert_int_equal(link(inside(&own, "way/in/file"), inside(&own, "name")), 0);
                host_watch_file(&host, inside(&own, "way/in/file"));
                host_watch_file(&host, inside(&own, "way/in/missing"));
                host.told = watch_tell(f->arena, watched);
                ROW(host.told > 0 && watched[0].is_told && watched[1].is_told, i, hows[i]);
                host.look_at = LLONG_MAX;
                put_file(inside(&own, "way/in/unrelated"), "x", 1);
                ROW(!host_is_spent(&host), i, "another file");
                host.look_at = LLONG_MAX;
                ROW(!host_is_spent(&host), i, "nothing");
                change(&own, hows[i]);
                ROW(host_is_spent(&host), i, hows[i]);
                close(host.told);
        }
        END_ROWS();
}

/* Of a file behind a link the kernel would not tell everything, so the process looks. */
static void
behind_a_link_it_looks(void **state)
{
        struct folder *f = *state;
        struct watch watched[] = {{.path = NULL}, {.path = NULL}};
        struct host host = {.watched = watched, .began = os_clock_ms()};

        assert_int_equal(mkdir(inside(f, "one"), 0700), 0);
        assert_int_equal(mkdir(inside(f, "two"), 0700), 0);
        put_file(inside(f, "one/file"), "x", 1);
        put_file(inside(f, "two/file"), "y", 1);
        assert_int_equal(symlink("one", inside(f, "now")), 0);
        host_watch_file(&host, inside(f, "now/file"));
        host.told = watch_tell(f->arena, watched);
        host.look_at = LLONG_MAX;
        assert_false(watched[0].is_told);
        assert_false(host_is_spent(&host));
        assert_int_equal(unlink(inside(f, "now")), 0);
        assert_int_equal(symlink("two", inside(f, "now")), 0);
        assert_true(host_is_spent(&host));
        close(host.told);
}

/* What nobody tells of is seen when it is time to look. */
static void
it_looks_now_and_then(void **state)
{
        struct folder *f = *state;
        struct watch watched[] = {{.path = NULL}, {.path = NULL}};
        struct host host = {.watched = watched, .began = os_clock_ms()};

        put_file(inside(f, "file"), "x", 1);
        host_watch_file(&host, inside(f, "file"));
        host.told = watch_tell(f->arena, watched);
        host.look_at = LLONG_MAX;
        put_file(inside(f, "file"), "xx", 2);
        watch_heard(host.told);
        assert_false(host_is_spent(&host));
        host.look_at = os_clock_ms();
        assert_true(host_is_spent(&host));
        close(host.told);
}

static void
a_state_out_of_reach_ends_it(void **state)
{
        static struct watch none = {.path = NULL};
        struct host host = {.watched = &none, .began = os_clock_ms()};
        int any;

        (void)state;
        host.state = (struct state *)&any; /* it is not looked into */
        assert_true(host_is_spent(&host));
        host.state_is_there = true;
        assert_false(host_is_spent(&host));
}

/* Counts the descriptors above stderr that lead to /dev/null; 100 more if stdout does. */
static int
count_nowhere(void)
{
        char path[32], target[64];
        int count = 0;

        for (int fd = 1; fd < 64; fd++) {
                ssize_t size;

                (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
                size = readlink(path, target, sizeof(target) - 1);
                if (fd != 2 && size == 9 && memcmp(target, "/dev/null", 9) == 0)
                        count += fd == 1 ? 100 : 1;
        }
        return count;
}

/* A process for many requests gives its stdout up, and keeps no other descriptor for that. */
static void
stdout_is_given_up(void **state)
{
        static const struct app_program program = {.name = "test.cgi"};
        const struct app_program *const programs[] = {&program, NULL};
        char *none[] = {NULL};
        int gate[2], status;
        pid_t pid;

        (void)state;
        assert_int_equal(pipe(gate), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                struct host host;
                int before;

                (void)dup2(gate[1], STDOUT_FILENO);
                before = count_nowhere();
                host_open(&host, programs, none, HOST_MANY);
                host_enter(&host);
                _exit(count_nowhere() - before);
        }
        close(gate[0]);
        close(gate[1]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 100);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(limits_end_a_process),
            FOLDER_TEST(a_changed_file_ends_it), FOLDER_TEST(what_prepare_watches_ends_it),
            FOLDER_TEST(the_kernel_tells), FOLDER_TEST(behind_a_link_it_looks),
            FOLDER_TEST(it_looks_now_and_then), FOLDER_TEST(stdout_is_given_up),
            FOLDER_TEST(a_state_out_of_reach_ends_it)};

        return RUN(tests);
}
