/* jssdk-live.cgi: the answers of jssdk.cgi for which WeChat has to be asked for a ticket. */
#include "account/call.h"
#include "account/jssdk.h"
#include "account/upstream.h"
#include "host/sandbox.h"
#include "web/app.h"
#include "web/program.h"

static int
jssdk_live(struct app *app)
{
        struct kept ticket;
        const char *url;

        /* J1. Is it a page of this site? */
        if (jssdk_read_page(app, &url) != 0)
                return -1;

        /* J2. The ticket: WeChat is asked if it is due. */
        if (account_get(app, KEPT_JSAPI_TICKET, &ticket) != 0)
                return -1;

        /* J3. Sign the page. */
        return jssdk_answer(app, url, ticket.text);
}

static const struct app_program program = {
    .name = "jssdk-live.cgi",
    .purpose = "The program that jssdk.cgi runs when WeChat has to be asked for the next ticket.",
    .methods = "GET, HEAD",
    .handle = jssdk_live,
    .handle_error = app_answer_error_json,
    .needs = SANDBOX_WRITE_STATE | SANDBOX_NETWORK,
    .links = "curl",
    .prepare = upstream_prepare,
    .cross_origin = true,
};

PROGRAM_MAIN(program)
