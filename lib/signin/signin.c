#include "signin/signin.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/digest.h"
#include "host/os.h"
#include "format/signed.h"
#include "base/text.h"
#include "format/url.h"
#include "wechat/api.h"

enum { FIELDS = 7, SCOPE_MAX = 32 };

char *
signin_format(struct arena *arena, const char *key, const struct signin *signin)
{
        const char *const fields[FIELDS] = {"v3", signin->nonce,
            arena_printf(arena, "%lld", signin->expires), arena_printf(arena, "%d", signin->tries),
            signin->scope, digest_base64url(arena, signin->next, strlen(signin->next)),
            arena_printf(arena, "%lld", signin->consented)};

        return signed_format(arena, key, fields, FIELDS);
}

bool
signin_parse(
    struct arena *arena, const char *key, const char *text, long long now, struct signin *signin)
{
        const char *fields[FIELDS];
        const char *next;

        memset(signin, 0, sizeof(*signin));
        if (!signed_parse(arena, key, text, fields, FIELDS) || strcmp(fields[0], "v3") != 0)
                return false;
        signin->nonce = fields[1];
        signin->expires = strtoll(fields[2], NULL, 10);
        signin->tries = (int)strtol(fields[3], NULL, 10);
        signin->scope = fields[4];
        signin->consented = strtoll(fields[6], NULL, 10);
        next = digest_base64url_decode(arena, fields[5], NULL);
        if (next == NULL || !url_is_local(next) || !text_is_id(signin->scope, 1, SCOPE_MAX) ||
            signin->expires > now + SIGNIN_SECONDS || *fields[6] == '\0' ||
            fields[6][strspn(fields[6], "0123456789")] != '\0' || signin->consented > now)
                return false;
        signin->next = next;
        return signin->expires > now;
}

char *
signin_state(struct arena *arena, const struct signin *signin)
{
        char *text = arena_printf(arena, "state %d %s", signin->tries, signin->nonce);
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex(text, strlen(text), hex);
        return arena_printf(arena, "%s%d", hex, signin->tries);
}

int
signin_state_tries(const char *state)
{
        if (strspn(state, "0123456789abcdef") != DIGEST_HEX_SIZE + 1 ||
            state[DIGEST_HEX_SIZE + 1] != '\0' || state[DIGEST_HEX_SIZE] > '0' + SIGNIN_TRIES_MAX)
                return -1;
        return state[DIGEST_HEX_SIZE] - '0';
}

int
signin_choose_way(struct app *app, const char *asked, const char *scope, const char **way)
{
        const char *ways = app->conf.sign_in;

        if (asked == NULL && scope != NULL && conf_has_way(&app->conf, "authorize"))
                asked = "authorize";
        if (asked != NULL && !conf_has_way(&app->conf, asked))
                return err_set(&app->err, ERR_REQUEST, "way: it is not one of sign_in = %s", ways);
        *way = asked != NULL ? asked : arena_copy(app->arena, ways, strcspn(ways, " "));
        /* A phone cannot scan its own screen. */
        if (asked == NULL && strcmp(*way, "scene") == 0 && signin_is_in_wechat(app))
                *way = conf_has_way(&app->conf, "authorize") ? "authorize"
                       : conf_has_way(&app->conf, "message") ? "message"
                                                             : "scene";
        return 0;
}

bool
signin_is_in_wechat(const struct app *app)
{
        const char *browser = app->request.user_agent;

        return strcmp(app->conf.outside_wechat, "qr") != 0 ||
               (strstr(browser, "MicroMessenger") != NULL && strstr(browser, "wxwork") == NULL);
}

bool
signin_has_desktop(const struct app *app)
{
        return strcmp(app->conf.outside_wechat, "direct") != 0;
}

int
signin_check_desktop(struct app *app)
{
        if (!conf_has_way(&app->conf, "authorize"))
                return err_set(&app->err, ERR_NOT_FOUND,
                    "QR codes need web authorization: sign_in = %s has none", app->conf.sign_in);
        if (signin_has_desktop(app))
                return 0;
        return err_set(&app->err, ERR_NOT_FOUND,
            "outside_wechat = direct switches QR codes off: set it to qr to have them");
}

bool
signin_is_on_phone(const struct app *app)
{
        return strstr(app->request.user_agent, "Mobile") != NULL ||
               strstr(app->request.user_agent, "Android") != NULL;
}

const char *
signin_scope(const struct app *app)
{
        return *app->conf.website_appid != '\0' && !signin_is_in_wechat(app) ? WECHAT_SCOPE_WEBSITE
                                                                             : app->conf.scope;
}

int
signin_begin(struct app *app, const char *next, const char *scope, int tries)
{
        struct signin signin = {.expires = app->now + SIGNIN_SECONDS,
            .tries = tries,
            .scope = scope,
            .next = next,
            .consented = app->consented};
        char *key = signed_key(app->arena, app->conf.secret, "sign-in");
        char *callback = conf_program(app->arena, &app->conf, "callback.cgi");
        char *nonce;

        if (os_random_token(app->arena, &nonce, &app->err) != 0)
                return -1;
        signin.nonce = nonce;
        app_set_cookie(app, "wx_signin", signin_format(app->arena, key, &signin), SIGNIN_SECONDS);
        return app_answer_redirect(app,
            api_authorize_url(app->arena, &app->conf, conf_url(app->arena, &app->conf, callback),
                scope, signin_state(app->arena, &signin)));
}
