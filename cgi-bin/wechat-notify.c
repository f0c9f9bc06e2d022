/* wechat-notify.cgi: tells programs that sessions have ended, for whichever program has ended them,
 * which runs it behind its answer. */
#include "web/app.h"
#include "oidc/notice.h"
#include "oidc/provider.h"
#include "web/program.h"
#include "host/sandbox.h"

static int
notify(struct app *app, const char *text)
{
        struct provider provider;

        /* S1. The programs, and the keys that sign. */
        if (provider_open(app, &provider) != 0 || provider_read_clients(app, &provider) != 0 ||
            provider_read_keys(app, &provider) != 0)
                return -1;

        /* S2. Tell each program that takes calls. */
        return notice_send(app, &provider, text);
}

static int
wechat_notify(struct app *app)
{
        return err_set(&app->err, ERR_NOT_FOUND, "other programs run this one; nobody else asks");
}

static const struct app_program program = {
    .name = "wechat-notify.cgi",
    .purpose = "The program that is run when somebody has signed out: it tells the programs of\n"
               "oidc_clients (Back-Channel Logout). A web server gets 404 from it.",
    .methods = "GET, POST",
    .handle = wechat_notify,
    .handle_error = app_answer_error_json,
    .local = notify,
    .needs = SANDBOX_WRITE_STATE | SANDBOX_NETWORK | SANDBOX_PROGRAMS,
    .reads = offsetof(struct conf, oidc_clients),
    .links = "curl",
    .prepare = notice_prepare,
};

PROGRAM_MAIN(program)
