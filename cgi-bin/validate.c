/* validate.cgi: says who is signed in, for other programs of the host and for scripts in static
 * pages. */
#include <string.h>

#include "web/app.h"
#include "web/environment.h"
#include "web/program.h"
#include "signin/session.h"
#include "signin/introspection.h"
#include "host/sandbox.h"

/* Is live=1 one of the fields of the query? */
static bool
is_live(const char *query)
{
        for (; *query != '\0'; query += strcspn(query, "&"), query += *query == '&')
                if (strncmp(query, "live=1", 6) == 0 && strchr("&", query[6]) != NULL)
                        return true;
        return false;
}

/* Asking WeChat needs libcurl, whose loading costs more than everything else here. So another
 * program does it. */
static const char *
instead(struct host *host, char *const *environment)
{
        const char *query = environment_get(environment, "QUERY_STRING");

        (void)host;
        return query != NULL && is_live(query) ? "validate-live.cgi" : NULL;
}

static int
validate(struct app *app)
{
        struct introspection asked;
        struct session session;

        /* V1. live=1 came here: the program that asks WeChat is missing. */
        if (is_live(app->request.query_string))
                return err_set(&app->err, ERR_CONFIG,
                    "validate-live.cgi is missing beside validate.cgi, or cannot be run");

        /* V2. Who asks: the bearer of a token, or a client about somebody else's (RFC 7662)? */
        asked = introspection_read(app);
        if (asked.error != NULL)
                return introspection_answer_error(app, &asked);

        /* V3. Whose token is it? */
        if (introspection_find(app, &asked, &session) != 0)
                return app->err.kind == ERR_NOT_FOUND
                           ? introspection_answer_inactive(app, &asked, NULL)
                           : -1;
        return introspection_answer_active(app, &asked, &session);
}

static const struct app_program program = {
    .name = "validate.cgi",
    .purpose =
        "Says whose session token it is, as JSON. The token comes as the cookie, as\n"
        "Authorization: Bearer or as X-WX-Session. 200: valid; 401: not valid; 503: cannot tell.\n"
        "?live=1 asks WeChat as well. ?role=editor: 403 for a user without that role; several are\n"
        "separated by commas, and one is enough. ?login=1 is for a proxy that passes the answer "
        "on: instead\n"
        "of 401, 303 to login.cgi, which comes back to the page that was asked for.\n"
        "A client of introspection_clients POSTs token= (RFC 7662) and gets 200 in either case.",
    .instead = instead,
    .wants_body = introspection_wants_body,
    .handle = validate,
    .needs = SANDBOX_READ_STATE,
    .handle_error = app_answer_error_json,
    .cross_origin = true,
};

PROGRAM_MAIN(program)
