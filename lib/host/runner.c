#include "host/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/os.h"
#include "host/process.h"

/* The time that the process may take after the program has ended. */
enum { MARGIN_MS = 1000 };

struct runner {
        int link;   /* the connection to the process; -1: there is none */
        int failed; /* its errno */
        bool lost;  /* it did not reply as it should: what still comes is no reply to a later run */
        pid_t pid;
};

/* The header sent before the input, and before the output. */
struct question {
        long long until;
        size_t size;
};

struct reply {
        int result;
        struct err err;
        size_t size;
};

/* until: when to give up, by os_clock_ms(); -1: never. */
static int
read_all(int link, void *data, size_t size, long long until)
{
        for (size_t have = 0; have < size;) {
                struct pollfd wait = {.fd = link, .events = POLLIN};
                long long left = until < 0 ? -1 : until - os_clock_ms();
                ssize_t got;

                if (until >= 0 && left <= 0)
                        return -1;
                if (poll(&wait, 1, (int)left) < 0) {
                        if (errno != EINTR)
                                return -1;
                        continue;
                }
                if (wait.revents == 0)
                        continue;
                got = read(link, (char *)data + have, size - have);
                if (got == 0 || (got < 0 && errno != EINTR))
                        return -1;
                have += got > 0 ? (size_t)got : 0;
        }
        return 0;
}

static int
write_all(int link, const void *data, size_t size)
{
        for (size_t done = 0; done < size;) {
                ssize_t written = write(link, (const char *)data + done, size - done);

                if (written < 0 && errno != EINTR)
                        return -1;
                done += written > 0 ? (size_t)written : 0;
        }
        return 0;
}

/* The process: waits for a request, runs the program, replies. -1: there are no more requests. */
static int
serve(struct arena *arena, int link, const char *file, char *const environment[])
{
        struct question question;
        struct reply reply = {.result = -1};
        char *input, *output = "";

        if (read_all(link, &question, sizeof(question), -1) != 0)
                return -1;
        input = arena_alloc(arena, question.size + 1);
        input[question.size] = '\0';
        if (read_all(link, input, question.size, -1) != 0)
                return -1;
        reply.result = process_run(
            arena, file, environment, input, question.until, &output, &reply.size, &reply.err);
        if (reply.result != 0)
                reply.size = 0;
        return write_all(link, &reply, sizeof(reply)) == 0 &&
                       write_all(link, output, reply.size) == 0
                   ? 0
                   : -1;
}

static void
serve_all(const struct arena *arena, int link, const char *file, char *const environment[])
{
        struct arena *of_question = arena_begin(arena);

        while (serve(of_question, link, file, environment) == 0)
                arena_reset(of_question);
        arena_free(of_question);
}

/* The web server waits until our stdout is closed, and stdin is the push: close both here. */
static int
let_go(void)
{
        int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

        if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
                return -1;
        return 0;
}

static void
end(void *handle)
{
        struct runner *runner = handle;

        close(runner->link);
        while (waitpid(runner->pid, NULL, 0) < 0 && errno == EINTR)
                ;
}

struct runner *
runner_start(struct arena *arena, const char *file, char *const environment[])
{
        struct runner *runner = arena_alloc(arena, sizeof(*runner));
        int links[2];

        *runner = (struct runner){.link = -1, .pid = -1};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, links) != 0) {
                runner->failed = errno;
                return runner;
        }
        runner->pid = fork();
        if (runner->pid == 0) {
                close(links[0]);
                if (let_go() == 0)
                        serve_all(arena, links[1], file, environment);
                exit(0);
        }
        runner->failed = errno;
        close(links[1]);
        if (runner->pid < 0) {
                close(links[0]);
                return runner;
        }
        runner->link = links[0];
        (void)signal(SIGPIPE, SIG_IGN);
        arena_defer(arena, end, runner);
        return runner;
}

static int
lose(struct runner *runner, struct err *err)
{
        runner->lost = true;
        return err_set(err, ERR_SYSTEM, "the process that runs programs is gone");
}

int
runner_run(struct runner *runner, struct arena *arena, const char *input, long long until,
    char **output, size_t *size, struct err *err)
{
        struct question question = {until, strlen(input)};
        struct reply reply;
        char *bytes;

        if (runner->link < 0)
                return err_set_errno(err, ERR_SYSTEM, runner->failed, "start a process");
        if (runner->lost || write_all(runner->link, &question, sizeof(question)) != 0 ||
            write_all(runner->link, input, question.size) != 0 ||
            read_all(runner->link, &reply, sizeof(reply), until + MARGIN_MS) != 0)
                return lose(runner, err);
        if (reply.result != 0) {
                *err = reply.err;
                return -1;
        }
        bytes = arena_alloc(arena, reply.size + 1);
        bytes[reply.size] = '\0';
        if (read_all(runner->link, bytes, reply.size, until + MARGIN_MS) != 0)
                return lose(runner, err);
        *output = bytes;
        *size = reply.size;
        return 0;
}

bool
runner_is_gone(const struct runner *runner)
{
        struct pollfd link = {.fd = runner->link, .events = POLLIN};

        return runner->link < 0 || runner->lost || poll(&link, 1, 0) != 0;
}
