#include "push/respond.h"

#include <limits.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "host/os.h"
#include "push/compose.h"
#include "push/handler.h"
#include "push/inbox.h"
#include "push/late.h"
#include "wechat/custom.h"
#include "wechat/message.h"

/*
 * Milliseconds after the beginning of a request. WeChat waits for 5 seconds, and takes what comes
 * before that for the answer: a reply, or nothing; so a delivery that brings no reply must end
 * later.
 *
 * BUSY_MS: another delivery has had time enough. EMPTY_MS: the answer is empty, in time. STAY_MS:
 * the process goes on behind its answer, a little before a web server may end it because WeChat has
 * gone. GONE_MS: WeChat has gone. TYPING_MS: the user has waited. FETCH_MS: after it was stored, a
 * reply has been fetched by the next delivery, which may still have to come.
 */
enum {
        BUSY_MS = 4000,
        EMPTY_MS = 4500,
        STAY_MS = 4800,
        GONE_MS = 5200,
        TYPING_MS = 1000,
        FETCH_MS = 1700
};

/* What is left to do behind the answer. */
struct work {
        struct message message;
        struct handler_reply reply;
        struct late_calls calls;
        bool runs;    /* the handler has not replied yet */
        bool settled; /* the answer for all deliveries is stored */
};

static bool
is_sent_late(const struct app *app)
{
        return strcmp(app->conf.handler_late, "send") == 0;
}

bool
respond_may_come_later(const struct app *app)
{
        return handler_is_slow(&app->conf);
}

long long
respond_until(const struct app *app)
{
        return app->started + (respond_may_come_later(app) ? GONE_MS : BUSY_MS);
}

/* Until when can the handler's reply be the answer to a delivery? */
static long long
answer_until(const struct app *app)
{
        return app->started + (is_sent_late(app) ? EMPTY_MS : CONF_WAIT_SECONDS * 1000);
}

/* Until when may the handler run? A reply that cannot be sent must be an answer. */
static long long
handler_until(const struct app *app, const struct message *message)
{
        long long until = app->started + app->conf.handler_seconds * 1000, last = answer_until(app);

        return until > last && !late_can_send(app, message) ? last : until;
}

static void
tell(struct app *app)
{
        app_log(app, &app->err);
        err_clear(&app->err);
}

static void
clear(struct app *app, struct handler_reply *reply)
{
        *reply = (struct handler_reply){.more = NULL};
        pairs_init(&reply->reply, app->arena);
}

/* Takes the rules' reply if there is none, and none after an error. Returns where the reply comes
 * from. */
static const char *
settle(struct app *app, const struct message *message, struct handler_reply *reply, int result)
{
        const char *source = app->conf.handler;

        if (result == 0 && reply->reply.count == 0) {
                source = app->conf.replies;
                result = compose_by_rules(app, message, &reply->reply);
        }
        if (result != 0) {
                tell(app);
                clear(app, reply);
        }
        return source;
}

static const char *
answer(struct app *app, const struct message *message, struct handler_reply *reply, int result)
{
        const char *source = settle(app, message, reply, result);
        struct pairs values;

        if (reply->reply.count == 0)
                return "";
        compose_values(app, message, &values);
        return compose_answer(app, message, &reply->reply, &values, source);
}

/* Does the handler still run? */
static bool
runs(const struct app *app, int result)
{
        return result != 0 && app->err.kind == ERR_BUSY;
}

/* ---- in the request ---- */

/* Waits for the handler as long as this delivery may. */
static int
wait_here(
    struct app *app, const struct message *message, struct handler_reply *reply, long long until)
{
        long long stay = app->started + (is_sent_late(app) ? EMPTY_MS : STAY_MS);
        long long typing = app->started + TYPING_MS;

        if (until <= stay)
                stay = LLONG_MAX;
        if (app->host->typist != NULL && typing < until) {
                int result = handler_finish(app, typing, reply);

                if (!runs(app, result))
                        return result;
                late_begin_typing(app, message);
        }
        return handler_finish(app, stay, reply);
}

/* Leaves the rest to respond_go_on(). */
static struct work *
go_on(struct app *app, const struct message *message, const struct handler_reply *reply)
{
        struct work *work = arena_alloc(app->arena, sizeof(*work));

        work->message = *message;
        work->reply = *reply;
        late_init(&work->calls, app->arena);
        app->work = work;
        app->goes_on = true;
        return work;
}

static const char *
leave_running(struct app *app, const struct message *message, const struct handler_reply *reply)
{
        struct work *work = go_on(app, message, reply);

        err_clear(&app->err);
        work->runs = true;
        work->settled = is_sent_late(app);
        if (work->settled)
                return "";
        app->answer_at = app->started + GONE_MS;
        return NULL;
}

static void
leave_more(struct app *app, const struct message *message, const struct handler_reply *reply)
{
        if (late_can_send(app, message)) {
                go_on(app, message, reply)->settled = true;
                return;
        }
        err_set(&app->err, ERR_CONFIG,
            "%s: \"then\" is left out: it takes customer-service messages (客服消息), for which "
            "appid and secret must be set, and which are not sent to users of the mini program",
            app->conf.handler);
        tell(app);
}

int
respond(struct app *app, const struct message *message, const char *json, const char **answered)
{
        long long until = handler_until(app, message);
        struct handler_reply reply;
        int result;

        clear(app, &reply);
        if (*app->conf.handler == '\0') {
                *answered = answer(app, message, &reply, 0);
                return 0;
        }
        if (inbox_mark(app, message) != 0)
                return -1;
        result = handler_begin(app, json, until);
        if (result == 0) {
                result = wait_here(app, message, &reply, until);
                if (runs(app, result)) {
                        *answered = leave_running(app, message, &reply);
                        return 0;
                }
        }
        *answered = answer(app, message, &reply, result);
        if (reply.more_count > 0)
                leave_more(app, message, &reply);
        return 0;
}

/* ---- behind the answer ---- */

/* Waits for the handler and stores its reply as the answer for later deliveries; "" if it does not
 * come in time. */
static void
settle_later(struct app *app, struct work *work)
{
        long long last = answer_until(app);
        bool may_be_late = handler_until(app, &work->message) > last;
        const char *xml = "";
        int result = handler_finish(app, may_be_late ? last : LLONG_MAX, &work->reply);

        work->runs = runs(app, result);
        if (!work->runs)
                xml = answer(app, &work->message, &work->reply, result);
        err_clear(&app->err);
        if (inbox_close(app, &work->message, xml) != 0)
                tell(app);
        inbox_let_go(app);
        if (work->reply.more_count > 0)
                os_sleep(FETCH_MS);
}

static void
add(struct app *app, struct work *work, const struct pairs *reply, const struct pairs *values,
    const char *source)
{
        late_add(&work->calls, CUSTOM_SEND_PATH,
            compose_custom(app, &work->message, reply, values, source));
}

int
respond_go_on(struct app *app)
{
        struct work *work = app->work;
        const char *source = app->conf.handler;
        struct pairs values;

        if (work->settled)
                inbox_let_go(app);
        else
                settle_later(app, work);
        if (work->runs)
                source = settle(app, &work->message, &work->reply,
                    handler_finish(app, LLONG_MAX, &work->reply));
        compose_values(app, &work->message, &values);
        if (work->runs)
                add(app, work, &work->reply.reply, &values, source);
        for (size_t i = 0; i < work->reply.more_count; i++)
                add(app, work, &work->reply.more[i], &values, source);
        return late_make(app, &work->calls);
}
