#include "signin/account.h"

#include <stdbool.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "host/http.h"
#include "host/os.h"
#include "signin/exchange.h"
#include "state/state.h"
#include "wechat/api.h"

/* EARLY_SECONDS: WeChat gives a new token when the old one ends within five minutes. */
enum { EARLY_SECONDS = 300, RETRY_AFTER_MS = 1000 };

static const char key[] = "access_token";

/* Posts json; while WeChat is busy (-1), once more after a second. */
static int
post(struct app *app, struct http *http, const char *url, const char *json,
    int (*parse)(struct app *app, const char *body, size_t size, void *out), void *out)
{
        for (bool again = false;; again = true) {
                size_t size;
                char *body;

                err_clear(&app->err);
                if (http_post(http, url, json, &body, &size, &app->err) != 0)
                        return -1;
                if (parse(app, body, size, out) == 0)
                        return 0;
                if (again || wechat_reaction(app->err.errcode) != WECHAT_RETRY ||
                    http_time_left(http) <= RETRY_AFTER_MS)
                        return -1;
                os_sleep(RETRY_AFTER_MS);
        }
}

/* The token in force; expires is 0 if there is none. */
struct account_token {
        const char *text;
        long long expires;
};

static int
read_token(struct app *app, struct account_token *token)
{
        struct store_record record;

        *token = (struct account_token){"", 0};
        if (state_read(app->state, STORE_ACCOUNT, key, app->now, &record, &app->err) == 0) {
                *token = (struct account_token){
                    pairs_get_text(&record.fields, "access_token"), record.expires};
                return 0;
        }
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 0;
}

static int
parse_token(struct app *app, const char *body, size_t size, void *out)
{
        struct account_token *token = out;
        long long seconds;

        if (api_parse_stable_token(app->arena, body, size, &token->text, &seconds, &app->err) != 0)
                return -1;
        token->expires = app->now + seconds;
        return 0;
}

static int
fetch_token(struct app *app, struct http *http, struct account_token *token)
{
        struct store_record record = {.created = app->now};

        if (post(app, http, api_stable_token_url(app->arena, &app->conf),
                api_stable_token_json(app->arena, &app->conf), parse_token, token) != 0)
                return -1;
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "access_token", token->text);
        record.expires = token->expires;
        return state_replace(app->state, STORE_ACCOUNT, key, &record, &app->err);
}

/* Does it have to be renewed? refused: a token that WeChat refused; "": none. */
static bool
is_due(const struct app *app, const struct account_token *token, const char *refused)
{
        return token->expires - app->now <= EARLY_SECONDS || strcmp(token->text, refused) == 0;
}

/* Of many processes at the same moment one fetches the token; those that have one meanwhile use it,
 * the others wait for the new one. */
static int
get_token(struct app *app, struct http *http, const char *refused, struct account_token *token)
{
        bool usable;

        if (read_token(app, token) != 0)
                return -1;
        if (!is_due(app, token, refused))
                return 0;
        usable = token->expires > app->now && strcmp(token->text, refused) != 0;
        if (state_lock(app->state, "account access_token",
                os_clock_ms() + (usable ? 0 : http_time_left(http)), &app->err) != 0) {
                if (!usable || app->err.kind != ERR_BUSY)
                        return -1;
                err_clear(&app->err);
                return 0;
        }
        if (read_token(app, token) != 0)
                return -1;
        return is_due(app, token, refused) ? fetch_token(app, http, token) : 0;
}

static int
parse_qrcode(struct app *app, const char *body, size_t size, void *out)
{
        return api_parse_qrcode(app->arena, body, size, out, &app->err);
}

/* Has WeChat refused the access_token? In this call 40001 is about it, not about the AppSecret. */
static bool
is_token_refused(const struct app *app)
{
        return app->err.errcode == 40001 || app->err.errcode == 40014 || app->err.errcode == 42001;
}

int
account_create_qrcode(struct app *app, const char *scene, int seconds, const char **url)
{
        const char *json = api_qrcode_json(app->arena, scene, seconds);
        struct account_token token = {"", 0};
        const char *refused = "";
        struct http *http;

        if (app_open_state(app) != 0 || exchange_begin(app, &http) != 0)
                return -1;
        for (int tries = 0;; tries++) {
                if (get_token(app, http, refused, &token) != 0)
                        return -1;
                if (post(app, http, api_qrcode_url(app->arena, &app->conf, token.text), json,
                        parse_qrcode, url) == 0)
                        return 0;
                if (tries > 0 || !is_token_refused(app))
                        return -1;
                refused = token.text;
        }
}
