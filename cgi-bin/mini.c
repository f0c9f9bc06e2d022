/* mini.cgi: signs a mini program in, by the code of its wx.login. */
#include <stddef.h>

#include "app.h"
#include "exchange.h"
#include "program.h"
#include "session.h"
#include "text.h"
#include "validation.h"
#include "wall.h"
#include "wechat.h"

enum { CODE_MAX = 512 };

static int
mini(struct app *app)
{
        const char *code = pairs_get_once(&app->request.form, "code");
        struct wechat_grant grant;
        struct pairs profile;
        const char *token = NULL;

        /* N1. A code, and an account to ask with. */
        if (*app->conf.mini_appid == '\0')
                return err_set(&app->err, ERR_CONFIG, "mini_appid and mini_secret are not set");
        if (code == NULL || !text_is_id(code, 1, CODE_MAX))
                return err_set(&app->err, ERR_REQUEST, "code: missing or malformed");

        /* N2. Code to openid. The session_key that comes with it goes nowhere. */
        if (app_open_state(app) != 0 || exchange_mini(app, code, &grant, &profile) != 0)
                return -1;

        /* N3. User and session; the mini program keeps the token itself, it has no cookies. */
        if (session_create(app, &grant, &profile, "mini", &token) != 0)
                return -1;
        return validation_answer_token(app, token);
}

static const struct app_program program = {
    .name = "mini.cgi",
    .purpose = "Signs a mini program in: POST code= with what wx.login gave; answers a session\n"
               "token. Settings: mini_appid, mini_secret.",
    .methods = "POST",
    .handle = mini,
    .needs = WALL_WRITE_STATE | WALL_NETWORK,
    .prepare = exchange_prepare,
    .handle_error = app_answer_error_json,
};

int
main(int argc, char **argv)
{
        return program_main(argc, argv, &program);
}
