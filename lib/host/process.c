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

/* LAST_READS: as much as a pipe holds. A process that left the group may go on saying things. */
enum { END_STEP_MS = 5, LAST_READS = 16 };

struct process {
        const char *file;
        pid_t pid;
        int in; /* our ends of its stdin, stdout and stderr; -1 when closed, or if it has ours */
        int out;
        int said;
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

enum { ENDS = 3 };

/* Starts the program with the other ends of the pipes, in a process group of its own. theirs: its
 * stdin, stdout and stderr; -1: it has ours. */
static int
spawn(struct process *p, struct arena *arena, const int theirs[ENDS], char *const environment[])
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
        for (int i = 0; i < ENDS; i++)
                if (theirs[i] >= 0)
                        posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
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

static void
close_ends(const int ends[ENDS])
{
        for (int i = 0; i < ENDS; i++)
                if (ends[i] >= 0)
                        close(ends[i]);
}

/* Creates the pipes; our ends do not block. */
static int
start(struct process *p, struct arena *arena, char *const environment[], bool apart)
{
        int ours[ENDS] = {-1, -1, -1}, theirs[ENDS] = {-1, -1, -1}, result = 0;

        for (int i = 0; i < (apart ? ENDS : ENDS - 1) && result == 0; i++) {
                int ends[2];

                result = pipe2(ends, O_CLOEXEC);
                if (result != 0)
                        break;
                ours[i] = i == STDIN_FILENO ? ends[1] : ends[0];
                theirs[i] = i == STDIN_FILENO ? ends[0] : ends[1];
                fcntl(ours[i], F_SETFL, O_NONBLOCK);
        }
        if (result != 0) {
                err_set_errno(p->err, ERR_SYSTEM, errno, "pipe");
                close_ends(ours);
        } else {
                p->in = ours[STDIN_FILENO];
                p->out = ours[STDOUT_FILENO];
                p->said = ours[STDERR_FILENO];
                result = spawn(p, arena, theirs, environment);
        }
        close_ends(theirs);
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

/* Passes on some of what it says on its stderr; what our stderr does not take is lost. Returns
 * false if there is no more at the moment. */
static bool
pass_on(struct process *p)
{
        char bytes[4096];
        ssize_t got = p->said < 0 ? -1 : read(p->said, bytes, sizeof(bytes));

        if (got == 0)
                close_end(&p->said);
        return got > 0 && write(STDERR_FILENO, bytes, (size_t)got) >= 0;
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
                struct pollfd ends[ENDS] = {
                    {p->out, POLLIN, 0}, {p->in, POLLOUT, 0}, {p->said, POLLIN, 0}};
                long long left = p->until - os_clock_ms();

                if (left <= 0)
                        return too_late(p);
                if (poll(ends, ENDS, (int)left) < 0 && errno != EINTR)
                        return err_set_errno(p->err, ERR_SYSTEM, errno, "poll");
                if (ends[2].revents != 0)
                        pass_on(p);
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
                if (!pass_on(p))
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
        if (p->pid >= 0) {
                kill(-p->pid, SIGKILL);
                while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
                        ;
        }
        for (int i = 0; i < LAST_READS && pass_on(p); i++)
                ;
        close_end(&p->said);
}

int
process_run(struct arena *arena, const struct process_job *job, char **output, size_t *size,
    struct err *err)
{
        struct process p = {.file = job->file,
            .pid = -1,
            .in = -1,
            .out = -1,
            .said = -1,
            .until = job->until,
            .err = err};
        struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
        int result;

        buf_init(&p.output, arena);
        sigaction(SIGPIPE, &ignore, &before);
        result = start(&p, arena, job->environment, job->apart);
        if (result == 0)
                result = converse(&p, job->input);
        if (result == 0)
                result = wait_for(&p, arena, job->environment);
        finish(&p);
        sigaction(SIGPIPE, &before, NULL);
        if (result != 0)
                return -1;
        *output = p.output.data;
        *size = p.output.size;
        return 0;
}
