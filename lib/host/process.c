#include "host/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "host/os.h"
#include "host/script.h"

enum { END_STEP_MS = 5 };

struct process {
        const char *file;
        pid_t pid;
        int in; /* our ends of its stdin and stdout; -1 when closed */
        int out;
        struct buf output;
        long long until;
        struct err *err;
};

static void
close_end(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

/* Returns the folder of file, in which it runs. */
static char *
folder_of(struct arena *arena, const char *file)
{
        const char *slash = strrchr(file, '/');

        return slash == NULL ? "." : arena_copy(arena, file, (size_t)(slash - file) + 1);
}

/* Starts the program with the other ends of the pipes as stdin and stdout, in a process group of
 * its own. */
static int
spawn(struct process *p, struct arena *arena, const int theirs[2], char *const environment[])
{
        char *const arguments[] = {arena_strdup(arena, p->file), NULL};
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t defaults;
        int failed;

        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        sigaddset(&defaults, SIGXFSZ);
        posix_spawn_file_actions_adddup2(&actions, theirs[0], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, theirs[1], STDOUT_FILENO);
        posix_spawn_file_actions_addchdir_np(&actions, folder_of(arena, p->file));
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        failed = posix_spawn(&p->pid, p->file, &actions, &attributes, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        if (failed != 0)
                return script_cannot_start(arena, p->file, failed, p->err);
        return 0;
}

/* Creates pipes for stdin and stdout; our ends do not block. */
static int
start(struct process *p, struct arena *arena, char *const environment[])
{
        int in[2], out[2], theirs[2], result;

        if (pipe2(in, O_CLOEXEC) != 0)
                return err_set_errno(p->err, ERR_SYSTEM, errno, "pipe");
        if (pipe2(out, O_CLOEXEC) != 0) {
                err_set_errno(p->err, ERR_SYSTEM, errno, "pipe");
                close(in[0]);
                close(in[1]);
                return -1;
        }
        theirs[0] = in[0];
        theirs[1] = out[1];
        p->in = in[1];
        p->out = out[0];
        fcntl(p->in, F_SETFL, O_NONBLOCK);
        fcntl(p->out, F_SETFL, O_NONBLOCK);
        result = spawn(p, arena, theirs, environment);
        close(theirs[0]);
        close(theirs[1]);
        return result;
}

/* Writes more of the input. A program need not read it all. */
static int
feed(struct process *p, const char **input)
{
        ssize_t written = write(p->in, *input, strlen(*input));

        if (written < 0 && errno != EAGAIN && errno != EINTR && errno != EPIPE)
                return err_set_errno(p->err, ERR_SYSTEM, errno, "write to the program");
        if (written > 0)
                *input += written;
        if (**input == '\0' || (written < 0 && errno == EPIPE))
                close_end(&p->in);
        return 0;
}

static int
take(struct process *p)
{
        char bytes[4096];
        ssize_t got = read(p->out, bytes, sizeof(bytes));

        if (got < 0)
                return errno == EAGAIN || errno == EINTR
                           ? 0
                           : err_set_errno(p->err, ERR_SYSTEM, errno, "read from the program");
        if (got == 0)
                close_end(&p->out);
        buf_add(&p->output, bytes, (size_t)got);
        if (p->output.size > PROCESS_OUTPUT_MAX)
                return err_set(p->err, ERR_CONFIG, "%s: wrote more than %d bytes", p->file,
                    PROCESS_OUTPUT_MAX);
        return 0;
}

static int
too_late(const struct process *p)
{
        return err_set(p->err, ERR_TIMEOUT, "%s: took too long and was killed", p->file);
}

/* Sends the input and reads the output, until stdout is closed. */
static int
converse(struct process *p, const char *input)
{
        while (p->out >= 0) {
                struct pollfd ends[2] = {{p->out, POLLIN, 0}, {p->in, POLLOUT, 0}};
                long long left = p->until - os_clock_ms();

                if (left <= 0)
                        return too_late(p);
                if (poll(ends, 2, (int)left) < 0 && errno != EINTR)
                        return err_set_errno(p->err, ERR_SYSTEM, errno, "poll");
                if (ends[1].revents != 0 && feed(p, &input) != 0)
                        return -1;
                if (ends[0].revents != 0 && take(p) != 0)
                        return -1;
        }
        return 0;
}

/* Waits for its end. */
static int
wait_for(struct process *p, struct arena *arena, char *const environment[])
{
        int status;
        pid_t ended;

        while ((ended = waitpid(p->pid, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
                if (os_clock_ms() >= p->until)
                        return too_late(p);
                os_sleep(END_STEP_MS);
        }
        if (ended < 0)
                return err_set_errno(p->err, ERR_SYSTEM, errno, "wait for the program");
        p->pid = -1;
        if (WIFSIGNALED(status))
                return err_set(
                    p->err, ERR_CONFIG, "%s: ended by signal %d", p->file, WTERMSIG(status));
        if (WEXITSTATUS(status) != 0)
                return script_failed(arena, p->file, environment, WEXITSTATUS(status), p->err);
        return 0;
}

/* Kills it and all that it started. */
static void
finish(struct process *p)
{
        close_end(&p->in);
        close_end(&p->out);
        if (p->pid < 0)
                return;
        kill(-p->pid, SIGKILL);
        while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
                ;
}

int
process_run(struct arena *arena, const char *file, char *const environment[], const char *input,
    long long until, char **output, size_t *size, struct err *err)
{
        struct process p = {
            .file = file, .pid = -1, .in = -1, .out = -1, .until = until, .err = err};
        struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
        int result;

        buf_init(&p.output, arena);
        sigaction(SIGPIPE, &ignore, &before);
        result = start(&p, arena, environment);
        if (result == 0)
                result = converse(&p, input);
        if (result == 0)
                result = wait_for(&p, arena, environment);
        finish(&p);
        sigaction(SIGPIPE, &before, NULL);
        if (result != 0)
                return -1;
        *output = p.output.data;
        *size = p.output.size;
        return 0;
}
