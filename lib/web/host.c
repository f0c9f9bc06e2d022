#include "web/host.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/owner.h"
#include "format/redis_url.h"
#include "host/log.h"
#include "host/memory.h"
#include "host/os.h"
#include "host/path.h"
#include "host/runner.h"
#include "host/sandbox.h"
#include "state/state.h"
#include "web/conf_file.h"
#include "web/environment.h"

static const char *const languages[HOST_LANGUAGES] = {"zh_CN", "zh_TW", "en"};

/* ---- programs and their files ---- */

unsigned
host_needs(const struct app_program *program)
{
        return (program->needs == 0 ? SANDBOX_STANDARD : program->needs) |
               (program->after == NULL ? 0 : SANDBOX_GO_ON);
}

/* The same with these settings: errands are run by a process behind the answer (errand.h); who
 * reads a session also notes its use (idle.h). */
static unsigned
needs_now(const struct host *host, const struct app_program *program)
{
        unsigned needs =
            host_needs(program) | (program->errands && host->errands != NULL ? SANDBOX_GO_ON : 0);

        return (needs & SANDBOX_READ_STATE) != 0 && host->conf.session_idle_seconds > 0
                   ? needs | SANDBOX_WRITE_STATE
                   : needs;
}

static const struct app_program *
find_program(const struct app_program *const *programs, const char *name)
{
        for (; programs != NULL && *programs != NULL; programs++)
                if (strcmp((*programs)->name, name) == 0)
                        return *programs;
        return NULL;
}

const struct app_program *
host_find_program(const struct host *host, const char *name)
{
        const struct app_program *found = find_program(host->programs, name);

        return found == NULL ? find_program(host->elsewhere, name) : found;
}

bool
host_serves(const struct host *host, const struct app_program *program)
{
        return program != NULL && find_program(host->programs, program->name) != NULL;
}

char *
host_beside(const struct host *host, struct arena *arena, const char *name)
{
        const char *own = path_own(arena);

        if (own == NULL)
                own = host->script;
        return own == NULL ? NULL : arena_printf(arena, "%s/%s", path_folder(arena, own), name);
}

static size_t
count_programs(const struct host *host)
{
        size_t count = 0;

        while (host->programs[count] != NULL)
                count++;
        return count;
}

const char *
host_file_path(const struct host *host, const struct app_program *program)
{
        const char *path;

        memcpy(&path, (const char *)&host->conf + program->reads, sizeof(path));
        return path;
}

int
host_read_file(struct host *host, const struct app_program *program, struct arena *arena,
    char **text, size_t *size, struct err *err)
{
        struct host_file *file = host->files;

        for (size_t i = 0; host->programs[i] != program; i++)
                file++;
        return host_file_read(host->arena, file, arena, text, size, err);
}

int
host_read_words(
    struct host *host, struct arena *arena, const char *language, char **text, struct err *err)
{
        size_t size;

        *text = NULL;
        for (size_t i = 0; i < HOST_LANGUAGES; i++)
                if (strcmp(languages[i], language) == 0 && host->words[i].path != NULL &&
                    host->words[i].err.kind != ERR_NOT_FOUND)
                        return host_file_read(
                                   host->arena, &host->words[i], arena, text, &size, err) != 0
                                   ? -1
                                   : owner_read_text(host->words[i].path, *text, &size, err);
        return 0;
}

/* ---- files that may change ---- */

static void
watch(struct host *host, const char *path, bool is_folder)
{
        struct watch *watched = host->watched;

        if (watched == NULL)
                return;
        for (; watched->path != NULL; watched++)
                if (strcmp(watched->path, path) == 0)
                        return;
        *watched = (struct watch){.path = path, .is_folder = is_folder};
        watch_look(watched);
}

/* Called before the file is read, so that every later change is seen. */
void
host_watch_file(struct host *host, const char *path)
{
        watch(host, path, false);
}

bool
host_has_changed(const struct host *host)
{
        for (const struct watch *watched = host->watched; watched->path != NULL; watched++)
                if (watch_has_changed(watched))
                        return true;
        return false;
}

void
host_look_again(struct host *host)
{
        for (struct watch *watched = host->watched; watched->path != NULL; watched++)
                watch_look(watched);
}

/* Has one of the files changed of which the kernel does not tell? */
static bool
has_changed_untold(const struct host *host)
{
        for (const struct watch *watched = host->watched; watched->path != NULL; watched++)
                if (!watched->is_told && watch_has_changed(watched))
                        return true;
        return false;
}

/* Has a runner ended, or may a watched file have changed? One question for all of them. */
static bool
has_news(const struct host *host)
{
        const struct runner *const runners[] = {host->runner, host->errands, host->pictures};
        enum { RUNNERS = sizeof(runners) / sizeof(runners[0]) };
        struct pollfd news[RUNNERS + 1] = {{.fd = host->told, .events = POLLIN}};

        if (host->told <= 0)
                return true;
        for (size_t i = 0; i < RUNNERS; i++) {
                news[i + 1] = (struct pollfd){.fd = -1, .events = POLLIN};
                if (runners[i] == NULL)
                        continue;
                news[i + 1].fd = runner_link(runners[i]);
                if (news[i + 1].fd < 0)
                        return true;
        }
        return poll(news, RUNNERS + 1, 0) != 0;
}

static bool
is_gone(const struct runner *runner)
{
        return runner != NULL && runner_is_gone(runner);
}

bool
host_has_served(const struct host *host)
{
        return host->requests >= (host->requests_max > 0 ? host->requests_max : HOST_REQUESTS_MAX);
}

static bool
is_too_large(const struct host *host)
{
        return host->memory_max > 0 && os_memory_kib() > host->memory_max;
}

bool
host_is_spent(struct host *host)
{
        long long now = os_clock_ms();

        if (host->watched == NULL || host->left || host->err.kind != ERR_NONE ||
            (host->state != NULL &&
                (!host->state_is_there || state_port(host->state) != host->state_port)) ||
            host_has_served(host) || now - host->began >= HOST_SECONDS_MAX * 1000LL)
                return true;
        if (now < host->look_at && !has_news(host))
                return has_changed_untold(host);
        if (host->told > 0)
                watch_heard(host->told);
        host->look_at = now + HOST_LOOK_MS;
        return is_gone(host->runner) || is_gone(host->errands) || is_gone(host->pictures) ||
               is_too_large(host) || host_has_changed(host);
}

/* ---- the beginning ---- */

static void
open_file(struct host *host, const char *path, struct host_file *file)
{
        host_watch_file(host, path);
        host_file_open(host->arena, path, file);
}

static void
open_files(struct host *host)
{
        for (size_t i = 0; host->programs[i] != NULL; i++) {
                const struct app_program *program = host->programs[i];
                struct host_file *file = &host->files[i];

                if (program->reads == 0 || *host_file_path(host, program) == '\0')
                        continue;
                open_file(host, host_file_path(host, program), file);
        }
}

void
host_open_words(struct host *host, const char *language)
{
        for (size_t i = 0; i < HOST_LANGUAGES; i++)
                if (host->words[i].path == NULL &&
                    (language == NULL || strcmp(language, languages[i]) == 0))
                        open_file(host,
                            arena_printf(
                                host->arena, "%s/words.%s.txt", host->place.folder, languages[i]),
                            &host->words[i]);
}

static bool
wants_words(const struct host *host)
{
        for (size_t i = 0; host->programs[i] != NULL; i++) {
                const struct app_program *program = host->programs[i];

                if (!program->opens_words && !program->without_settings &&
                    (host_needs(program) & SANDBOX_PAGES) != 0)
                        return true;
        }
        return false;
}

/* A process for one request needs the words of its language only. */
static void
open_words(struct host *host)
{
        const char *asked = environment_get(host->environment, "HTTP_ACCEPT_LANGUAGE");

        if (host->kind == HOST_COMMAND || host->err.kind != ERR_NONE || !wants_words(host))
                return;
        host_open_words(
            host, host->kind == HOST_ONCE ? text_language(asked, host->conf.language) : NULL);
}

static int
read_settings(struct host *host)
{
        if (host->place.file != NULL)
                host_watch_file(host, host->place.file);
        if (conf_file_read(host->arena, &host->place, &host->conf, &host->err) != 0)
                return -1;
        /* A process for many requests builds the filter once. */
        if (host->kind == HOST_MANY && !conf_is_given(&host->conf, "sandbox"))
                host->conf.sandbox = "strict";
        return 0;
}

/* Logs once what the owner should know about this installation. mark: the name under which the
 * state notes that it was logged. */
static void
tell_once(struct host *host, const char *mark, const struct err *err)
{
        if (host->programs[0] != NULL && state_note(host->state, mark))
                log_error(host->programs[0]->name, "-", NULL, err);
}

/* Logs once that this kernel lacks part of the sandbox. */
static void
tell_gaps(struct host *host, unsigned gaps)
{
        static const struct {
                unsigned gap;
                const char *mark, *name;
        } kinds[] = {{SANDBOX_NO_LANDLOCK, "no-landlock", "Landlock (files and ports)"},
            {SANDBOX_NO_FILTER, "no-seccomp", "seccomp filter (system calls)"}};
        struct err err = {.kind = ERR_NONE};

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if ((gaps & kinds[i].gap) != 0) {
                        err_set(&err, ERR_NONE,
                            "this kernel has no %s: the programs run without that part of their "
                            "sandbox, and work all the same; this is logged once",
                            kinds[i].name);
                        tell_once(host, kinds[i].mark, &err);
                }
}

/* Logs once that a setting has been given by its earlier name. */
static void
tell_renamed(struct host *host)
{
        struct err err = {.kind = ERR_NONE};

        if (host->conf.renamed == NULL)
                return;
        err_set(&err, ERR_NONE, "%s: the setting %s was renamed: write %s; this is logged once",
            host->place.file, host->conf.renamed, host->conf.renamed_now);
        tell_once(host, arena_printf(host->arena, "renamed-%s", host->conf.renamed), &err);
}

static unsigned
needs_of_all(const struct host *host)
{
        unsigned needs = 0;

        for (size_t i = 0; host->programs[i] != NULL; i++)
                needs |= needs_now(host, host->programs[i]);
        return needs;
}

/* Watches a folder: once there is one, or another one, in its place, this process, whose sandbox
 * does not let it in, is to be replaced. */
static void
watch_folder(struct host *host, const char *folder)
{
        if (*folder != '\0')
                watch(host, folder, true);
}

/* Finds the state, if a program needs it. */
static void
find_state(struct host *host)
{
        unsigned needs = needs_of_all(host);

        if ((needs & SANDBOX_PRIVATE_FILES) != 0)
                watch_folder(host, host->conf.private_dir);
        if ((needs & (SANDBOX_READ_STATE | SANDBOX_WRITE_STATE)) == 0)
                return;
        if (conf_has_files(&host->conf))
                watch_folder(host, host->conf.state_dir);
        host->state = state_new(
            host->arena, conf_state(host->arena, &host->conf), (needs & SANDBOX_WRITE_STATE) != 0);
        host->state_is_there = state_is_there(host->state);
}

/* A process for one request uses the state that was found. Otherwise each request opens the state
 * anew, in its own memory; but an error from before the sandbox is kept, since its cause cannot be
 * seen from inside. */
struct state *
host_open_state(struct host *host, const struct app_program *program)
{
        unsigned needs = needs_now(host, program) & (SANDBOX_READ_STATE | SANDBOX_WRITE_STATE);

        if (host->state == NULL || needs == 0)
                return NULL;
        if (host->kind != HOST_COMMAND && (host->watched == NULL || !host->state_is_there))
                return host->state;
        return state_again(host->state, host->request_arena, (needs & SANDBOX_WRITE_STATE) != 0);
}

/* Where the state is, if it is not in files. A worker whose primary moves to a port that is not
 * among them is spent. */
static void
find_stores(struct host *host, int *stores)
{
        struct redis_url url;

        if (host->state == NULL || conf_has_files(&host->conf))
                return;
        redis_url_parse(host->arena, host->conf.state, &url);
        for (size_t i = 0; i < url.sentinel_count; i++)
                *stores++ = (int)strtol(url.sentinels[i].port, NULL, 10);
        host->state_port = state_port(host->state);
        if (url.sentinel_count > 0)
                *stores = host->state_port;
        else
                *stores = url.host == NULL ? SANDBOX_STORE_SOCKET : (int)strtol(url.port, NULL, 10);
}

static void
give_up_power(struct host *host)
{
        struct sandbox sandbox = {.html_dir = host->conf.html_dir,
            .api_url = host->conf.api_url,
            .site_url = host->conf.site_url,
            .ca_file = host->conf.ca_file,
            .private_dir = host->conf.private_dir,
            .folders = host->folders,
            .origins = host->origins,
            .needs = needs_of_all(host) | (host->kind == HOST_MANY ? SANDBOX_SERVE : 0),
            .state = host->state == NULL ? -1 : state_reach(host->state),
            .files_only = strcmp(host->conf.sandbox, "files") == 0};

        find_stores(host, sandbox.stores);
        if (strcmp(host->conf.sandbox, "off") != 0)
                host->gaps = sandbox_enter(&sandbox);
        if (host->state == NULL)
                return;
        tell_gaps(host, host->gaps);
        tell_renamed(host);
}

/* Only the owner can read what the process writes, and it leaves no core file with secrets. If the
 * host limits the size of files, writing more is an error to report, not a signal that ends the
 * process. */
static void
keep_private(void)
{
        /* The kernel ignores a limit of 0 if core files are piped to a program, but not a limit of
         * 1: core(5). */
        struct rlimit none = {1, 1};

        umask(077);
        setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGXFSZ, SIG_IGN);
}

static void
let_stdout_go(void)
{
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

        if (nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0)
                close(nowhere);
}

static struct arena *
begin_arena(void)
{
        struct arena *arena = arena_new(memory_exhausted);

        if (arena == NULL)
                memory_exhausted();
        return arena;
}

void
host_open(struct host *host, const struct app_program *const *programs, char *const *environment,
    enum host_kind kind)
{
        size_t count;

        keep_private();
        *host = (struct host){.programs = programs,
            .kind = kind,
            .environment = environment,
            .script = environment_get(environment, "SCRIPT_FILENAME"),
            .began = os_clock_ms()};
        host->arena = begin_arena();
        host->request_arena = begin_arena();
        count = count_programs(host);
        host->files = arena_alloc(host->arena, count * sizeof(*host->files));
        if (kind == HOST_MANY) {
                let_stdout_go();
                host->watched = arena_alloc(host->arena,
                    (count + 4 + HOST_WATCHES + HOST_LANGUAGES) * sizeof(*host->watched));
        }
        place_find(host->arena, environment, &host->place);
        /* From here on nothing that a visitor or the server put into the environment reaches a
         * library. */
        clearenv();
        if (read_settings(host) == 0)
                find_state(host);
}

void
host_begin_process(struct host *host)
{
        host->began = os_clock_ms();
        host->requests = 0;
}

static bool
needs_settings(const struct host *host)
{
        for (size_t i = 0; host->programs[i] != NULL; i++)
                if (!host->programs[i]->without_settings)
                        return true;
        return false;
}

void
host_enter(struct host *host)
{
        if (host->programs[0] == NULL || (host->err.kind != ERR_NONE && needs_settings(host)))
                return;
        for (size_t i = 0; host->programs[i] != NULL; i++)
                if (host->programs[i]->prepare != NULL)
                        host->programs[i]->prepare(host);
        open_files(host);
        open_words(host);
        if (host->watched != NULL)
                host->told = watch_tell(host->arena, host->watched);
        give_up_power(host);
}

void
host_close(struct host *host)
{
        arena_free(host->request_arena);
        arena_free(host->arena);
}

void
host_exit(struct host *host, int status)
{
        /* The process that goes on holds the runners' links, too: waiting for their ends would be
         * waiting for its end. */
        if (host->kind != HOST_MANY || !host->left) {
                arena_end(host->request_arena);
                arena_end(host->arena);
        }
#ifdef WECHAT_WATCHED
        exit(status);
#else
        _exit(status);
#endif
}
