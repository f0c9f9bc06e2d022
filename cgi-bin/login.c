/* login.cgi: begins a sign-in. It writes no file. */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "signin/consent_page.h"
#include "signin/dev.h"
#include "base/pairs.h"
#include "web/program.h"
#include "signin/session.h"
#include "signin/signin.h"
#include "format/url.h"
#include "host/sandbox.h"
#include "wechat/api.h"

/* Is there a session to which a sign-in with that scope would add nothing? scope: NULL if none was
 * asked for. If this cannot be found out, begin the sign-in: it needs a working state folder only
 * at its end, which reports the error if it remains. */
static bool
is_signed_in(struct app *app, const char *scope)
{
        struct session session;

        if (session_of_browser(app, &session) == 0)
                return scope == NULL || strcmp(scope, "snsapi_userinfo") != 0 ||
                       session_has_profile(&session);
        if (app->err.kind != ERR_NOT_FOUND)
                app_log(app, &app->err);
        err_clear(&app->err);
        return false;
}

static int
answer_program(struct app *app, const char *program, const char *next)
{
        return app_answer_redirect(
            app, arena_printf(app->arena, "%s?next=%s",
                     conf_program(app->arena, &app->conf, program), url_encode(app->arena, next)));
}

static int
login(struct app *app)
{
        bool authorizes, agreed = true;
        const char *dev = pairs_get_once(&app->request.query, "dev");
        const char *scope = pairs_get_once(&app->request.query, "scope");
        bool website = strcmp(signin_scope(app), WECHAT_SCOPE_WEBSITE) == 0;
        const char *proxied = app_proxied_page(app);
        const char *next, *way;

        /* L1. Where to land afterwards: only on a page of this site, which a proxy may have named;
         * or, through such a page, on one under development on an origin that the owner listed. */
        if (dev != NULL && !dev_is_page(app, dev))
                return dev_answer_unlisted(app, dev);
        if (dev != NULL)
                next = dev_ticket_page(app, dev);
        else
                next =
                    app_next(app, &app->request.query, proxied == NULL ? app->conf.home : proxied);

        /* L2. Which way, and which scope to ask for: the profile, or nothing. */
        if (scope != NULL && strcmp(scope, "snsapi_userinfo") != 0 &&
            strcmp(scope, "snsapi_base") != 0)
                return err_set(
                    &app->err, ERR_REQUEST, "scope must be snsapi_userinfo or snsapi_base");
        if (signin_choose_way(app, pairs_get_once(&app->request.query, "way"), scope, &way) != 0)
                return -1;
        authorizes = strcmp(way, "authorize") == 0;

        /* L3. A visitor who is signed in is sent on at once. */
        if (strcmp(pairs_get_text(&app->request.query, "again"), "1") != 0 &&
            is_signed_in(app, authorizes ? scope : NULL))
                return app_answer_redirect(app, next);

        /* L4. By message: the page for the code. By scene: the account's QR code. Outside WeChat:
         * WeChat's own page for computers, or a QR code of ours. */
        if (!authorizes)
                return answer_program(
                    app, strcmp(way, "scene") == 0 ? "scene.cgi" : "code.cgi", next);
        if (website)
                scope = WECHAT_SCOPE_WEBSITE;
        else if (!signin_is_in_wechat(app) ||
                 (signin_has_desktop(app) && pairs_get(&app->request.query, "qr") != NULL))
                return answer_program(app, "desktop.cgi", next);

        /* L5. Ask for consent first, where nobody has agreed yet (consent). */
        if (conf_asks_consent(&app->conf) && consent_page_pass(app, next, scope, &agreed) != 0)
                return -1;
        if (!agreed)
                return 0;

        /* L6. To WeChat, with a new state that is bound to this browser. */
        return signin_begin(app, next, scope == NULL ? app->conf.scope : scope, 0);
}

static const struct app_program program = {
    .name = "login.cgi",
    .purpose =
        "Begins a WeChat sign-in: 303 to WeChat's authorization page. A visitor who is signed in\n"
        "is redirected to next at once, unless again=1.\n"
        "login.cgi?next=/path&scope=snsapi_userinfo|snsapi_base\n"
        "login.cgi?dev=http://localhost:5173/path: for a page under local development\n"
        "login.cgi?qr=1: with a QR code for the phone, in any browser\n"
        "login.cgi?way=authorize|message|scene: where sign_in has several ways\n"
        "POST: the answer to its own question for consent (consent = ask).",
    .methods = "GET, HEAD, POST",
    .handle = login,
    .needs = SANDBOX_PAGES | SANDBOX_READ_STATE,
};

PROGRAM_MAIN(program)
