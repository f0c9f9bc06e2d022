#include "host/workers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/os.h"
#include "host/said.h"

struct worker {
        pid_t pid; /* 0: there is none */
        int said;
        long long began;
        long long due; /* when the next one starts, by os_clock_ms() */
};

struct crew {
        const struct workers *workers;
        struct worker all[WORKERS_MAX];
        int common;      /* said by no worker, or by one that has ended */
        sigset_t before; /* the signals that were blocked when we began */
        bool stopping;
        long long stop_until;
};

void
workers_signals(sigset_t *set)
{
        sigemptyset(set);
        sigaddset(set, SIGTERM);
        sigaddset(set, SIGINT);
        sigaddset(set, SIGUSR1);
        sigaddset(set, SIGHUP);
}

/* ---- one worker ---- */

/* The child ends with its parent, so that nobody serves without being replaced. */
static int
work(const struct crew *crew, const struct worker *worker, pid_t parent)
{
        prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
        if (getppid() != parent)
                return 0;
        if (worker->said >= 0)
                dup2(worker->said, STDERR_FILENO);
        sigprocmask(SIG_SETMASK, &crew->before, NULL);
        return crew->workers->work(crew->workers->context, worker->said, crew->common);
}

static void
start(struct crew *crew, struct worker *worker)
{
        pid_t parent = getpid();

        crew->workers->renew(crew->workers->context, crew->common);
        worker->began = os_clock_ms();
        worker->pid = fork();
        if (worker->pid == 0)
                _exit(work(crew, worker, parent));
        if (worker->pid < 0) {
                worker->pid = 0;
                worker->due = worker->began + WORKERS_PAUSE_MS;
        }
}

/* The log has with a later request what was said last, since this one got no answer. */
static void
tell_end(const struct crew *crew, const struct worker *worker, int status)
{
        char line[200];
        int size = 0;

        if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM)
                size = snprintf(line, sizeof(line),
                    "wechat-cgi: wechat.fcgi client=- kind=system: a process ended by signal %d, "
                    "and the request that it worked on with it; another one goes on\n",
                    WTERMSIG(status));
        said_pass_on(worker->said, crew->common);
        if (size > 0 && write(crew->common, line, (size_t)size) < 0)
                return;
}

static void
bury(struct crew *crew, pid_t pid, int status)
{
        for (int i = 0; i < crew->workers->count; i++) {
                struct worker *worker = &crew->all[i];
                long long now = os_clock_ms();
                bool served = WIFEXITED(status) && WEXITSTATUS(status) == 0;

                if (worker->pid != pid)
                        continue;
                worker->pid = 0;
                worker->due = served || now - worker->began >= 1000 ? now : now + WORKERS_PAUSE_MS;
                tell_end(crew, worker, status);
        }
}

/* ---- all of them ---- */

static void
signal_all(const struct crew *crew, int signal)
{
        for (int i = 0; i < crew->workers->count; i++)
                if (crew->all[i].pid > 0)
                        kill(crew->all[i].pid, signal);
}

static int
count_running(const struct crew *crew)
{
        int count = 0;

        for (int i = 0; i < crew->workers->count; i++)
                count += crew->all[i].pid > 0 ? 1 : 0;
        return count;
}

/* Starts those that are due. Returns the milliseconds until the next one is; -1: none is. */
static long long
start_due(struct crew *crew)
{
        long long wait = -1;

        for (int i = 0; i < crew->workers->count; i++) {
                struct worker *worker = &crew->all[i];
                long long now = os_clock_ms();

                if (worker->pid == 0 && worker->due <= now)
                        start(crew, worker);
                if (worker->pid == 0 && (wait < 0 || worker->due - now < wait))
                        wait = worker->due > now ? worker->due - now : 0;
        }
        return wait;
}

/* Waits for a signal; wait: milliseconds, -1: for ever. Returns it; 0: none came. */
static int
wait_signal(const sigset_t *set, long long wait)
{
        struct timespec time = {wait / 1000, (long)(wait % 1000) * 1000000};
        int signal = wait < 0 ? sigwaitinfo(set, NULL) : sigtimedwait(set, NULL, &time);

        return signal < 0 ? 0 : signal;
}

static void
obey(struct crew *crew, int signal)
{
        int status;
        pid_t pid;

        if (signal == SIGHUP) {
                signal_all(crew, SIGTERM);
        } else if (signal == SIGTERM || signal == SIGINT || signal == SIGUSR1) {
                crew->stopping = true;
                crew->stop_until = os_clock_ms() + WORKERS_STOP_MS;
                signal_all(crew, SIGTERM);
        }
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
                bury(crew, pid, status);
}

static void
stop(struct crew *crew)
{
        if (os_clock_ms() >= crew->stop_until)
                signal_all(crew, SIGKILL);
}

int
workers_run(const struct workers *workers)
{
        struct crew crew = {.workers = workers};
        sigset_t set;

        workers_signals(&set);
        sigaddset(&set, SIGCHLD);
        sigprocmask(SIG_BLOCK, &set, &crew.before);
        crew.common = said_new();
        for (int i = 0; i < workers->count; i++)
                crew.all[i].said = said_new();
        while (!crew.stopping || count_running(&crew) > 0) {
                long long wait = crew.stopping ? WORKERS_PAUSE_MS : start_due(&crew);

                obey(&crew, wait_signal(&set, wait));
                if (crew.stopping)
                        stop(&crew);
        }
        said_pass_on(crew.common, STDERR_FILENO);
        return 0;
}
