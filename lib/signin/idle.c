#include "signin/idle.h"

#include "web/app.h"
#include "state/state.h"

/* A note is made when 1/PARTS of the time has passed. */
enum { PARTS = 10 };

static void
set(const struct app *app, struct idle *idle, long long used)
{
        long long ends = used + app->conf.session_idle_seconds;

        idle->used = used;
        idle->ends = ends < idle->expires ? ends : idle->expires;
}

int
idle_check(struct app *app, struct idle *idle)
{
        struct store_record note;

        idle->used = idle->created;
        idle->ends = idle->expires;
        if (app->conf.session_idle_seconds == 0)
                return 0;
        if (state_read(app->state, STORE_USED, idle->name, app->now, &note, &app->err) == 0)
                set(app, idle, note.created);
        else if (app->err.kind == ERR_NOT_FOUND)
                set(app, idle, idle->created);
        else
                return -1;
        err_clear(&app->err);
        return idle->ends > app->now
                   ? 0
                   : err_set(&app->err, ERR_NOT_FOUND, "session: not used for too long");
}

void
idle_note(struct app *app, struct idle *idle)
{
        struct store_record note = {.created = app->now, .expires = idle->expires};
        struct err err = {.kind = ERR_NONE};
        long long seconds = app->conf.session_idle_seconds;

        if (seconds == 0 || app->now - idle->used < seconds / PARTS)
                return;
        pairs_init(&note.fields, app->arena);
        if (state_replace(app->state, STORE_USED, idle->name, &note, &err) == 0)
                set(app, idle, app->now);
        else
                app_log(app, &err);
}

int
idle_forget(struct app *app, const char *name)
{
        return app->conf.session_idle_seconds == 0
                   ? 0
                   : state_delete(app->state, STORE_USED, name, &app->err);
}
