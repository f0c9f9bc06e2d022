#include "web/errand.h"

#include <string.h>

#include "base/arena.h"
#include "host/behind.h"
#include "host/os.h"
#include "host/runner.h"
#include "web/app.h"
#include "web/local.h"

/* How long one may take. */
enum { HOOK_MS = 30000, LATE_MS = 60000 };

struct errand {
        enum errand_program program;
        const char *input;
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

static bool
may_have_errands(const struct host *host)
{
        for (size_t i = 0; host->programs[i] != NULL; i++)
                if (host->programs[i]->errands)
                        return true;
        return false;
}

void
errand_prepare(struct host *host)
{
        struct runner_program *programs;

        if (host->err.kind != ERR_NONE || !may_have_errands(host) ||
            (!has_hook(&host->conf) && !tells_owners(&host->conf)))
                return;
        programs = arena_alloc(host->arena, ERRAND_PROGRAMS * sizeof(*programs));
        programs[ERRAND_HOOK].file = host->conf.hook;
        programs[ERRAND_HOOK].environment = local_owners_environment(host->arena, host, NULL);
        local_prepare(host, "wechat-late.cgi", &programs[ERRAND_LATE]);
        if (host->behind == NULL)
                host->behind = behind_new(host->arena);
        host->errands = runner_start(host->arena, programs, host->behind, true);
}

bool
errand_is_possible(const struct app *app, enum errand_program program)
{
        return app->host->errands != NULL && app->program->errands &&
               (program == ERRAND_HOOK ? has_hook(&app->conf) : tells_owners(&app->conf));
}

void
errand_add(struct app *app, enum errand_program program, const char *input)
{
        struct errand *errand, **last = &app->errands;

        if (!errand_is_possible(app, program))
                return;
        errand = arena_alloc(app->arena, sizeof(*errand));
        *errand = (struct errand){program, input, NULL};
        while (*last != NULL)
                last = &(*last)->next;
        *last = errand;
}

void
errand_run(struct app *app)
{
        for (const struct errand *errand = app->errands; errand != NULL; errand = errand->next) {
                long long until =
                    os_clock_ms() + (errand->program == ERRAND_HOOK ? HOOK_MS : LATE_MS);
                char *output;
                size_t size;

                err_clear(&app->err);
                if (runner_run(app->host->errands, app->arena, errand->program, errand->input,
                        until, &output, &size, &app->err) != 0)
                        app_log(app, &app->err);
        }
}
