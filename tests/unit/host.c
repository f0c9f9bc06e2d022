/* host: when a process is to be replaced. Which changed files do so: tests/server/many.t. */
#include "folder.h"

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
            FOLDER_TEST(stdout_is_given_up), FOLDER_TEST(a_state_out_of_reach_ends_it)};

        return RUN(tests);
}
