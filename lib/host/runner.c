#include "host/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/behind.h"
#include "host/os.h"
#include "host/process.h"

/* The time that the process may take after the program has ended. */
enum { MARGIN_MS = 1000 };

struct runner {
        const struct arena *arena;
        int link;   /* the connection to the process; -1: there is none */
        int failed; /* its errno */
        bool lost;  /* it did not reply as it should: what still comes is no reply to a later run */
        bool busy;  /* a program runs, or its reply was not read yet */
        bool back;  /* it has stepped back */
        long long until; /* of the last run */
        pid_t pid;
};

/* No program: the process steps back, and does not reply. */
static const size_t step_back = SIZE_MAX;

/* The header sent before the input, and before the output. */
struct question {
        size_t program;
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

/* ---- the process ---- */

struct server {
        const struct arena *arena;
        const struct runner_program *programs;
        int link;
        int quiet; /* what becomes its stderr when it steps back; -1: nothing */
        bool back;
};

/* The web server waits until our stdout is closed, and stdin is the push: close both here. */
static int
let_go(void)
{
        int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

        if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
                return -1;
        return nothing;
}

static void
leave(struct server *server)
{
        setsid();
        if (server->quiet >= 0)
                dup2(server->quiet, STDERR_FILENO);
        server->back = true;
}

/* Waits for a request, runs the program, replies. -1: there are no more requests. */
static int
serve(struct server *server, struct arena *arena)
{
        struct process_job job = {.apart = server->back};
        struct question question;
        struct reply reply = {.result = -1};
        char *input, *output = "";

        if (read_all(server->link, &question, sizeof(question), -1) != 0)
                return -1;
        if (question.program == step_back) {
                leave(server);
                return 0;
        }
        input = arena_alloc(arena, question.size + 1);
        input[question.size] = '\0';
        if (read_all(server->link, input, question.size, -1) != 0)
                return -1;
        job.file = server->programs[question.program].file;
        job.environment = server->programs[question.program].environment;
        job.input = input;
        job.until = question.until;
        reply.result = process_run(arena, &job, &output, &reply.size, &reply.err);
        if (reply.result != 0)
                reply.size = 0;
        return write_all(server->link, &reply, sizeof(reply)) == 0 &&
                       write_all(server->link, output, reply.size) == 0
                   ? 0
                   : -1;
}

static void
serve_all(struct server *server, bool at_once)
{
        int nothing = let_go();
        struct arena *of_question;

        if (nothing < 0)
                return;
        if (at_once && server->quiet >= 0)
                leave(server);
        if (server->quiet < 0)
                server->quiet = nothing;
        of_question = arena_begin(server->arena);
        while (serve(server, of_question) == 0)
                arena_reset(of_question);
        arena_free(of_question);
}

/* ---- the processes that ask it ---- */

/* A process that still runs a program ends with that. */
static void
end(void *handle)
{
        struct runner *runner = handle;

        if (runner->link < 0)
                return;
        close(runner->link);
        while (!runner->busy && waitpid(runner->pid, NULL, 0) < 0 && errno == EINTR)
                ;
}

struct runner *
runner_start(struct arena *arena, const struct runner_program *programs,
    const struct behind *behind, bool at_once)
{
        struct runner *runner = arena_alloc(arena, sizeof(*runner));
        struct server server = {.arena = arena,
            .programs = programs,
            .quiet = behind == NULL ? -1 : behind_stderr(behind)};
        int links[2];

        *runner = (struct runner){
            .arena = arena, .link = -1, .pid = -1, .back = at_once && server.quiet >= 0};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, links) != 0) {
                runner->failed = errno;
                return runner;
        }
        runner->pid = fork();
        if (runner->pid == 0) {
                close(links[0]);
                server.link = links[1];
                serve_all(&server, at_once);
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
        runner->busy = false;
        return err_set(err, ERR_SYSTEM, "the process that runs programs is gone");
}

/* Reads the reply of a run whose end nobody waited for. ERR_BUSY: it still runs. */
static int
drop_reply(struct runner *runner, struct err *err)
{
        struct arena *arena = arena_begin(runner->arena);
        size_t size;
        char *output;
        int result = runner_finish(runner, arena, 0, &output, &size, err);

        arena_free(arena);
        return result != 0 && err->kind == ERR_BUSY ? -1 : 0;
}

int
runner_begin(
    struct runner *runner, size_t program, const char *input, long long until, struct err *err)
{
        struct question question = {program, until, strlen(input)};

        if (runner->link < 0)
                return err_set_errno(err, ERR_SYSTEM, runner->failed, "start a process");
        if (runner->busy && drop_reply(runner, err) != 0)
                return -1;
        if (runner->lost || write_all(runner->link, &question, sizeof(question)) != 0 ||
            write_all(runner->link, input, question.size) != 0)
                return lose(runner, err);
        runner->busy = true;
        runner->until = until;
        return 0;
}

/* Waits until there is something to read; false: not yet. What is wrong with the link, reading
 * reports. */
static bool
is_there_until(int link, long long patience)
{
        struct pollfd wait = {.fd = link, .events = POLLIN};
        long long left;

        do {
                left = patience - os_clock_ms();
                if (poll(&wait, 1, left > 0 ? (int)left : 0) != 0 && errno != EINTR)
                        return true;
        } while (left > 0);
        return wait.revents != 0;
}

int
runner_finish(struct runner *runner, struct arena *arena, long long patience, char **output,
    size_t *size, struct err *err)
{
        long long end = runner->until + MARGIN_MS;
        struct reply reply;
        char *bytes;

        if (patience < end && !runner->lost && !is_there_until(runner->link, patience))
                return err_set(err, ERR_BUSY, "the program still runs");
        if (runner->lost || read_all(runner->link, &reply, sizeof(reply), end) != 0)
                return lose(runner, err);
        runner->busy = false;
        if (reply.result != 0) {
                *err = reply.err;
                return -1;
        }
        bytes = arena_alloc(arena, reply.size + 1);
        bytes[reply.size] = '\0';
        if (read_all(runner->link, bytes, reply.size, end) != 0)
                return lose(runner, err);
        *output = bytes;
        *size = reply.size;
        return 0;
}

int
runner_run(struct runner *runner, struct arena *arena, size_t program, const char *input,
    long long until, char **output, size_t *size, struct err *err)
{
        return runner_begin(runner, program, input, until, err) == 0
                   ? runner_finish(runner, arena, LLONG_MAX, output, size, err)
                   : -1;
}

void
runner_step_back(struct runner *runner)
{
        const struct question question = {.program = step_back};

        if (runner->link < 0 || runner->back)
                return;
        runner->back = true;
        if (write_all(runner->link, &question, sizeof(question)) != 0)
                runner->lost = true;
}

void
runner_let_go(struct runner *runner)
{
        if (runner->link >= 0)
                close(runner->link);
        runner->link = -1;
        runner->failed = ECHILD;
}

int
runner_link(const struct runner *runner)
{
        return runner->lost ? -1 : runner->link;
}

bool
runner_is_gone(const struct runner *runner)
{
        struct pollfd link = {.fd = runner_link(runner), .events = POLLIN};

        return link.fd < 0 || poll(&link, 1, 0) != 0;
}
