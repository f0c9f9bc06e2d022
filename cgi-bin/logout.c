/* logout.cgi: ends the session. */
#include <string.h>

#include "web/app.h"
#include "base/pairs.h"
#include "web/program.h"
#include "signin/session.h"

/* Does a script or a program ask, with a token of its own, rather than a browser? */
static bool
is_script(const struct app *app)
{
        return session_header_token(app) != NULL;
}

static int
logout(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        struct session session;

        /* O1. Nobody is signed in: that is what the visitor wanted. */
        if (session_of_request(app, &session) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                if (!post)
                        return app_answer_page(app, 200, "signedout");
        } else if (!post) {
                /* O2. A link alone signs nobody out: ask. */
                pairs_add(&app->page, "csrf", session_csrf(app, &session));
                return app_answer_page(app, 200, "signout");
        } else {
                /* O3. End the session, if our own page asks, or the holder of the token. */
                if (!session_is_own_form(app, &session))
                        return err_set(&app->err, ERR_DENIED, "sign-out: not from our own page");
                if (session_sign_out(app, &session) != 0)
                        return -1;
        }

        /* O4. To a page of this site that does not sign in again by itself. */
        if (is_script(app))
                return app_answer_text(app, 200, "application/json", "{\"active\":false}");
        return app_answer_redirect(app,
            app_next(app, &app->request.form, conf_program(app->arena, &app->conf, "logout.cgi")));
}

static int
answer_error(struct app *app)
{
        return is_script(app) ? app_answer_error_json(app) : -1;
}

static const struct app_program program = {
    .name = "logout.cgi",
    .purpose = "Signs out: POST, from a page of this site. Form field: next=/path. A script ends\n"
               "its own session by POST with Authorization: Bearer.",
    .methods = "GET, HEAD, POST",
    .handle = logout,
    .errands = true,
    .handle_error = answer_error,
    .cross_origin = true,
};

PROGRAM_MAIN(program)
