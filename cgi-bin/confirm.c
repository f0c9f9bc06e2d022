/* confirm.cgi: the phone's side of desktop.cgi: asks users whether they are signing in on a
 * computer. */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "signin/consent.h"
#include "signin/desktop.h"
#include "web/program.h"
#include "signin/session.h"
#include "signin/signin.h"
#include "state/state.h"
#include "base/text.h"
#include "signin/ticket.h"
#include "format/url.h"

static const char *
own_url(struct app *app, const char *link)
{
        return arena_printf(app->arena, "%s?t=%s",
            conf_program(app->arena, &app->conf, "confirm.cgi"), url_encode(app->arena, link));
}

/* The answer is a ticket for the computer, which it takes once. */
static int
write_ticket(struct app *app, const struct session *session, const struct desktop *desktop,
    const struct pairs *answer, bool yes)
{
        int seconds = (int)(desktop->expires - app->now) + DESKTOP_PICKUP_SECONDS;
        struct store_record no = {*answer, app->now, app->now + seconds};

        return yes ? ticket_write(app, session, STORE_ANSWER, desktop->user_code, seconds, answer)
                   : state_create(app->state, STORE_ANSWER, desktop->user_code, &no, &app->err);
}

/* Stores the answer for good: the fact that there was one stays after the answer is taken. */
static int
write_answer(
    struct app *app, const struct session *session, const struct desktop *desktop, bool yes)
{
        struct store_record answered = {
            .created = app->now, .expires = desktop->expires + DESKTOP_PICKUP_SECONDS};
        struct err ignored;
        struct pairs answer;

        pairs_init(&answered.fields, app->arena);
        pairs_add(&answered.fields, "generation", session->generation);
        pairs_init(&answer, app->arena);
        pairs_add(&answer, "answer", yes ? "yes" : "no");
        if (state_create(app->state, STORE_ANSWERED, desktop->user_code, &answered, &app->err) != 0)
                return -1;
        if (write_ticket(app, session, desktop, &answer, yes) == 0)
                return 0;
        /* Nothing was stored: the visitor may answer again. */
        if (state_delete(app->state, STORE_ANSWERED, desktop->user_code, &ignored) != 0)
                app_log(app, &ignored);
        return -1;
}

/* Shows who is asked, from which computer and when, and the number that the computer shows. */
static int
ask(struct app *app, const struct session *session, const struct desktop *desktop, const char *link)
{
        bool post = strcmp(app->request.method, "POST") == 0;

        pairs_add(&app->page, "agree", consent_is_missing(app, &session->user) ? "1" : NULL);
        pairs_add(&app->page, "is_disagreed", post ? "1" : NULL);
        pairs_add(&app->page, "nickname", pairs_get(&session->user, "nickname"));
        pairs_add(&app->page, "headimgurl", pairs_get(&session->user, "headimgurl"));
        pairs_add(&app->page, "browser", desktop->browser);
        pairs_add(&app->page, "address", desktop->address);
        pairs_add(
            &app->page, "time", text_beijing_time(app->arena, desktop->expires - DESKTOP_SECONDS));
        pairs_add_number(&app->page, "number", desktop_number(desktop));
        pairs_add(&app->page, "csrf", session_csrf(app, session));
        pairs_add(&app->page, "confirm_url", own_url(app, link));
        return app_answer_page(app, post ? err_status(ERR_REQUEST) : 200, "confirm");
}

/* Whoever has not agreed yet must also tick the box (consent). */
static int
read_answer(
    struct app *app, const struct session *session, const struct desktop *desktop, const char *link)
{
        const char *answer = pairs_get_text(&app->request.form, "answer");
        bool yes = strcmp(answer, "yes") == 0;

        if (!session_is_own_form(app, session))
                return err_set(&app->err, ERR_DENIED, "confirm: not from our own page");
        if (!yes && strcmp(answer, "no") != 0)
                return err_set(&app->err, ERR_REQUEST, "confirm: neither yes nor no");
        if (yes && !consent_read_box(app) && consent_is_missing(app, &session->user))
                return ask(app, session, desktop, link);
        if (write_answer(app, session, desktop, yes) == 0)
                return app_answer_page(app, 200, yes ? "confirmed" : "notconfirmed");
        if (app->err.kind != ERR_EXISTS)
                return -1;
        err_clear(&app->err);
        return app_answer_page(app, err_status(ERR_EXPIRED), "scanagain");
}

static int
confirm(struct app *app)
{
        const char *link = pairs_get_once(&app->request.query, "t");
        struct desktop desktop;
        struct session session;

        /* P1. A QR code of ours, not expired. */
        if (signin_check_desktop(app) != 0)
                return -1;
        if (link == NULL || !desktop_parse_link(app->arena, desktop_link_key(app), link, &desktop))
                return err_set(&app->err, ERR_REQUEST, "confirm: not a link of this site");
        if (desktop.expires <= app->now || desktop.expires > app->now + DESKTOP_SECONDS)
                return app_answer_page(app, err_status(ERR_EXPIRED), "scanagain");

        /* P2. In WeChat: another browser cannot sign in. */
        if (!signin_is_in_wechat(app))
                return app_answer_page(app, 200, "inwechat");

        /* P3. Who is it? Nobody: sign in, and come back. */
        if (session_of_browser(app, &session) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                return app_answer_login(app, own_url(app, link));
        }

        /* P4. Ask, and store the answer. */
        if (session_check_power(app, &session) != 0)
                return -1;
        if (strcmp(app->request.method, "POST") == 0)
                return read_answer(app, &session, &desktop, link);
        return ask(app, &session, &desktop, link);
}

static const struct app_program program = {
    .name = "confirm.cgi",
    .purpose = "The page that desktop.cgi's QR code opens on a phone: asks the user who is signed\n"
               "in there whether to sign in the computer as well.",
    .methods = "GET, HEAD, POST",
    .handle = confirm,
};

PROGRAM_MAIN(program)
