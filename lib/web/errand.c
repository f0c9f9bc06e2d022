#include "web/errand.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "host/behind.h"
#include "host/os.h"
#include "host/runner.h"
#include "web/app.h"
#include "web/environment.h"
#include "web/local.h"

/* How long one may take. */
static const int longest_ms[ERRAND_PROGRAMS] = {
    [ERRAND_HOOK] = 30000, [ERRAND_LATE] = 60000, [ERRAND_NOTIFY] = 60000};

struct errand {
        enum errand_program program;
        struct buf input;
        struct errand *next;
};

static bool
has_hook(const struct conf *conf)
{
        return *conf->hook != '\0';
}

/* Are owners told of newcomers (admission.h)? */
static bool
tells_owners(const struct conf *conf)
{
        return strcmp(conf->people, "approved") == 0 && *conf->owners != '\0' &&
               conf_can_call(conf);
}

/* Are there programs that may be told of a sign-out? */
static bool
tells_programs(const struct conf *conf)
{
        return *conf->oidc_clients != '\0';
}

static bool (*const is_wanted[ERRAND_PROGRAMS])(const struct conf *conf) = {
    [ERRAND_HOOK] = has_hook, [ERRAND_LATE] = tells_owners, [ERRAND_NOTIFY] = tells_programs};

static bool
wants_any(const struct conf *conf)
{
        for (size_t i = 0; i < ERRAND_PROGRAMS; i++)
                if (is_wanted[i](conf))
                        return true;
        return false;
}

/* A process for one request knows its path. */
static bool
may_have_errands(const struct host *host)
{
        const char *path = environment_get(host->environment, "PATH_INFO");

        for (size_t i = 0; host->programs[i] != NULL; i++) {
                const char *only = host->programs[i]->errands_at;

                if (host->programs[i]->errands && (only == NULL || host->kind != HOST_ONCE ||
                                                      (path != NULL && strcmp(path, only) == 0)))
                        return true;
        }
        return false;
}

void
errand_prepare(struct host *host)
{
        struct runner_program *programs;

        if (host->err.kind != ERR_NONE || !may_have_errands(host) || !wants_any(&host->conf))
                return;
        programs = arena_alloc(host->arena, ERRAND_PROGRAMS * sizeof(*programs));
        programs[ERRAND_HOOK].file = host->conf.hook;
        programs[ERRAND_HOOK].environment = local_owners_environment(host->arena, host, NULL);
        local_prepare(host, "wechat-late.cgi", &programs[ERRAND_LATE]);
        local_prepare(host, "wechat-notify.cgi", &programs[ERRAND_NOTIFY]);
        if (host->behind == NULL)
                host->behind = behind_new(host->arena);
        host->errands = runner_start(host->arena, programs, host->behind, true);
}

bool
errand_is_possible(const struct app *app, enum errand_program program)
{
        return app->host->errands != NULL && app->program->errands &&
               is_wanted[program](&app->conf);
}

void
errand_add(struct app *app, enum errand_program program, const char *input)
{
        struct errand **last = &app->errands;

        if (!errand_is_possible(app, program))
                return;
        while (*last != NULL && ((*last)->program != program || program == ERRAND_HOOK))
                last = &(*last)->next;
        if (*last == NULL) {
                *last = arena_alloc(app->arena, sizeof(**last));
                (*last)->program = program;
                buf_init(&(*last)->input, app->arena);
        }
        buf_add_text(&(*last)->input, input);
}

void
errand_run(struct app *app)
{
        for (struct errand *errand = app->errands; errand != NULL; errand = errand->next) {
                long long until = os_clock_ms() + longest_ms[errand->program];
                char *output;
                size_t size;

                err_clear(&app->err);
                if (runner_run(app->host->errands, app->arena, errand->program,
                        buf_finish(&errand->input), until, &output, &size, &app->err) != 0)
                        app_log(app, &app->err);
        }
}
