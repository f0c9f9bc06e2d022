/* scan.cgi: the link that the account sends to a follower who scanned scene.cgi's QR code: is it
 * you who signs in on that computer? */
#include <string.h>

#include "web/app.h"
#include "base/text.h"
#include "base/arena.h"
#include "signin/display_name.h"
#include "signin/own_picture.h"
#include "signin/code_page.h"
#include "signin/consent.h"
#include "signin/desktop.h"
#include "signin/scene.h"
#include "signin/signin.h"
#include "signin/waiting.h"
#include "state/state.h"
#include "web/program.h"

/* The number that the computer shows, and its details. */
static int
ask(struct app *app, const struct code_page *page, const struct waiting *waiting,
    const char *openid, const char *token)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        struct pairs user;

        pairs_init(&user, app->arena);
        if (state_read_user(app->state, openid, &user, &app->err) != 0 &&
            app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        pairs_add(&app->page, "agree", consent_is_missing(app, &user) ? "1" : NULL);
        pairs_add(&app->page, "is_disagreed", post ? "1" : NULL);
        pairs_add(&app->page, "nickname", display_name_get(&user));
        pairs_add(&app->page, "headimgurl", own_picture_path(app->arena, &app->conf, &user));
        pairs_add(&app->page, "browser", waiting->browser);
        pairs_add(&app->page, "address", waiting->address);
        pairs_add(
            &app->page, "time", text_beijing_time(app->arena, waiting->expires - DESKTOP_SECONDS));
        pairs_add_number(&app->page, "number", desktop_number(waiting->user_code));
        pairs_add(&app->page, "csrf", page->form);
        pairs_add(&app->page, "confirm_url",
            arena_printf(
                app->arena, "%s?t=%s", conf_program(app->arena, &app->conf, "scan.cgi"), token));
        return app_answer_page(app, post ? err_status(ERR_REQUEST) : 200, "confirm");
}

/* Whoever has not agreed yet must also tick the box (consent). */
static int
read_answer(struct app *app, const struct code_page *page, struct waiting *waiting,
    const char *openid, const char *token)
{
        const char *answer = pairs_get_text(&app->request.form, "answer");
        bool yes = strcmp(answer, "yes") == 0, missing = false, answered;
        int result;

        if (!yes && strcmp(answer, "no") != 0)
                return err_set(&app->err, ERR_REQUEST, "scan: neither yes nor no");
        if (yes && !consent_read_box(app) && consent_find_missing(app, openid, &missing) != 0)
                return -1;
        if (missing)
                return ask(app, page, waiting, openid, token);
        if (scene_answer(app, waiting, openid, yes) == 0)
                return app_answer_page(app, 200, yes ? "confirmed" : "notconfirmed");
        if (app->err.kind != ERR_EXISTS)
                return -1;
        /* Another request was quicker. */
        err_clear(&app->err);
        result = waiting_answer_again(app, waiting, scene_person(app, openid), &answered);
        return result != 0 || answered ? result
                                       : app_answer_page(app, err_status(ERR_EXPIRED), "scanagain");
}

static int
scan(struct app *app)
{
        const char *token = pairs_get_once(&app->request.query, "t");
        struct waiting waiting;
        struct code_page page;
        const char *openid;
        bool known, answered;
        int result;

        /* R1. Only where scenes are a way to sign in, and only in WeChat. */
        if (scene_check(app) != 0)
                return -1;
        if (token == NULL)
                return err_set(&app->err, ERR_REQUEST, "scan: t is missing or given twice");
        if (!signin_is_in_wechat(app))
                return app_answer_page(app, 200, "inwechat");

        /* R2. Whose link is it, and does the computer still wait? */
        if (scene_read_link(app, token, &waiting, &openid) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return app_answer_page(app, err_status(ERR_EXPIRED), "scanagain");
        }

        /* R3. What has been answered is not asked again. */
        result = waiting_answer_again(app, &waiting, scene_person(app, openid), &answered);
        if (result != 0 || answered)
                return result;

        /* R4. Ask; opening the link answers nothing. Store the answer of our own form. */
        if (code_page_open(app, &page, &known) != 0)
                return -1;
        if (strcmp(app->request.method, "POST") != 0)
                return ask(app, &page, &waiting, openid, token);
        if (!known)
                return app_answer_page(app, err_status(ERR_DENIED), "again");
        if (!code_page_is_own_form(app, &page))
                return err_set(&app->err, ERR_DENIED, "scan: not from our own page");
        return read_answer(app, &page, &waiting, openid, token);
}

static const struct app_program program = {
    .name = "scan.cgi",
    .purpose = "The link that the account sends to a follower who scanned the code of scene.cgi:\n"
               "asks whether the computer shall be signed in.",
    .methods = "GET, HEAD, POST",
    .handle = scan,
};

PROGRAM_MAIN(program)
