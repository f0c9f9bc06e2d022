#include "signin/exchange.h"

#include <string.h>

#include "account/upstream.h"
#include "web/app.h"
#include "base/arena.h"
#include "signin/tokens.h"
#include "host/http.h"
#include "host/os.h"
#include "signin/session.h"
#include "wechat/api.h"

enum { RETRY_AFTER_MS = 1000 };

/* A parsed answer from WeChat: parse reads it into out. */
struct call {
        struct app *app;
        struct http *http;
        int (*parse)(struct call *call, const char *body, size_t size);
        bool repeatable; /* http.h */
        const char *openid;
        struct token_response grant;
        struct pairs fields;
};

static int
parse_grant(struct call *call, const char *body, size_t size)
{
        return api_parse_token_response(
            call->app->arena, body, size, &call->grant, &call->app->err);
}

static int
parse_mini(struct call *call, const char *body, size_t size)
{
        return api_parse_mini(call->app->arena, body, size, &call->grant, &call->app->err);
}

static int
parse_profile(struct call *call, const char *body, size_t size)
{
        pairs_init(&call->fields, call->app->arena);
        return api_parse_profile(call->app->arena, body, size, call->openid,
            conf_avatar_origin(&call->app->conf), &call->fields, &call->app->err);
}

static int
parse_status(struct call *call, const char *body, size_t size)
{
        pairs_init(&call->fields, call->app->arena);
        if (api_parse_answer(call->app->arena, body, size, &call->fields, &call->app->err) != 0)
                return -1;
        if (pairs_get(&call->fields, "errcode") == NULL)
                return err_set(&call->app->err, ERR_UPSTREAM, "auth: no errcode");
        return 0;
}

/* Requests url; while WeChat is busy (-1), again after a second, at most retries times. */
static int
ask(struct call *call, const char *url, int retries)
{
        struct http_request request = {.url = url, .repeatable = call->repeatable};
        struct err *err = &call->app->err;
        struct http_answer answer;

        for (;;) {
                err_clear(err);
                if (http_call(call->http, &request, &answer, err) != 0)
                        return -1;
                if (call->parse(call, answer.body, answer.size) == 0)
                        return 0;
                if (wechat_reaction(err->errcode) != WECHAT_RETRY || retries-- == 0 ||
                    http_time_left(call->http) <= RETRY_AFTER_MS)
                        return -1;
                os_sleep(RETRY_AFTER_MS);
        }
}

/* Did WeChat itself refuse, and how should the program react? */
static enum wechat_reaction
reaction(const struct app *app)
{
        return app->err.errcode == 0 ? WECHAT_GIVE_UP : wechat_reaction(app->err.errcode);
}

/* Gets a new access_token for the refresh_token. */
static int
refresh(struct app *app, struct http *http, struct token_response *grant)
{
        struct call call = {.app = app, .http = http, .parse = parse_grant};

        if (*grant->refresh_token == '\0')
                return err_set(&app->err, ERR_EXPIRED, "the token response has no refresh_token");
        if (ask(&call, api_refresh_url(app->arena, &app->conf, grant->scope, grant->refresh_token),
                1) != 0)
                return -1;
        if (strcmp(call.grant.openid, grant->openid) != 0)
                return err_set(&app->err, ERR_UPSTREAM, "refresh: the answer is for another user");
        if (*call.grant.refresh_token == '\0')
                call.grant.refresh_token = grant->refresh_token;
        *grant = call.grant;
        return 0;
}

static int
fetch_profile(
    struct app *app, struct http *http, struct token_response *grant, struct pairs *profile)
{
        struct call call = {.app = app,
            .http = http,
            .parse = parse_profile,
            .repeatable = true,
            .openid = grant->openid};
        enum wechat_reaction wanted;
        int result = ask(&call, api_profile_url(app->arena, &app->conf, grant), 3);

        wanted = reaction(app);
        /* In this call, 40001 is about the access_token, not the AppSecret. */
        if (result != 0 && (wanted == WECHAT_REFRESH || app->err.errcode == 40001)) {
                if (refresh(app, http, grant) != 0)
                        return -1;
                result = ask(&call, api_profile_url(app->arena, &app->conf, grant), 3);
                if (result != 0 && app->err.errcode == 40001)
                        err_set(&app->err, ERR_UPSTREAM,
                            "WeChat answered errcode 40001 to a fresh access_token: "
                            "请稍后重新登录。"
                            "Sign in again later.");
        }
        if (result == 0)
                *profile = call.fields;
        return result;
}

/* Returns the scope for a new sign-in if that helps against the error; else NULL. */
static const char *
scope_for_again(const struct app *app, const char *scope)
{
        switch (reaction(app)) {
        case WECHAT_SIGN_IN_AGAIN:
        case WECHAT_CODE_USED:
        case WECHAT_REFRESH:
                return scope;
        case WECHAT_NEED_USERINFO:
                return "snsapi_userinfo";
        case WECHAT_OK:
        case WECHAT_RETRY:
        case WECHAT_GIVE_UP:
        default:
                return NULL;
        }
}

static int
begin_calls(struct call *call)
{
        return upstream_begin(call->app, &call->http);
}

static void
fill_openid(struct pairs *profile, const struct token_response *grant)
{
        pairs_add(profile, "openid", grant->openid);
        pairs_add(profile, "unionid", grant->unionid);
}

int
exchange_code(struct app *app, const char *scope, const char *code, struct token_response *grant,
    struct pairs *profile, struct exchange_failure *failure)
{
        struct call call = {.app = app, .parse = parse_grant};

        *failure = (struct exchange_failure){.again = NULL};
        if (begin_calls(&call) != 0)
                return -1;
        if (ask(&call, api_token_url(app->arena, &app->conf, scope, code), 1) != 0) {
                failure->again = scope_for_again(app, scope);
                failure->refused = app->err.errcode != 0;
                return -1;
        }
        *grant = call.grant;
        pairs_init(profile, app->arena);
        if (grant->is_snapshotuser)
                return 0;
        if (!api_scope_has_profile(grant->scope)) {
                fill_openid(profile, grant);
                return 0;
        }
        if (fetch_profile(app, call.http, grant, profile) != 0) {
                failure->again = scope_for_again(app, scope);
                return -1;
        }
        if (pairs_get(profile, "unionid") == NULL)
                pairs_add(profile, "unionid", grant->unionid);
        return 0;
}

int
exchange_mini(
    struct app *app, const char *js_code, struct token_response *grant, struct pairs *profile)
{
        struct call call = {.app = app, .parse = parse_mini};

        if (begin_calls(&call) != 0 ||
            ask(&call, api_mini_url(app->arena, &app->conf, js_code), 1) != 0)
                return -1;
        *grant = call.grant;
        pairs_init(profile, app->arena);
        fill_openid(profile, grant);
        return 0;
}

/* Refreshes the tokens and stores the new ones with the session. */
static int
renew(
    struct app *app, struct http *http, const struct session *session, struct token_response *grant)
{
        if (refresh(app, http, grant) != 0)
                return -1;
        return session_replace_grant(app, session, grant);
}

/* Asks /sns/auth; tokens that have expired, or that WeChat calls invalid, are refreshed once. */
static int
check_grant(struct call *call, const struct session *session, struct token_response *grant)
{
        struct app *app = call->app;
        bool fresh = grant->expires_in <= 0;

        if (fresh && renew(app, call->http, session, grant) != 0)
                return -1;
        if (ask(call, api_auth_url(app->arena, &app->conf, grant->access_token, grant->openid),
                3) == 0)
                return 0;
        if (fresh || (reaction(app) != WECHAT_REFRESH && app->err.errcode != 40001))
                return -1;
        if (renew(app, call->http, session, grant) != 0)
                return -1;
        return ask(
            call, api_auth_url(app->arena, &app->conf, grant->access_token, grant->openid), 3);
}

/* Does the error mean that the visitor's authorization has ended, rather than that WeChat could not
 * be asked? */
static bool
is_refusal(const struct app *app)
{
        enum wechat_reaction wanted = reaction(app);

        return app->err.kind == ERR_EXPIRED || wanted == WECHAT_REFRESH ||
               wanted == WECHAT_SIGN_IN_AGAIN || app->err.errcode == 40001;
}

int
exchange_check(struct app *app, const struct session *session, bool *granted)
{
        struct call call = {.app = app, .parse = parse_status, .repeatable = true};
        struct token_response grant;

        *granted = false;
        if (tokens_read(app, session->name, &grant) != 0)
                return app->err.kind == ERR_NOT_FOUND ? 0 : -1;
        if (*grant.access_token == '\0') {
                *granted = true;
                return 0;
        }
        if (begin_calls(&call) != 0)
                return -1;
        *granted = check_grant(&call, session, &grant) == 0;
        return *granted || is_refusal(app) ? 0 : -1;
}
