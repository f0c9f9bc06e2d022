/* runner: a program run by a process that was started earlier. */
#include "folder.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>

#include "host/os.h"
#include "host/runner.h"

static char *const environment[] = {"PATH=/usr/bin:/bin", "ONLY=this", NULL};

static char *
script(struct folder *f, const char *text)
{
        char *path = inside(f, "program");

        put_file(path, text, strlen(text));
        assert_int_equal(chmod(path, 0700), 0);
        return path;
}

static void
programs_are_run_or_their_error_comes_back(void **state)
{
        static const struct {
                const char *text;
                int milliseconds;
                enum err_kind kind;
                const char *says; /* the output, or in the error */
        } rows[] = {{"#!/bin/sh\ncat; echo \"$ONLY:$HOME\"\n", 5000, ERR_NONE, "inputthis:\n"},
            {"#!/bin/sh\n", 5000, ERR_NONE, ""},
            {"#!/bin/sh\nexit 3\n", 5000, ERR_CONFIG, "exit status 3"},
            {"#!/bin/sh\nsleep 60\n", 300, ERR_TIMEOUT, "took too long"},
            {"#!/bin/sh\nhead -c 70000 /dev/zero\n", 5000, ERR_CONFIG, "more than 65536 bytes"},
            {"#!/bin/sh\r\n", 5000, ERR_CONFIG, "its first line ends with CR LF"}};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct runner *runner =
                    runner_start(f->arena, script(f, rows[i].text), environment);
                size_t size;
                char *output;
                int result;

                err_clear(&f->err);
                result = runner_run(runner, f->arena, "input", os_clock_ms() + rows[i].milliseconds,
                    &output, &size, &f->err);
                ROW(f->err.kind == rows[i].kind && (result == 0) == (rows[i].kind == ERR_NONE) &&
                        (result == 0 ? same(output, rows[i].says) && size == strlen(output)
                                     : strstr(f->err.text, rows[i].says) != NULL),
                    i, f->err.text);
        }
        END_ROWS();
}

static void
long_texts_go_both_ways(void **state)
{
        struct folder *f = *state;
        struct runner *runner = runner_start(f->arena, script(f, "#!/bin/sh\ncat\n"), environment);
        char *input = arena_alloc(f->arena, 60001), *output;
        size_t size;

        memset(input, 'x', 60000);
        input[60000] = '\0';
        assert_int_equal(
            runner_run(runner, f->arena, input, os_clock_ms() + 5000, &output, &size, &f->err), 0);
        assert_string_equal(output, input);
}

/* One process runs the program each time it is asked. A run that fails does not affect the next. */
static void
it_is_asked_more_than_once(void **state)
{
        struct folder *f = *state;
        struct runner *runner = runner_start(f->arena,
            script(f, "#!/bin/sh\nread -r word; [ \"$word\" = slow ] && sleep 60; echo \"$word "
                      "$PPID\"\n"),
            environment);
        char *first = "", *output = "";
        size_t size;

        assert_false(runner_is_gone(runner));
        assert_int_equal(
            runner_run(runner, f->arena, "a", os_clock_ms() + 5000, &first, &size, &f->err), 0);
        assert_int_equal(
            runner_run(runner, f->arena, "slow", os_clock_ms() + 200, &output, &size, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_TIMEOUT);
        for (int i = 0; i < 50; i++)
                assert_int_equal(runner_run(runner, f->arena, "a", os_clock_ms() + 5000, &output,
                                     &size, &f->err),
                    0);
        assert_string_equal(output, first); /* the same parent process */
        assert_false(runner_is_gone(runner));
}

/* Each caller gets the error, and no caller gets the reply to an earlier request. */
static void
it_is_known_to_be_gone(void **state)
{
        struct folder *f = *state;
        struct runner *runner =
            runner_start(f->arena, script(f, "#!/bin/sh\nkill -9 $PPID\n"), environment);
        char *output;
        size_t size;

        for (int i = 0; i < 2; i++) {
                err_clear(&f->err);
                assert_int_equal(
                    runner_run(runner, f->arena, "", os_clock_ms() + 5000, &output, &size, &f->err),
                    -1);
                assert_int_equal(f->err.kind, ERR_SYSTEM);
                assert_string_equal(f->err.text, "the process that runs programs is gone");
        }
        assert_true(runner_is_gone(runner));
}

/* The process ends with its caller, even if it was never asked, and does not keep the caller's
 * descriptors 0 and 1 open. */
static void
it_keeps_nothing_open(void **state)
{
        struct folder *f = *state;
        struct arena *arena = arena_new(abort);
        struct pollfd end = {.events = POLLIN};
        int ends[2], stdout_copy = dup(1);

        assert_int_equal(pipe(ends), 0);
        fcntl(ends[0], F_SETFD, FD_CLOEXEC);
        fflush(NULL);
        dup2(ends[1], 1); /* in place of the web server's pipe */
        close(ends[1]);
        runner_start(arena, script(f, "#!/bin/sh\n"), environment);
        dup2(stdout_copy, 1);
        close(stdout_copy);
        end.fd = ends[0];
        assert_int_equal(poll(&end, 1, 5000), 1); /* closed, although the process still waits */
        assert_true((end.revents & POLLHUP) != 0);
        arena_free(arena); /* waits for the process to end; the alarm ends a test that hangs */
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
        assert_int_equal(errno, ECHILD);
        close(ends[0]);
}

/* A web server may start a program without stdin; the next descriptor opened is then 0. */
static void
it_starts_without_stdin(void **state)
{
        struct folder *f = *state;
        struct arena *arena = arena_new(abort);
        struct runner *runner;
        int saved = dup(STDIN_FILENO), result;
        char *output = "";
        size_t size;

        close(STDIN_FILENO);
        runner = runner_start(arena, script(f, "#!/bin/sh\ncat\n"), environment);
        result =
            runner_run(runner, f->arena, "input", os_clock_ms() + 5000, &output, &size, &f->err);
        arena_free(arena);
        dup2(saved, STDIN_FILENO);
        close(saved);
        assert_int_equal(result, 0);
}

/* A process that waits uses no CPU time. */
static void
it_waits_without_work(void **state)
{
        struct folder *f = *state;
        struct arena *arena = arena_new(abort);
        struct rusage before, after;
        long long used;

        assert_int_equal(getrusage(RUSAGE_CHILDREN, &before), 0);
        runner_start(arena, script(f, "#!/bin/sh\n"), environment);
        os_sleep(500);
        arena_free(arena);
        assert_int_equal(getrusage(RUSAGE_CHILDREN, &after), 0);
        used = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000LL +
               (after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000000LL +
               after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec -
               before.ru_stime.tv_usec;
        assert_in_range(used, 0, 200000);
}

/* With a limit of no descriptors, the kernel refuses every poll(). */
static void
a_poll_that_always_fails_is_given_up(void **state)
{
        struct folder *f = *state;
        struct runner *runner = runner_start(f->arena, script(f, "#!/bin/sh\n"), environment);
        struct rlimit before, none;
        char *output;
        size_t size;
        int result;

        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        none = (struct rlimit){0, before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        result =
            runner_run(runner, f->arena, "input", os_clock_ms() + 600000, &output, &size, &f->err);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(result, -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_string_equal(f->err.text, "the process that runs programs is gone");
}

/* The process is killed while it runs a program. */
static void
a_process_that_is_gone_is_said(void **state)
{
        struct folder *f = *state;
        struct runner *runner =
            runner_start(f->arena, script(f, "#!/bin/sh\nkill -KILL $(ps -o ppid= -p $$)\n"),
                (char *const[]){"PATH=/usr/bin:/bin", NULL});
        char *output;
        size_t size;

        assert_int_equal(
            runner_run(runner, f->arena, "input", os_clock_ms() + 600000, &output, &size, &f->err),
            -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        assert_string_equal(f->err.text, "the process that runs programs is gone");
}

/* Without a descriptor for it nothing is started, and each run says why. */
static void
what_cannot_start_says_so(void **state)
{
        struct folder *f = *state;
        struct rlimit before, none = {0, 0};
        struct runner *runner;
        char *output, *file = script(f, "#!/bin/sh\n");
        size_t size;

        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        none.rlim_max = before.rlim_max;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        runner = runner_start(f->arena, file, environment);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(
                    runner_run(runner, f->arena, "", os_clock_ms() + 1000, &output, &size, &f->err),
                    -1);
                assert_int_equal(f->err.kind, ERR_SYSTEM);
                assert_int_equal(f->err.number, EMFILE);
                assert_non_null(strstr(f->err.text, "start a process"));
        }
        assert_true(runner_is_gone(runner));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            FOLDER_TEST(what_cannot_start_says_so),
            FOLDER_TEST(programs_are_run_or_their_error_comes_back),
            FOLDER_TEST(long_texts_go_both_ways),
            FOLDER_TEST(it_is_asked_more_than_once),
            FOLDER_TEST(it_is_known_to_be_gone),
            FOLDER_TEST(it_keeps_nothing_open),
            FOLDER_TEST(it_waits_without_work),
            FOLDER_TEST(it_starts_without_stdin),
            FOLDER_TEST(a_poll_that_always_fails_is_given_up),
            FOLDER_TEST(a_process_that_is_gone_is_said),
            FOLDER_TEST(what_cannot_start_says_so),
        };
        return RUN(tests);
}
