/* memory: what is said when there is none left, and that nothing follows it. */
#include "table.h"

#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"

/* Runs out of memory with these as stdout and stderr (-1: closed); the exit status. */
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

int
main(void)
{
        const struct CMUnitTest tests[] = {
            TEST(it_is_said_and_ends), TEST(who_cannot_be_told_is_not_asked_to_go_on)};

        return RUN(tests);
}
