#include "push/inbox.h"

#include <stdbool.h>

#include "web/app.h"
#include "base/arena.h"
#include "wechat/message.h"
#include "signin/retention.h"
#include "state/state.h"

/* A query can be repeated while its timestamp is within the window, on either side of our clock. */
enum { REMEMBER_SECONDS = 3 * MESSAGE_WINDOW_SECONDS };

/* The sender owns the record, so that forgetting the sender empties it. */
static char *
push_key(struct app *app, const struct message *message)
{
        return arena_printf(app->arena, "%s %s", message->openid, message->id);
}

static int
store(struct app *app, const struct message *message, const char *reply)
{
        return state_finish_push(app->state, push_key(app, message), reply, app->now,
            app->now + REMEMBER_SECONDS, &app->err);
}

static void
tell_death(struct app *app)
{
        struct err err = {.kind = ERR_NONE};

        err_set(&err, ERR_SYSTEM,
            "the process that ran the handler for this push ended before its time, so the user "
            "gets no reply: does this host end programs that take long? The handler is not run "
            "twice");
        app_log(app, &err);
}

int
inbox_open(struct app *app, const struct message *message, long long until, const char **reply)
{
        bool marked = false, has_handler = *app->conf.handler != '\0';

        if (state_begin_push(app->state, push_key(app, message), until, reply,
                has_handler ? &marked : NULL, &app->err) != 0)
                return -1;
        if (!marked)
                return 0;
        tell_death(app);
        *reply = "";
        return store(app, message, *reply);
}

int
inbox_mark(struct app *app, const struct message *message)
{
        return state_mark_push(
            app->state, push_key(app, message), app->now, app->now + REMEMBER_SECONDS, &app->err);
}

int
inbox_close(struct app *app, const struct message *message, const char *reply)
{
        struct err err = {.kind = ERR_NONE};

        if (store(app, message, reply) != 0)
                return -1;
        if (state_tidy(app->state, STATE_PUSHED, conf_journal_days(&app->conf), app->now, &err) !=
            0)
                app_log(app, &err);
        retention_sweep(app);
        return 0;
}

void
inbox_let_go(struct app *app)
{
        state_end_push(app->state);
}
