#include "web/after.h"

#include <string.h>

#include "base/arena.h"
#include "host/behind.h"
#include "host/log.h"
#include "host/runner.h"
#include "state/state.h"
#include "web/app.h"
#include "web/errand.h"

void
after_tell(struct app *app)
{
        struct err err = {.kind = ERR_NONE};
        const char *text;

        if (app->host->behind != NULL)
                behind_pass_on(app->host->behind);
        if (app->state == NULL)
                return;
        if (state_take_log(app->state, &text, &err) == 0)
                log_lines(text);
        else
                app_log(app, &err);
}

void
after_do(struct app *app)
{
        err_clear(&app->err);
        if (app->goes_on && app->program->after(app) != 0)
                app_log(app, &app->err);
        errand_run(app);
}

/* There is no web server any more to log what was said. Nobody can be told if that fails. */
static void
keep_said(struct app *app)
{
        const char *said = behind_take(app->host->behind, app->arena);
        size_t size = strlen(said);
        struct err ignored;

        if (size > 0 && said[size - 1] != '\n')
                said = arena_printf(app->arena, "%s\n", said);
        if (size > 0 && app->state != NULL)
                (void)!state_defer_log(app->state, said, &ignored);
}

static void
leave(struct host *host)
{
        if (host->runner != NULL)
                runner_let_go(host->runner);
        if (host->typist != NULL)
                runner_let_go(host->typist);
        if (host->errands != NULL)
                runner_let_go(host->errands);
        if (host->apart != NULL)
                runner_let_go(host->apart);
        host->left = true;
}

bool
after_begin(struct app *app)
{
        struct host *host = app->host;
        int forked = behind_fork(host->behind);

        if (forked < 0)
                return false;
        if (forked > 0) {
                leave(host);
                return true;
        }
        if (host->depart != NULL)
                host->depart(host->server);
        if (host->runner != NULL)
                runner_step_back(host->runner);
        keep_said(app);
        if (app->answer_at == 0)
                behind_wait(host->behind);
        after_do(app);
        keep_said(app);
        host_exit(host, 0);
}
