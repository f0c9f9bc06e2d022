/* runner: a program run by a process that was started earlier. */
#include "folder.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>

#include "host/behind.h"
#include "host/os.h"
#include "host/runner.h"

static char *const environment[] = {"PATH=/usr/bin:/bin", "ONLY=this", NULL};

/* Starts a runner of one program. */
static struct runner *
start(struct folder *f, struct arena *arena, const char *file)
{
        struct runner_program *programs = arena_alloc(f->arena, sizeof(*programs));

        *programs = (struct runner_program){file, environment};
        return runner_start(arena, programs, NULL, false);
}

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
                struct runner *runner = start(f, f->arena, script(f, rows[i].text));
                size_t size;
                char *output;
                int result;

                err_clear(&f->err);
                result = runner_run(runner, f->arena, 0, "input",
                    os_clock_ms() + rows[i].milliseconds, &output, &size, &f->err);
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
        struct runner *runner = start(f, f->arena, script(f, "#!/bin/sh\ncat\n"));
        char *input = arena_alloc(f->arena, 60001), *output;
        size_t size;

        memset(input, 'x', 60000);
        input[60000] = '\0';
        assert_int_equal(
            runner_run(runner, f->arena, 0, input, os_clock_ms() + 5000, &output, &size, &f->err),
            0);
        assert_string_equal(output, input);
}

/* One process runs the program each time it is asked. A run that fails does not affect the next. */
static void
it_is_asked_more_than_once(void **state)
{
        struct folder *f = *state;
        struct runner *runner = start(f, f->arena,
            script(f, "#!/bin/sh\nread -r word; [ \"$word\" = slow ] && sleep 60; echo \"$word "
                      "$PPID\"\n"));
        char *first = "", *output = "";
        size_t size;

        assert_false(runner_is_gone(runner));
        assert_int_equal(
            runner_run(runner, f->arena, 0, "a", os_clock_ms() + 5000, &first, &size, &f->err), 0);
        assert_int_equal(
            runner_run(runner, f->arena, 0, "slow", os_clock_ms() + 200, &output, &size, &f->err),
            -1);
        assert_int_equal(f->err.kind, ERR_TIMEOUT);
        for (int i = 0; i < 50; i++)
                assert_int_equal(runner_run(runner, f->arena, 0, "a", os_clock_ms() + 5000, &output,
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
        struct runner *runner = start(f, f->arena, script(f, "#!/bin/sh\nkill -9 $PPID\n"));
        char *output;
        size_t size;

        for (int i = 0; i < 2; i++) {
                err_clear(&f->err);
                assert_int_equal(runner_run(runner, f->arena, 0, "", os_clock_ms() + 5000, &output,
                                     &size, &f->err),
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
        start(f, arena, script(f, "#!/bin/sh\n"));
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
        runner = start(f, arena, script(f, "#!/bin/sh\ncat\n"));
        result =
            runner_run(runner, f->arena, 0, "input", os_clock_ms() + 5000, &output, &size, &f->err);
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
        start(f, arena, script(f, "#!/bin/sh\n"));
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
        struct runner *runner = start(f, f->arena, script(f, "#!/bin/sh\n"));
        struct rlimit before, none;
        char *output;
        size_t size;
        int result;

        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        none = (struct rlimit){0, before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        result = runner_run(
            runner, f->arena, 0, "input", os_clock_ms() + 600000, &output, &size, &f->err);
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
            start(f, f->arena, script(f, "#!/bin/sh\nkill -KILL $(ps -o ppid= -p $$)\n"));
        char *output;
        size_t size;

        assert_int_equal(runner_run(runner, f->arena, 0, "input", os_clock_ms() + 600000, &output,
                             &size, &f->err),
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
        runner = start(f, f->arena, file);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(runner_run(runner, f->arena, 0, "", os_clock_ms() + 1000, &output,
                                     &size, &f->err),
                    -1);
                assert_int_equal(f->err.kind, ERR_SYSTEM);
                assert_int_equal(f->err.number, EMFILE);
                assert_non_null(strstr(f->err.text, "start a process"));
        }
        assert_true(runner_is_gone(runner));
}

/* ---- runs that are not waited for at once, and more than one program ---- */

static char *
named_script(struct folder *f, const char *name, const char *text)
{
        char *path = inside(f, name);

        put_file(path, text, strlen(text));
        assert_int_equal(chmod(path, 0700), 0);
        return path;
}

/* A program that writes its stdin back once the file "go" is there. */
static char *
waiting_script(struct folder *f, const char *before)
{
        return named_script(f, "waits",
            arena_printf(
                f->arena, "#!/bin/sh\n%s\nwhile [ ! -e go ]; do sleep 0.02; done\ncat\n", before));
}

static void
each_of_two_programs_is_run(void **state)
{
        struct folder *f = *state;
        const struct runner_program programs[] = {
            {named_script(f, "one", "#!/bin/sh\necho \"one $ONLY\"\n"), environment},
            {named_script(f, "two", "#!/bin/sh\necho \"two $ONLY\"\n"),
                (char *const[]){"ONLY=that", NULL}}};
        struct runner *runner = runner_start(f->arena, programs, NULL, false);
        const char *const said[] = {"one this\n", "two that\n"};
        char *output;
        size_t size;

        for (size_t i = 0; i < 4; i++) {
                assert_int_equal(runner_run(runner, f->arena, i % 2, "", os_clock_ms() + 5000,
                                     &output, &size, &f->err),
                    0);
                assert_string_equal(output, said[i % 2]);
        }
}

static void
a_run_is_waited_for_again_and_again(void **state)
{
        struct folder *f = *state;
        struct runner *runner = start(f, f->arena, waiting_script(f, ""));
        char *output;
        size_t size;

        assert_int_equal(runner_begin(runner, 0, "first", os_clock_ms() + 30000, &f->err), 0);
        for (int i = 0; i < 3; i++) {
                long long before = os_clock_ms();

                assert_int_equal(
                    runner_finish(runner, f->arena, before + 50, &output, &size, &f->err), -1);
                assert_int_equal(f->err.kind, ERR_BUSY);
                assert_in_range(os_clock_ms() - before, 50, 5000);
        }
        assert_int_equal(runner_begin(runner, 0, "second", os_clock_ms() + 1000, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_BUSY); /* it still runs the first */
        put_file(inside(f, "go"), "", 0);
        assert_int_equal(
            runner_finish(runner, f->arena, os_clock_ms() + 20000, &output, &size, &f->err), 0);
        assert_string_equal(output, "first");
        assert_int_equal(runner_run(runner, f->arena, 0, "second", os_clock_ms() + 5000, &output,
                             &size, &f->err),
            0);
        assert_string_equal(output, "second");
}

/* The next caller does not get what an earlier one did not wait for. */
static void
what_nobody_waited_for_is_dropped(void **state)
{
        struct folder *f = *state;
        struct runner *runner = start(f, f->arena, script(f, "#!/bin/sh\ncat\n"));
        char *output;
        size_t size;
        int result = -1;

        assert_int_equal(runner_begin(runner, 0, "first", os_clock_ms() + 5000, &f->err), 0);
        for (int i = 0; result != 0 && i < 500; i++) {
                result = runner_begin(runner, 0, "second", os_clock_ms() + 5000, &f->err);
                os_sleep(10);
        }
        assert_int_equal(result, 0);
        assert_int_equal(runner_finish(runner, f->arena, LLONG_MAX, &output, &size, &f->err), 0);
        assert_string_equal(output, "second");
}

/* Puts a pipe in place of stderr, as a web server does. Returns the end to read from. */
static int
begin_stderr(int *saved)
{
        int ends[2];

        fflush(NULL);
        *saved = dup(STDERR_FILENO);
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        dup2(ends[1], STDERR_FILENO);
        close(ends[1]);
        return ends[0];
}

static void
end_stderr(int saved)
{
        dup2(saved, STDERR_FILENO);
        close(saved);
}

static bool
is_closed(int end)
{
        struct pollfd wait = {.fd = end, .events = POLLIN};

        return poll(&wait, 1, 5000) == 1 && (wait.revents & POLLHUP) != 0;
}

/* A runner that steps back at once: neither it nor the program that it runs holds our stderr, but
 * what the program says is kept, also by way of /dev/stderr. */
static void
it_holds_no_stderr(void **state)
{
        struct folder *f = *state;
        struct arena *arena = arena_new(abort);
        struct behind *behind = behind_new(f->arena);
        const struct runner_program programs[] = {
            {waiting_script(f, "echo one >&2; echo two >/dev/stderr"), environment}};
        int saved, end = begin_stderr(&saved), result;
        struct runner *runner = runner_start(arena, programs, behind, true);
        char *output;
        size_t size;

        result = runner_begin(runner, 0, "", os_clock_ms() + 30000, &f->err);
        end_stderr(saved);
        assert_int_equal(result, 0);
        assert_true(is_closed(end)); /* while the program runs */
        put_file(inside(f, "go"), "", 0);
        assert_int_equal(runner_finish(runner, f->arena, LLONG_MAX, &output, &size, &f->err), 0);
        assert_string_equal(behind_take(behind, f->arena), "one\ntwo\n");
        assert_string_equal(behind_take(behind, f->arena), "");
        arena_free(arena);
        close(end);
}

/* Until it steps back, programs have our stderr. */
static void
it_steps_back_later(void **state)
{
        struct folder *f = *state;
        struct arena *arena = arena_new(abort);
        struct behind *behind = behind_new(f->arena);
        const struct runner_program programs[] = {
            {script(f, "#!/bin/sh\necho \"$(cat)\" >&2\n"), environment}};
        int saved, end = begin_stderr(&saved), results[2];
        struct runner *runner = runner_start(arena, programs, behind, false);
        char *output, said[100];
        size_t size;

        results[0] =
            runner_run(runner, f->arena, 0, "now", os_clock_ms() + 5000, &output, &size, &f->err);
        runner_step_back(runner);
        results[1] =
            runner_run(runner, f->arena, 0, "later", os_clock_ms() + 5000, &output, &size, &f->err);
        end_stderr(saved);
        assert_int_equal(results[0], 0);
        assert_int_equal(results[1], 0);
        assert_int_equal(read(end, said, sizeof(said)), 4);
        assert_memory_equal(said, "now\n", 4);
        assert_true(is_closed(end));
        assert_string_equal(behind_take(behind, f->arena), "later\n");
        arena_free(arena);
        close(end);
}

/* What a program says after the memory is full is lost, and nothing else happens to it. */
static void
what_is_said_has_an_end(void **state)
{
        struct folder *f = *state;
        struct behind *behind = behind_new(f->arena);
        const struct runner_program programs[] = {
            {script(f, "#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2 && echo done\n"),
                environment}};
        struct runner *runner = runner_start(f->arena, programs, behind, true);
        char *output, *said;
        size_t size;

        assert_int_equal(
            runner_run(runner, f->arena, 0, "", os_clock_ms() + 20000, &output, &size, &f->err), 0);
        assert_string_equal(output, "done\n");
        said = behind_take(behind, f->arena);
        assert_int_equal(strlen(said), BEHIND_SAID_MAX);
        assert_int_equal(strspn(said, "x"), BEHIND_SAID_MAX);
}

/* A process leaves the runner to another one, and does not wait for what it runs. */
static void
it_is_left_to_another_process(void **state)
{
        struct folder *f = *state;
        struct arena *arena = arena_new(abort);
        struct runner *runner = start(f, arena, waiting_script(f, ""));
        int status;
        char *output;
        size_t size;
        pid_t pid;

        assert_int_equal(runner_begin(runner, 0, "input", os_clock_ms() + 30000, &f->err), 0);
        pid = fork();
        if (pid == 0)
                _exit(runner_finish(runner, f->arena, LLONG_MAX, &output, &size, &f->err) == 0 &&
                              strcmp(output, "input") == 0
                          ? 0
                          : 1);
        runner_let_go(runner);
        assert_true(runner_is_gone(runner));
        assert_int_equal(runner_begin(runner, 0, "", os_clock_ms() + 1000, &f->err), -1);
        assert_int_equal(f->err.kind, ERR_SYSTEM);
        arena_free(arena); /* the alarm ends a test that hangs */
        put_file(inside(f, "go"), "", 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
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
            FOLDER_TEST(each_of_two_programs_is_run),
            FOLDER_TEST(a_run_is_waited_for_again_and_again),
            FOLDER_TEST(what_nobody_waited_for_is_dropped),
            FOLDER_TEST(it_holds_no_stderr),
            FOLDER_TEST(it_steps_back_later),
            FOLDER_TEST(what_is_said_has_an_end),
            FOLDER_TEST(it_is_left_to_another_process),
            FOLDER_TEST(what_cannot_start_says_so),
        };
        return RUN(tests);
}
