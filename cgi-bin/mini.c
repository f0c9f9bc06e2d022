/* mini.cgi: signs a mini program in, with the code from its wx.login. */
#include <stddef.h>

#include "account/upstream.h"
#include "web/app.h"
#include "signin/exchange.h"
#include "format/json.h"
#include "web/program.h"
#include "signin/retention.h"
#include "signin/session.h"
#include "base/text.h"
#include "signin/introspection.h"
#include "host/sandbox.h"
#include "wechat/api.h"

enum { CODE_MAX = 512 };

/* Returns the code from the form, or from JSON, which wx.request sends by default. */
static int
read_code(struct app *app, const char **code)
{
        struct pairs *fields = &app->request.form;
        struct pairs json;
        struct err err = {.kind = ERR_NONE};

        if (cgi_is_type(&app->request, "application/json")) {
                pairs_init(&json, app->arena);
                if (json_parse(
                        app->arena, app->request.body, app->request.body_size, &json, &err) != 0)
                        return err_set(
                            &app->err, ERR_REQUEST, "body: no JSON object: %s", err.text);
                fields = &json;
        }
        *code = pairs_get_once(fields, "code");
        if (*code == NULL || !text_is_id(*code, 1, CODE_MAX))
                return err_set(&app->err, ERR_REQUEST, "code: missing or malformed");
        return 0;
}

static int
mini(struct app *app)
{
        struct token_response grant;
        struct pairs profile;
        const char *token = NULL;
        const char *code = NULL;

        /* N1. A code, and an account to ask with. */
        if (*app->conf.mini_appid == '\0')
                return err_set(&app->err, ERR_CONFIG,
                    "mini_appid and mini_secret are not set: set both in wechat.conf");
        if (read_code(app, &code) != 0)
                return -1;

        /* N2. Exchange the code for the openid. The session_key that comes with it is dropped. */
        if (app_open_state(app) != 0 || exchange_mini(app, code, &grant, &profile) != 0)
                return -1;

        /* N3. User and session; the mini program keeps the token itself, it has no cookies. */
        if (session_create(app, &grant, &profile, "mini", &token) != 0)
                return -1;
        retention_sweep(app);
        return introspection_answer_token(app, token, app->now + app->conf.session_seconds);
}

static const struct app_program program = {
    .name = "mini.cgi",
    .purpose = "Signs a mini program in: POST code= with the code from wx.login, as a form or as\n"
               "JSON; answers with a session token. Settings: mini_appid, mini_secret.",
    .methods = "POST",
    .handle = mini,
    .errands = true,
    .needs = SANDBOX_STANDARD | SANDBOX_NETWORK,
    .links = "curl",
    .prepare = upstream_prepare,
    .handle_error = app_answer_error_json,
};

PROGRAM_MAIN(program)
