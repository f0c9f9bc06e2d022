/* validate-live.cgi: validate.cgi?live=1, which asks WeChat as well. */
#include "account/upstream.h"
#include "web/app.h"
#include "signin/exchange.h"
#include "web/program.h"
#include "signin/session.h"
#include "signin/introspection.h"
#include "host/sandbox.h"

static int
validate_live(struct app *app)
{
        struct introspection asked = introspection_read(app);
        struct session session;
        bool granted;

        /* V1. Who asks: the bearer of a token, or a client about somebody else's (RFC 7662)? */
        if (asked.error != NULL)
                return introspection_answer_error(app, &asked);

        /* V2. Whose token is it? */
        if (introspection_find(app, &asked, &session) != 0)
                return app->err.kind == ERR_NOT_FOUND
                           ? introspection_answer_inactive(app, &asked, NULL)
                           : -1;

        /* V3. Does WeChat still confirm it? */
        if (exchange_check(app, &session, &granted) != 0)
                return -1;
        if (granted)
                return introspection_answer_active(app, &asked, &session);

        /* V4. It does not: end the session. */
        if (session_close(app, &session) != 0)
                return -1;
        return introspection_answer_inactive(app, &asked, "revoked");
}

static const struct app_program program = {
    .name = "validate-live.cgi",
    .purpose =
        "The program that validate.cgi runs for ?live=1: says whose session token it is, and\n"
        "asks WeChat whether the user still grants it.",
    .wants_body = introspection_wants_body,
    .handle = validate_live,
    .errands = true,
    .needs = SANDBOX_WRITE_STATE | SANDBOX_NETWORK,
    .links = "curl",
    .prepare = upstream_prepare,
    .handle_error = app_answer_error_json,
    .cross_origin = true,
};

PROGRAM_MAIN(program)
