/* process: programs that behave, and programs that do not. */
#include "folder.h"

#include <poll.h>

#include "os.h"
#include "process.h"

static char *const environment[] = {"PATH=/usr/bin:/bin", "ONLY=this", NULL};

static char *
script(struct folder *f, const char *text)
{
        char *path = inside(f, "program");

        put_file(path, text, strlen(text));
        assert_int_equal(chmod(path, 0700), 0);
        return path;
}

static int
run(struct folder *f, const char *file, const char *input, int milliseconds, char **output)
{
        size_t size;

        err_clear(&f->err);
        *output = "";
        return process_run(f->arena, file, environment, input, os_clock_ms() + milliseconds, output,
            &size, &f->err);
}

static void
programs_answer_or_fail(void **state)
{
        static const struct {
                const char *text;
                enum err_kind kind;
                const char *says; /* the output, or in the error */
        } rows[] = {{"#!/bin/sh\ncat\n", ERR_NONE, "input"}, {"#!/bin/sh\n", ERR_NONE, ""},
            {"#!/bin/sh\necho hello\n", ERR_NONE, "hello\n"}, /* does not read stdin */
            {"#!/bin/sh\nexec <&-\necho hello\n", ERR_NONE, "hello\n"},
            {"#!/bin/sh\ncat > got; pwd > where; [ -s got ] && echo \"$ONLY:$HOME\"\n", ERR_NONE,
                "this:\n"},
            {"#!/bin/sh\necho x; exit 3\n", ERR_CONFIG, "exit status 3"},
            {"#!/bin/sh\nkill -SEGV $$\n", ERR_CONFIG, "signal 11"},
            {"#!/bin/sh\nhead -c 70000 /dev/zero\n", ERR_CONFIG, "more than 65536 bytes"},
            {"#!/bin/sh\nsleep 60\n", ERR_TIMEOUT, "took too long"},
            {"#!/bin/sh\nsleep 60 &\n", ERR_TIMEOUT, "took too long"}, /* which keeps stdout */
            {"#!/bin/sh\nexec >&-\nsleep 60\n", ERR_TIMEOUT, "took too long"},
            {"#!/bin/sh\ntrap '' TERM INT HUP\nwhile :; do sleep 1; done\n", ERR_TIMEOUT,
                "too long"},
            {"#!/nowhere/at/all\n", ERR_CONFIG, "No such file"}};
        struct folder *f = *state;

        for (size_t i = 0; i < COUNT(rows); i++) {
                long long before = os_clock_ms();
                char *output;
                int result = run(f, script(f, rows[i].text), "input",
                    rows[i].kind == ERR_TIMEOUT ? 300 : 5000, &output);

                ROW(f->err.kind == rows[i].kind && (result == 0) == (rows[i].kind == ERR_NONE) &&
                        (result == 0 ? same(output, rows[i].says)
                                     : strstr(f->err.text, rows[i].says) != NULL),
                    i, f->err.text);
                ROW(rows[i].kind != ERR_TIMEOUT || os_clock_ms() - before < 2000, i, "in time");
        }
        END_ROWS();
}

static void
it_runs_where_it_is(void **state)
{
        struct folder *f = *state;
        char *output, *real;

        assert_int_equal(run(f, script(f, "#!/bin/sh\npwd -P\n"), "", 5000, &output), 0);
        real = realpath(f->path, NULL);
        assert_memory_equal(output, real, strlen(real));
        free(real);
}

static void
what_cannot_be_run_is_said(void **state)
{
        struct folder *f = *state;
        char *path = script(f, "#!/bin/sh\n"), *output;

        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(run(f, path, "", 5000, &output), -1);
        assert_int_equal(f->err.kind, ERR_CONFIG);
        assert_non_null(strstr(f->err.text, "Permission denied"));
        assert_int_equal(run(f, inside(f, "missing"), "", 5000, &output), -1);
        assert_int_equal(f->err.kind, ERR_CONFIG);
}

static void
long_input_goes_both_ways(void **state)
{
        struct folder *f = *state;
        char *input = arena_alloc(f->arena, 60001), *output;

        memset(input, 'x', 60000);
        assert_int_equal(run(f, script(f, "#!/bin/sh\ncat\n"), input, 5000, &output), 0);
        assert_string_equal(output, input);
        assert_int_equal(run(f, script(f, "#!/bin/sh\necho a\n"), input, 5000, &output), 0);
        assert_string_equal(output, "a\n"); /* and no SIGPIPE ended us */
}

/* What a program that is ended had started is ended as well: all that hold the FIFO are gone. */
static void
nothing_goes_on_behind_it(void **state)
{
        struct folder *f = *state;
        char *output, said[16] = "";
        struct pollfd end = {.events = POLLIN};

        assert_int_equal(mkfifo(inside(f, "fifo"), 0600), 0);
        end.fd = open(inside(f, "fifo"), O_RDONLY | O_NONBLOCK);
        assert_true(end.fd >= 0);
        assert_int_equal(
            run(f, script(f, "#!/bin/sh\nexec 3>fifo\necho began >&3\nsleep 600 &\nwait\n"), "",
                2000, &output),
            -1);
        assert_int_equal(f->err.kind, ERR_TIMEOUT);
        assert_int_equal(read(end.fd, said, sizeof(said) - 1), 6);
        assert_string_equal(said, "began\n");
        assert_int_equal(poll(&end, 1, 5000), 1);
        assert_int_equal(end.revents & POLLHUP, POLLHUP);
        close(end.fd);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {FOLDER_TEST(programs_answer_or_fail),
            FOLDER_TEST(it_runs_where_it_is), FOLDER_TEST(what_cannot_be_run_is_said),
            FOLDER_TEST(long_input_goes_both_ways), FOLDER_TEST(nothing_goes_on_behind_it)};

        return RUN(tests);
}
