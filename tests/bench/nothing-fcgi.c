/* A program for wechat.fcgi that does nothing: the limit for the others, with all that each request
 * to it takes. */
#include "web/app.h"
#include "web/program.h"
#include "host/sandbox.h"

static int
nothing(struct app *app)
{
        app->response.status = 204;
        return 0;
}

/* .needs: not 0, which is the standard; no request begins to serve by it. */
static const struct app_program program = {
    .name = "nothing.cgi",
    .purpose = "Does nothing.",
    .handle = nothing,
    .needs = SANDBOX_SERVE,
};

PROGRAM_MAIN(program)
