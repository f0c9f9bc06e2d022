/*
 * wechat.fcgi: all programs in one process that stays: FastCGI. A web server starts it with a
 * listening socket as its standard input, or it listens by itself (--listen).
 *
 * This process reads the settings and keeps the socket; its workers (workers.h) enter the sandbox
 * and serve the requests (responder.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/listen.h"
#include "host/log.h"
#include "host/memory.h"
#include "host/path.h"
#include "host/workers.h"
#include "web/apart.h"
#include "web/environment.h"
#include "web/host.h"
#include "web/local.h"
#include "web/pool.h"
#include "web/program.h"
#include "web/responder.h"

#ifndef WECHAT_VERSION
#define WECHAT_VERSION "unknown"
#endif

/* The Makefile makes the list: X(callback_program) X(check_program) … */
#ifndef PROGRAMS
#define PROGRAMS
#endif

#define X(program) extern const struct app_program *const program;
PROGRAMS
#undef X

extern char **environ;

static const char name[] = "wechat.fcgi";

static const char help[] =
    "wechat.fcgi (wechat-cgi " WECHAT_VERSION ")\n\n"
    "All programs in one process that stays: FastCGI. A web server, spawn-fcgi or\n"
    "systemd starts it with a listening socket as standard input; or it listens\n"
    "by itself:\n\n"
    "  wechat.fcgi --listen /run/wechat/wechat.sock   a Unix socket, mode 0660\n"
    "  wechat.fcgi --listen 9000                      port 9000 of this host alone\n\n"
    "Environment: WECHAT_CONF (the settings file), WECHAT_WORKERS (how many\n"
    "processes serve, 1 to 64; default 4), WECHAT_MAX_REQUESTS (after so many\n"
    "requests a process is replaced; 1: each request gets a new one; default 10000),\n"
    "WECHAT_MEMORY (MiB; a process that has grown larger is replaced; default 256),\n"
    "WECHAT_SERVE (quick: only requests that never wait for WeChat or the handler;\n"
    "slow: only the others; default all; what it does not serve gets 421, and a\n"
    "line in the log unless the server sends WECHAT_TRIES_OTHERS),\n"
    "FCGI_WEB_SERVER_ADDRS (addresses that may connect to a port).\n"
    "Signals: SIGTERM ends it when requests under way are answered; SIGHUP\n"
    "replaces its processes.\n";

struct site {
        const struct app_program *const *programs;
        const struct app_program *const *elsewhere; /* those of another pool */
        char *const *environment;                   /* as the process began */
        struct host hosts[2]; /* one is in force, the other is for trying new settings */
        struct host *host;    /* NULL: none was opened yet */
        const char *file;     /* our own */
        const char *peers;
        long long max_requests;
        long long max_memory; /* MiB */
};

/* ---- the settings, in the process that starts the workers ---- */

/* Says in the log why new settings are not used. */
static void
tell_kept(const struct site *site, const struct err *flaw, int said)
{
        struct err err = {.kind = ERR_NONE};
        const char *line;

        err_set(&err, flaw->kind, "the settings as they were stay in force: %.400s", flaw->text);
        line = log_line(site->host->request_arena, name, "-", NULL, &err);
        if (said < 0 || write(said, line, strlen(line)) < 0)
                log_lines(line);
        arena_reset(site->host->request_arena);
}

static void
renew(void *context, int common)
{
        struct site *site = context;
        struct host *now = site->host;
        struct host *next = &site->hosts[now == &site->hosts[0] ? 1 : 0];

        if (now != NULL && now->err.kind == ERR_NONE && now->state_is_there &&
            !host_has_changed(now))
                return;
        host_open(next, site->programs, site->environment, HOST_MANY);
        next->elsewhere = site->elsewhere;
        if (now == NULL || next->err.kind == ERR_NONE || now->err.kind != ERR_NONE) {
                if (now != NULL)
                        host_close(now);
                site->host = next;
                return;
        }
        tell_kept(site, &next->err, common);
        host_look_again(now);
        host_close(next);
}

/* ---- a worker ---- */

static int
work(void *context, int said, int common)
{
        struct site *site = context;
        struct host *host = site->host;
        struct responder_options options = {.said = {said, common}, .peers = site->peers};
        struct responder *responder;
        sigset_t signals;
        const struct app_program *program;
        struct program_io io;

        workers_signals(&signals);
        options.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
        host_begin_process(host);
        host->requests_max = site->max_requests;
        host->memory_max = site->max_memory * 1024;
        host->one_file = site->file;
        responder = responder_open(host, &options);
        apart_prepare(host);
        program_enter(host);
        /* Programs that the runners start are to have no signals blocked. Until now a signal ends
         * the process at once, which has taken no request yet. */
        sigprocmask(SIG_BLOCK, &signals, NULL);
        while (responder_next(responder, &program, &io))
                responder_done(responder, program->apart && host->apart != NULL
                                              ? apart_serve(host, program, &io)
                                              : program_serve(host, program, &io));
        host_exit(host, responder_served(responder) > 0 ? 0 : WORKERS_IDLE);
}

/* ---- the beginning ---- */

static long long
number_of(char *const *environment, const char *variable, long long least, long long most,
    long long standard)
{
        const char *text = environment_get(environment, variable);
        char *end;
        long long number;

        if (text == NULL || *text == '\0')
                return standard;
        number = strtoll(text, &end, 10);
        if (*end == '\0' && number >= least && number <= most)
                return number;
        (void)fprintf(stderr, "wechat.fcgi: %s must be %lld to %lld: %lld is used\n", variable,
            least, most, standard);
        return standard;
}

/* A pool that is misspelt must not widen what a process can do: there is none then. */
static int
choose_pool(struct arena *arena, const struct app_program *const *programs, struct site *site)
{
        const char *wanted = environment_get(site->environment, "WECHAT_SERVE");
        enum pool pool = POOL_ALL;

        if (wanted != NULL && *wanted != '\0' && !pool_parse(wanted, &pool)) {
                (void)fputs("wechat.fcgi: WECHAT_SERVE must be all, quick or slow\n", stderr);
                return -1;
        }
        site->programs = pool_choose(arena, pool, programs, true);
        site->elsewhere = pool_choose(arena, pool, programs, false);
        return 0;
}

/* Descriptors that whoever started us forgot are no business of ours. */
static void
tidy_descriptors(void)
{
        for (int file = STDOUT_FILENO; file <= STDERR_FILENO; file++)
                if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDWR) != file)
                        _exit(1);
        if (syscall(436 /* close_range */, STDERR_FILENO + 1, ~0U, 0) != 0)
                for (int file = STDERR_FILENO + 1; file < 1024; file++)
                        close(file);
}

static int
serve(const struct app_program *const *programs)
{
        static struct site site;
        struct arena *arena = arena_new(memory_exhausted);
        struct workers workers = {.renew = renew, .work = work, .context = &site};
        char **environment;
        size_t count = 0;

        tidy_descriptors();
        (void)signal(SIGPIPE, SIG_IGN);
        if (fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK) != 0)
                return 1;
        while (environ != NULL && environ[count] != NULL)
                count++;
        environment = arena_alloc(arena, (count + 1) * sizeof(*environment));
        for (size_t i = 0; i < count; i++)
                environment[i] = arena_strdup(arena, environ[i]);
        site.environment = environment;
        if (choose_pool(arena, programs, &site) != 0)
                return 2;
        site.file = path_own(arena);
        site.peers = environment_get(environment, "FCGI_WEB_SERVER_ADDRS");
        site.max_requests = number_of(environment, "WECHAT_MAX_REQUESTS", 1, 1000000000, 0);
        site.max_memory = number_of(environment, "WECHAT_MEMORY", 1, 1000000, 256);
        workers.count = (int)number_of(environment, "WECHAT_WORKERS", 1, WORKERS_MAX, 4);
        return workers_run(&workers);
}

/* One of our programs, run by a worker's runner. */
static int
run_one(const struct app_program *const *programs, const char *wanted)
{
        const struct app_program *one[] = {NULL, NULL};
        struct host host;

        if (strcmp(wanted, "cgi") == 0)
                return apart_main(programs, environ);
        for (size_t i = 0; programs[i] != NULL; i++)
                if (strcmp(programs[i]->name, wanted) == 0)
                        one[0] = programs[i];
        if (one[0] == NULL || !local_is_asked(one[0], environ))
                return 2;
        if (one[0]->alone != NULL)
                return local_run_alone(one[0]);
        host_open(&host, one, environ, HOST_ONCE);
        program_enter(&host);
        host_exit(&host, local_run(&host, one[0]));
}

static int
explain(int argc, char **argv)
{
        const bool is_version = argc > 1 && strcmp(argv[1], "--version") == 0;
        const bool is_help = argc > 1 && strcmp(argv[1], "--help") == 0;

        (void)fputs(is_version ? "wechat.fcgi (wechat-cgi) " WECHAT_VERSION "\n" : help, stdout);
        return is_version || is_help ? 0 : 2;
}

int
main(int argc, char **argv)
{
        const struct app_program *const programs[] = {
#define X(program) program,
            PROGRAMS
#undef X
                NULL};
        const char *wanted = environ == NULL ? NULL : environment_get(environ, "WECHAT_LOCAL");
        struct err err = {.kind = ERR_NONE};

        if (argc == 3 && strcmp(argv[1], "--listen") == 0) {
                if (listen_on(argv[2], &err) != 0) {
                        (void)fprintf(stderr, "wechat.fcgi: %s\n", err.text);
                        return 1;
                }
                return serve(programs);
        }
        if (argc == 1 && responder_is_asked())
                return serve(programs);
        if (argc == 1 && wanted != NULL)
                return run_one(programs, wanted);
        return explain(argc, argv);
}
