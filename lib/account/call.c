#include "account/call.h"

#include <stdbool.h>
#include <string.h>

#include "account/upstream.h"
#include "web/app.h"
#include "base/arena.h"
#include "host/http.h"
#include "host/os.h"
#include "state/state.h"
#include "wechat/account_api.h"
#include "wechat/api.h"

enum { RETRY_AFTER_MS = 1000 };

/* Is it JSON? Otherwise it is a file that was asked for. */
static bool
is_json(const struct http_answer *answer)
{
        return answer->body[strspn(answer->body, " \t\r\n")] == '{';
}

/* Calls, and again while WeChat is busy. *fields: the members of the answer. */
static int
ask(struct app *app, struct http *http, const struct http_request *request, bool wants_file,
    struct http_answer *answer, struct pairs *fields)
{
        for (int wait = RETRY_AFTER_MS;; wait *= 2) {
                err_clear(&app->err);
                answer->body = NULL;
                if (http_call(http, request, answer, &app->err) != 0)
                        return -1;
                pairs_init(fields, app->arena);
                if ((wants_file && !is_json(answer)) || api_parse_answer(app->arena, answer->body,
                                                            answer->size, fields, &app->err) == 0)
                        return 0;
                if (wechat_reaction(app->err.errcode) != WECHAT_RETRY ||
                    http_time_left(http) <= wait)
                        return -1;
                os_sleep(wait);
        }
}

/* ---- the token and the ticket ---- */

static int get_kept(struct app *app, struct http *http, enum kept_kind kind, const char *refused,
    struct kept *kept);

/* Has WeChat refused the access_token? In these calls 40001 is about it, not about the AppSecret.
 */
static bool
is_token_refused(const struct app *app)
{
        return app->err.errcode == 40001 || app->err.errcode == 40014 || app->err.errcode == 42001;
}

/* The text for 40001 speaks of the AppSecret, with which a token was given just now. */
static int
refuse_new_token(struct app *app)
{
        int errcode = app->err.errcode;

        err_set(&app->err, ERR_UPSTREAM,
            "WeChat answered errcode %d to a new access_token: 请过一分钟再试。Try again in a "
            "minute.",
            errcode);
        app->err.errcode = errcode;
        return -1;
}

/* Calls with the token, once more with a new one if WeChat refuses it. */
static int
ask_with_token(struct app *app, struct http *http, const struct account_request *asked,
    struct http_answer *answer, struct pairs *fields)
{
        struct http_request request = {.json = asked->json,
            .repeatable = asked->json == NULL && asked->file == NULL,
            .file = asked->file,
            .answer_max = asked->answer_max,
            .timeout_ms = asked->timeout_ms};
        const char *refused = "";
        struct kept token;

        for (;;) {
                answer->body = NULL;
                if (get_kept(app, http, KEPT_ACCESS_TOKEN, refused, &token) != 0)
                        return -1;
                request.url =
                    api_call_url(app->arena, &app->conf, asked->path, token.text, asked->query);
                if (ask(app, http, &request, asked->wants_file, answer, fields) == 0)
                        return 0;
                if (!is_token_refused(app))
                        return -1;
                if (*refused != '\0')
                        return refuse_new_token(app);
                refused = token.text;
        }
}

static int
fetch_token(struct app *app, struct http *http, struct kept *token, long long *seconds)
{
        struct http_request request = {.url = api_stable_token_url(app->arena, &app->conf),
            .json = api_stable_token_json(app->arena, &app->conf),
            .repeatable = true};
        struct http_answer answer;
        struct pairs fields;

        if (*app->conf.appid == '\0' || *app->conf.secret == '\0')
                return err_set(&app->err, ERR_CONFIG,
                    "calls to WeChat need appid and secret: set both in wechat.conf");
        return ask(app, http, &request, false, &answer, &fields) == 0
                   ? api_parse_stable_token(&fields, &token->text, seconds, &app->err)
                   : -1;
}

static int
fetch_ticket(struct app *app, struct http *http, struct kept *ticket, long long *seconds)
{
        struct account_request request = {
            .path = "/cgi-bin/ticket/getticket", .query = "type=jsapi"};
        struct http_answer answer;
        struct pairs fields;

        return ask_with_token(app, http, &request, &answer, &fields) == 0
                   ? api_parse_ticket(&fields, &ticket->text, seconds, &app->err)
                   : -1;
}

static int
fetch(struct app *app, struct http *http, enum kept_kind kind, struct kept *kept)
{
        long long now = os_now(), seconds;

        if (kept_check_failure(app->state, app->arena, kind, now, &app->err) != 0)
                return -1;
        if ((kind == KEPT_ACCESS_TOKEN ? fetch_token(app, http, kept, &seconds)
                                       : fetch_ticket(app, http, kept, &seconds)) != 0) {
                kept_write_failure(app->state, app->arena, kind, &app->err, os_now());
                return -1;
        }
        kept->expires = now + seconds;
        return kept_write(app->state, app->arena, kind, kept, now, &app->err);
}

/* Is it in force, and not the one that WeChat refused? */
static bool
is_usable(const struct kept *kept, long long now, const char *refused)
{
        return kept->expires > now && strcmp(kept->text, refused) != 0;
}

/* refused: a token that WeChat refused; "": none. */
static int
get_kept(
    struct app *app, struct http *http, enum kept_kind kind, const char *refused, struct kept *kept)
{
        const char *lock = arena_printf(app->arena, "account %s", kept_name(kind));
        struct kept old;
        bool usable;

        if (kept_read(app->state, kind, app->now, kept, &app->err) != 0)
                return -1;
        usable = is_usable(kept, app->now, refused);
        if (usable && !kept_is_due(kept, app->now))
                return 0;
        old = *kept;
        if (state_lock(app->state, lock, os_clock_ms() + (usable ? 0 : http_time_left(http)),
                &app->err) == 0 &&
            kept_read(app->state, kind, app->now, kept, &app->err) == 0 &&
            ((is_usable(kept, app->now, refused) && !kept_is_due(kept, app->now)) ||
                fetch(app, http, kind, kept) == 0))
                return 0;
        if (!usable)
                return -1;
        /* Another process may be at it; but if WeChat has refused, the owner has minutes left. */
        if (app->err.errcode != 0)
                app_log(app, &app->err);
        err_clear(&app->err);
        *kept = old;
        return 0;
}

/* ---- calls ---- */

static int
begin(struct app *app, struct http **http)
{
        return app_open_state(app) != 0 ? -1 : upstream_begin(app, http);
}

int
account_get(struct app *app, enum kept_kind kind, struct kept *kept)
{
        struct http *http;

        return begin(app, &http) != 0 ? -1 : get_kept(app, http, kind, "", kept);
}

int
account_call(struct app *app, const struct account_request *request, struct account_answer *answer)
{
        struct http_answer received = {.body = NULL};
        struct pairs fields;
        struct http *http;
        int result;

        answer->body = NULL;
        if (begin(app, &http) != 0)
                return -1;
        result = ask_with_token(app, http, request, &received, &fields);
        if (received.body != NULL && (result == 0 || app->err.errcode != 0))
                *answer = (struct account_answer){
                    received.body, received.size, received.type, !is_json(&received)};
        return result;
}

int
account_create_qrcode(struct app *app, const char *scene, int seconds, const char **url)
{
        struct account_request request = {
            .path = "/cgi-bin/qrcode/create", .json = api_qrcode_json(app->arena, scene, seconds)};
        struct http_answer answer;
        struct pairs fields;
        struct http *http;

        if (begin(app, &http) != 0 || ask_with_token(app, http, &request, &answer, &fields) != 0)
                return -1;
        return api_parse_qrcode(&fields, url, &app->err);
}
