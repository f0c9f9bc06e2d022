/* process: programs that work, and programs that fail. */
#include "folder.h"

#include <poll.h>
#include <signal.h>

#include "host/os.h"
#include "host/process.h"

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
        const struct process_job job = {
            file, environment, input, false, os_clock_ms() + milliseconds};
        size_t size;

        err_clear(&f->err);
        *output = "";
        return process_run(f->arena, &job, output, &size, &f->err);
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
                "too long"}};
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

/* The caller ignores SIGXFSZ and SIGPIPE; a program starts with their default actions. */
static void
its_signals_are_the_usual_ones(void **state)
{
        struct folder *f = *state;
        unsigned long long ignored;
        char *output;
        int result;

        (void)signal(SIGXFSZ, SIG_IGN);
        (void)signal(SIGPIPE, SIG_IGN);
        result = run(f, script(f, "#!/bin/sh\nsed -n 's/^SigIgn://p' /proc/self/status\n"), "",
            5000, &output);
        (void)signal(SIGXFSZ, SIG_DFL);
        (void)signal(SIGPIPE, SIG_DFL);
        assert_int_equal(result, 0);
        ignored = strtoull(output, NULL, 16);
        assert_int_equal(ignored >> (SIGXFSZ - 1) & 1, 0);
        assert_int_equal(ignored >> (SIGPIPE - 1) & 1, 0);
}

static void
what_cannot_be_run_is_said(void **state)
{
        struct folder *f = *state;
        char *path = script(f, "#!/bin/sh\n"), *output;

        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(run(f, path, "", 5000, &output), -1);
        assert_int_equal(f->err.kind, ERR_CONFIG);
        assert_non_null(strstr(f->err.text, "/program: it is not executable: chmod 755 it"));
        assert_int_equal(run(f, inside(f, "missing"), "", 5000, &output), -1);
        assert_int_equal(f->err.kind, ERR_CONFIG);
        assert_non_null(strstr(f->err.text, "/missing: No such file"));
        assert_int_equal(mkdir(inside(f, "folder"), 0700), 0);
        assert_int_equal(run(f, inside(f, "folder"), "", 5000, &output), -1);
        assert_non_null(strstr(f->err.text, "/folder: it is a folder, not a program"));
}

/* Damage by Windows editors and uploads: each kind has its own message. */
static void
what_is_wrong_with_it_is_said(void **state)
{
        static const char not_unix[] = "its first line ends with CR LF, as Windows writes it: save "
                                       "it with the line ends of Unix, LF";
        static const struct {
                const char *text, *says;
        } rows[] = {{"#!/bin/sh\r\necho {}\r\n", not_unix},
            {"#!/usr/bin/env sh\r\necho {}\r\n", not_unix},
            {"#!/bin/sh -e\r\necho {}\r\n", not_unix}, {"#! /bin/sh \r\n", not_unix},
            {"\xef\xbb\xbf#!/bin/sh\n", "a byte order mark (BOM) stands before #!"},
            {"\xef\xbb\xbf#!/bin/sh\r\n", "a byte order mark (BOM) stands before #!"},
            {"\xff\xfe#", "it is UTF-16"},
            {"<?php echo 1;\n", "its first line must name what runs it, such as #!"},
            {"\xef\xbb\xbf<?php echo 1;\n", "its first line must name what runs it"},
            {"", "its first line must name what runs it"},
            {"\n#!/bin/sh\n", "its first line must name what runs it"},
            {"#!/nowhere/at/all\n",
                "its first line names /nowhere/at/all, which this host does not have"},
            {"#!nowhere\n", "its first line names nowhere, which this host does not have"},
            {"#!\n", "its first line names nothing"},
            {"#!/usr/bin/env nowhere-at-all\n",
                "its first line asks for nowhere-at-all, which is not in the PATH of a handler"},
            {"#!/usr/bin/env sh\nnowhere-at-all\n", "ended with exit status 127"},
            {"\x7f"
             "ELF damaged",
                "it is built for another kind of machine, or damaged: upload it in binary mode"}};
        struct folder *f = *state;
        char *text;

        for (size_t i = 0; i < COUNT(rows); i++) {
                char *output;

                ROW(run(f, script(f, rows[i].text), "", 5000, &output) == -1 &&
                        f->err.kind == ERR_CONFIG && strstr(f->err.text, "/program: ") != NULL &&
                        strstr(f->err.text, rows[i].says) != NULL,
                    i, f->err.text);
        }
        put_file(inside(f, "plain"), "x", 1);
        assert_int_equal(chmod(inside(f, "plain"), 0600), 0);
        assert_int_equal(run(f, script(f, arena_printf(f->arena, "#!%s\n", inside(f, "plain"))), "",
                             5000, &text),
            -1);
        ROW(strstr(f->err.text, "/plain, which may not be executed") != NULL, 0, f->err.text);
        assert_int_equal(chmod(inside(f, "plain"), 0700), 0);
        assert_int_equal(run(f, script(f, arena_printf(f->arena, "#!%s\n", inside(f, "plain"))), "",
                             5000, &text),
            -1);
        ROW(strstr(f->err.text, "/plain, which is no program") != NULL, 0, f->err.text);
        END_ROWS();
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

/* The children of a killed program are killed as well: no process has the FIFO open any more. */
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
            FOLDER_TEST(it_runs_where_it_is), FOLDER_TEST(its_signals_are_the_usual_ones),
            FOLDER_TEST(what_cannot_be_run_is_said), FOLDER_TEST(what_is_wrong_with_it_is_said),
            FOLDER_TEST(long_input_goes_both_ways), FOLDER_TEST(nothing_goes_on_behind_it)};

        return RUN(tests);
}
