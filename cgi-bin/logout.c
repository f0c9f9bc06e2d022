/* logout.cgi: ends the session. */
#include <string.h>

#include "web/app.h"
#include "base/pairs.h"
#include "oidc/front_channel.h"
#include "oidc/provider.h"
#include "web/program.h"
#include "signin/session.h"

/* Does a script or a program ask, with a token of its own, rather than a browser? */
static bool
is_script(const struct app *app)
{
        return session_header_token(app) != NULL;
}

/* Answers the browser that has signed out with a page that tells programs so, and leads to next. A
 * mistake in their file is logged, and leaves them out. *told: the answer is given. */
static int
tell_programs(struct app *app, const char *next, bool *told)
{
        struct provider provider;

        *told = false;
        if (app->ended == NULL)
                return 0;
        if (provider_open(app, &provider) != 0 || provider_read_clients(app, &provider) != 0) {
                app_log(app, &app->err);
                err_clear(&app->err);
                return 0;
        }
        *told = front_channel_has_frames(app, &provider);
        return *told ? front_channel_answer(app, &provider, next) : 0;
}

/* To a page of this site that does not sign in again by itself; first, where programs have to be
 * told, to a page that does so. */
static int
answer_browser(struct app *app)
{
        const char *next =
            app_next(app, &app->request.form, conf_program(app->arena, &app->conf, "logout.cgi"));
        bool told;

        if (tell_programs(app, next, &told) != 0)
                return -1;
        return told ? 0 : app_answer_redirect(app, next);
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

        /* O4. To a page of this site, by way of one that tells programs. */
        return is_script(app) ? app_answer_text(app, 200, "application/json", "{\"active\":false}")
                              : answer_browser(app);
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
    .reads = offsetof(struct conf, oidc_clients),
    .handle_error = answer_error,
    .cross_origin = true,
};

PROGRAM_MAIN(program)
