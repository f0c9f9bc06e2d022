/* jssdk.cgi: signs a page of this site, for WeChat's JS-SDK. */
#include <string.h>

#include "account/jssdk.h"
#include "account/kept.h"
#include "host/sandbox.h"
#include "web/app.h"
#include "web/environment.h"
#include "web/program.h"

/* As in server.c. What this program refuses without a ticket stays here. */
static const char *
instead(struct host *host, char *const *environment)
{
        const char *query = environment_get(environment, "QUERY_STRING");

        if (host->err.kind != ERR_NONE || query == NULL || strstr(query, "url=") == NULL)
                return NULL;
        return kept_is_ready(host, "jssdk.cgi", KEPT_JSAPI_TICKET) ? NULL : "jssdk-live.cgi";
}

static int
jssdk(struct app *app)
{
        struct kept ticket;
        const char *url;

        /* J1. Is it a page of this site? */
        if (jssdk_read_page(app, &url) != 0)
                return -1;

        /* J2. The ticket in force. */
        if (kept_find(app, KEPT_JSAPI_TICKET, &ticket) != 0)
                return -1;
        if (ticket.expires == 0)
                return err_set(&app->err, ERR_CONFIG,
                    "jssdk-live.cgi is missing beside jssdk.cgi, or cannot be run");

        /* J3. Sign the page. */
        return jssdk_answer(app, url, ticket.text);
}

static const struct app_program program = {
    .name = "jssdk.cgi",
    .purpose = "Signs a page for WeChat's JS-SDK: jssdk.cgi?url=… answers with the values for\n"
               "wx.config(), for pages of this site and of dev_origins. wechat.js calls it.",
    .methods = "GET, HEAD",
    .instead = instead,
    .handle = jssdk,
    .handle_error = app_answer_error_json,
    .needs = SANDBOX_WRITE_STATE,
    .cross_origin = true,
};

PROGRAM_MAIN(program)
