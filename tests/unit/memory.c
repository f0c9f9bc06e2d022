/* memory: the answer and the log line when memory runs out, after which the program ends. */
#include "table.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/memory.h"

/* Runs out of memory with out as stdout and log as stderr (-1: closed). Returns the exit status. */
static int
run_out(int out, int log)
{
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                if (out < 0 ? close(STDOUT_FILENO) != 0 : dup2(out, STDOUT_FILENO) < 0)
                        _exit(99);
                if (log < 0 ? close(STDERR_FILENO) != 0 : dup2(log, STDERR_FILENO) < 0)
                        _exit(99);
                memory_exhausted();
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static void
it_is_said_and_ends(void **state)
{
        static const char head[] =
            "Status: 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Cache-Control: no-store\r\n\r\n";
        char said[1024] = "", logged[1024] = "";
        int out[2], log[2];

        (void)state;
        assert_int_equal(pipe(out), 0);
        assert_int_equal(pipe(log), 0);
        assert_int_equal(run_out(out[1], log[1]), 1);
        assert_true(read(out[0], said, sizeof(said) - 1) > 0);
        assert_true(read(log[0], logged, sizeof(logged) - 1) > 0);
        assert_int_equal(strncmp(said, head, strlen(head)), 0);
        assert_non_null(strstr(said, "no memory left"));
        assert_int_equal(strncmp(logged, "wechat-cgi: kind=system: out of memory", 38), 0);
        assert_string_equal(strchr(logged, '\n'), "\n"); /* one line */
        for (int i = 0; i < 2; i++) {
                close(out[i]);
                close(log[i]);
        }
}

static void
who_cannot_be_told_is_not_asked_to_go_on(void **state)
{
        (void)state;
        assert_int_equal(run_out(-1, STDERR_FILENO), 2);
        assert_int_equal(run_out(-1, -1), 2);
}

/* Blocks of all sizes, some larger than the pool, keep their contents, also when they grow. */
static void
pieces_keep_what_is_put_there(void **state)
{
        enum { PIECES = 400 };
        unsigned char *pieces[PIECES];
        size_t sizes[PIECES];

        (void)state;
        for (size_t i = 0; i < PIECES; i++) {
                sizes[i] = i * i % 977 + i % 3 * (i > PIECES - 9 ? 300000 : 0);
                pieces[i] = i % 2 == 0 ? malloc(sizes[i]) : calloc(sizes[i], 1);
                assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
                for (size_t k = 0; i % 2 == 1 && k < sizes[i]; k++)
                        assert_int_equal(pieces[i][k], 0);
                memset(pieces[i], (int)(i % 251), sizes[i]);
                if (i % 5 == 0 && i > 0) {
                        size_t grown = sizes[i - 1] * 2 + 7;

                        pieces[i - 1] = realloc(pieces[i - 1], grown);
                        for (size_t k = 0; k < sizes[i - 1]; k++)
                                assert_int_equal(pieces[i - 1][k], (i - 1) % 251);
                        memset(pieces[i - 1], (int)((i - 1) % 251), grown);
                        sizes[i - 1] = grown;
                }
                if (i % 7 == 0)
                        free(malloc(i));
        }
        for (size_t i = 0; i < PIECES; i++) {
                pieces[i] = realloc(pieces[i], sizes[i] / 2 + 1);
                for (size_t k = 0; k < sizes[i] / 2; k++)
                        assert_int_equal(pieces[i][k], i % 251);
                free(pieces[i]);
        }
}

/* Many times what a request takes fits into the same place, in whatever order it is freed, also
 * above a piece that stays. */
static void
freed_pieces_are_used_again(void **state)
{
        enum { ROUNDS = 500, PIECES = 64, SIZE = 300, APART = 1 << 20 };
        char *stays = NULL, *pieces[PIECES];

        (void)state;
#ifdef WECHAT_WATCHED
        SKIP("who watches keeps freed memory aside");
#endif
        for (size_t round = 0; round < ROUNDS; round++) {
                for (size_t i = 0; i < PIECES; i++) {
                        pieces[i] = calloc(1, SIZE);
                        assert_int_equal(pieces[i][0] | pieces[i][SIZE - 1], 0);
                        memset(pieces[i], 'x', SIZE);
                }
                if (stays == NULL)
                        stays = memset(malloc(SIZE), 'y', SIZE);
                for (size_t i = 0; i < PIECES; i++) {
                        /* What the C library gives lies elsewhere than the pool. */
                        assert_in_range((uintptr_t)pieces[i] - (uintptr_t)stays + APART, 0,
                            (uintptr_t)APART * 2);
                        free(pieces[round % 2 == 0 ? i : PIECES - 1 - i]);
                }
                assert_int_equal(stays[0], 'y');
                assert_int_equal(stays[SIZE - 1], 'y');
        }
        free(stays);
}

static void
too_much_ends_the_process(void **state)
{
        (void)state;
#ifdef WECHAT_WATCHED
        SKIP("who watches stops at the question");
#endif
        for (int way = 0; way < 3; way++) {
                /* volatile hides from the compiler that the size is too large */
                volatile size_t much = PTRDIFF_MAX;
                int status;
                pid_t pid = fork();

                assert_true(pid >= 0);
                if (pid == 0) {
                        void *memory = way == 0   ? malloc(much)
                                       : way == 1 ? calloc(much, 4)
                                                  : realloc(malloc(10), much);

                        _exit(memory == NULL ? 98 : 99);
                }
                assert_int_equal(waitpid(pid, &status, 0), pid);
                assert_true(WIFEXITED(status));
                assert_int_equal(WEXITSTATUS(status), 1);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(freed_pieces_are_used_again),
            TEST(it_is_said_and_ends), TEST(who_cannot_be_told_is_not_asked_to_go_on),
            TEST(pieces_keep_what_is_put_there), TEST(too_much_ends_the_process)};

        return RUN(tests);
}
