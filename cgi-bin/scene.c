/* scene.cgi: signs in a computer by a QR code of the account (sign_in = scene). This is the
 * computer's side; scan.cgi is the phone's. */
#include <string.h>

#include "account/upstream.h"
#include "web/app.h"
#include "format/url.h"
#include "host/sandbox.h"
#include "account/call.h"
#include "signin/desktop.h"
#include "signin/exchange.h"
#include "signin/qr_page.h"
#include "signin/retention.h"
#include "signin/scene.h"
#include "signin/session.h"
#include "signin/waiting.h"
#include "state/state.h"
#include "web/program.h"
#include "wechat/api.h"

/* The page with the QR code, which asks repeatedly whether the phone has answered. A computer that
 * is stored no more cannot be answered. */
static int
show(struct app *app, const struct scene *scene)
{
        struct waiting waiting;

        if (waiting_read(app, STORE_SCENE, scene->user_code, &waiting) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return qr_page_answer_end(app, "tooold", scene->next);
        }
        if (waiting.expires + DESKTOP_LATE_SECONDS <= app->now)
                return qr_page_answer_end(app, "tooold", scene->next);
        pairs_add(&app->page, "scene", "1");
        pairs_add(&app->page, "account_name", app->conf.account_name);
        if (url_is_loopback(app->conf.api_url))
                pairs_add(&app->page, "try_url", scene->url);
        return qr_page_answer(app, &waiting, scene->url);
}

static int
scene_cgi(struct app *app)
{
        const struct pairs *query = &app->request.query;
        struct scene scene;
        const char *openid;
        bool answered;

        /* B1. Only where scenes are a way to sign in. */
        if (scene_check(app) != 0)
                return -1;

        /* B2. Begin: WeChat makes the code. */
        if (pairs_get(query, "wait") == NULL) {
                app->next = app_next(app, query, app->conf.home);
                if (scene_begin(app, app->next, &scene) != 0 ||
                    account_create_qrcode(app, scene.name, DESKTOP_SECONDS, &scene.url) != 0)
                        return -1;
                scene_give_browser(app, &scene);
                return app_answer_redirect(app, qr_page_wait_url(app));
        }

        /* B3. Which sign-in does this browser wait for? */
        if (!scene_of_browser(app, &scene))
                return app_answer_page(app, 200, "again");
        app->next = scene.next;
        if (scene.expires + DESKTOP_PICKUP_SECONDS <= app->now)
                return qr_page_answer_end(app, "tooold", scene.next);
        if (app_open_state(app) != 0)
                return -1;
        if (strcmp(pairs_get_text(query, "format"), "json") == 0)
                return waiting_answer_script(app, STORE_SCENE, scene.user_code);

        /* B4. The phone has answered: take the answer, once. Or the page goes on waiting. */
        if (waiting_is_answered(app, scene.user_code, &answered) != 0)
                return -1;
        if (scene_take_answer(app, &scene, &openid) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return answered ? qr_page_answer_end(app, "tooold", scene.next) : show(app, &scene);
        }
        scene_end(app);
        if (*openid == '\0')
                return qr_page_answer_end(app, "declined", scene.next);
        if (session_open_openid(app, openid, WECHAT_SCOPE_SCENE) != 0)
                return -1;
        retention_sweep(app);
        return app_answer_redirect(app, scene.next);
}

static const struct app_program program = {
    .name = "scene.cgi",
    .purpose =
        "Signs in a computer: a page with a QR code of the account, which waits until the\n"
        "follower who scanned it has agreed. scene.cgi?next=/path. Settings: sign_in = scene.",
    .methods = "GET", /* a HEAD request would take the answer */
    .handle = scene_cgi,
    .errands = true,
    .needs = SANDBOX_STANDARD | SANDBOX_NETWORK,
    .links = "curl qrencode",
    .prepare = upstream_prepare,
};

PROGRAM_MAIN(program)
