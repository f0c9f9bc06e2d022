#include "web/local.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "host/log.h"
#include "host/memory.h"
#include "host/os.h"
#include "host/runner.h"
#include "host/sandbox.h"
#include "web/app.h"
#include "web/environment.h"

enum { VARIABLES = 5 };

char *const *
local_environment(struct arena *arena, const struct host *host, const char *name)
{
        char **variables = arena_alloc(arena, VARIABLES * sizeof(*variables));
        size_t count = 0;

        variables[count++] = arena_printf(arena, "WECHAT_LOCAL=%s", name);
        variables[count++] = arena_printf(arena, "WECHAT_CONF=%s", host->place.file);
        /* As place.h judges by these where the file may be. */
        if (host->place.root != NULL)
                variables[count++] = arena_printf(arena, "DOCUMENT_ROOT=%s", host->place.root);
        if (host->place.hidden)
                variables[count++] = "SERVER_SOFTWARE=Apache";
        variables[count] = NULL;
        return variables;
}

void
local_prepare(const struct host *host, const char *name, struct runner_program *program)
{
        const char *file =
            host->one_file != NULL ? host->one_file : host_beside(host, host->arena, name);

        program->file = file == NULL ? name : file;
        program->environment = local_environment(host->arena, host, name);
}

void
local_prepare_alone(const struct host *host, const char *name, struct runner_program *program)
{
        char **environment = arena_alloc(host->arena, 2 * sizeof(*environment));

        local_prepare(host, name, program);
        environment[0] = arena_printf(host->arena, "WECHAT_LOCAL=%s", name);
        program->environment = environment;
}

char *const *
local_owners_environment(struct arena *arena, const struct host *host, const char *more)
{
        char **variables = arena_alloc(arena, VARIABLES * sizeof(*variables));

        variables[0] = "PATH=/usr/local/bin:/usr/bin:/bin";
        variables[1] = "LANG=C.UTF-8";
        variables[2] = arena_printf(
            arena, "WECHAT_STATE_DIR=%s", conf_has_files(&host->conf) ? host->conf.state_dir : "");
        variables[3] = more == NULL ? NULL : arena_strdup(arena, more);
        variables[4] = NULL;
        return variables;
}

bool
local_is_asked(const struct app_program *program, char *const *environment)
{
        return (program->local != NULL || program->alone != NULL) && environment != NULL &&
               environment_get(environment, "GATEWAY_INTERFACE") == NULL &&
               environment_get(environment, "WECHAT_LOCAL") != NULL;
}

/* Reads stdin, less than most bytes, and adds a NUL. */
static int
read_input(struct arena *arena, size_t most, char **text, size_t *size, struct err *err)
{
        ssize_t got;

        *size = 0;
        *text = arena_alloc(arena, most + 1);
        while ((got = read(STDIN_FILENO, *text + *size, most - *size)) != 0) {
                if (got < 0 && errno != EINTR)
                        return err_set_errno(err, ERR_SYSTEM, errno, "stdin");
                *size += got > 0 ? (size_t)got : 0;
                if (*size == most)
                        return err_set(err, ERR_TOO_LARGE, "stdin: more than %zu bytes", most);
        }
        return 0;
}

int
local_run(struct host *host, const struct app_program *program)
{
        struct app app = {.host = host,
            .arena = host->request_arena,
            .program = program,
            .state = host_open_state(host, program),
            .conf = host->conf,
            .language = host->conf.language,
            .now = os_now(),
            .started = os_clock_ms(),
            .err = host->err};
        size_t size;
        char *text;

        app.request.client = "-";
        pairs_init(&app.page, app.arena);
        pairs_init(&app.response.headers, app.arena);
        if (app.err.kind == ERR_NONE &&
            read_input(app.arena, LOCAL_INPUT_MAX, &text, &size, &app.err) == 0 &&
            program->local(&app, text) == 0)
                return 0;
        log_error(program->name, app.request.client, NULL, &app.err);
        return 1;
}

/* Without the filter a mistake in a library could do whatever the host's user can. */
static int
give_up_all(struct err *err)
{
        umask(077);
        clearenv();
        if ((sandbox_enter_alone() & SANDBOX_NO_FILTER) == 0)
                return 0;
        return err_set(err, ERR_SYSTEM,
            "this kernel has no seccomp filter, and without one this program reads nothing");
}

int
local_run_alone(const struct app_program *program)
{
        struct err err = {.kind = ERR_NONE};
        struct arena *arena = arena_new(memory_exhausted);
        int result = 1;
        size_t size;
        char *text;

        if (arena == NULL)
                memory_exhausted();
        if (give_up_all(&err) == 0 &&
            read_input(arena, LOCAL_ALONE_INPUT_MAX, &text, &size, &err) == 0 &&
            program->alone(arena, text, size, &err) == 0)
                result = 0;
        else
                log_error(program->name, "-", NULL, &err);
        arena_end(arena);
        return result;
}
