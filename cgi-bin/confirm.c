/* confirm.cgi: the phone's side of desktop.cgi: asks users whether they are signing in on a
 * computer. */
#include <string.h>

#include "web/app.h"
#include "signin/display_name.h"
#include "signin/own_picture.h"
#include "signin/consent.h"
#include "signin/desktop.h"
#include "web/program.h"
#include "signin/session.h"
#include "signin/signin.h"
#include "signin/waiting.h"
#include "state/state.h"
#include "base/text.h"
#include "signin/ticket.h"

static int
answer_too_old(struct app *app)
{
        return app_answer_page(app, err_status(ERR_EXPIRED), "scanagain");
}

/* Finds the computer; the first phone that opens the link is noted, for the computer's page. */
static int
find(struct app *app, const char *user_code, struct waiting *waiting)
{
        if (app_open_state(app) != 0 || waiting_read(app, STORE_DESKTOP, user_code, waiting) != 0)
                return -1;
        if (waiting->expires <= app->now || strcmp(app->request.method, "HEAD") == 0)
                return 0;
        return waiting_note_scan(app, waiting);
}

/* The answer is a ticket for the computer, which it takes once. */
static int
write_ticket(
    struct app *app, const struct session *session, const struct waiting *waiting, bool yes)
{
        int seconds = (int)(waiting->expires - app->now) + DESKTOP_PICKUP_SECONDS;
        struct store_record no = {.created = app->now, .expires = app->now + seconds};
        struct pairs answer;

        pairs_init(&answer, app->arena);
        pairs_add(&answer, "answer", yes ? "yes" : "no");
        no.fields = answer;
        return yes ? ticket_write(app, session, STORE_ANSWER, waiting->user_code, seconds, &answer)
                   : state_create(app->state, STORE_ANSWER, waiting->user_code, &no, &app->err);
}

/* Stores the answer for good: the fact that there was one stays after the answer is taken. */
static int
write_answer(struct app *app, const struct session *session, struct waiting *waiting, bool yes)
{
        if (waiting_begin_answer(app, waiting, session->generation) != 0)
                return -1;
        if (write_ticket(app, session, waiting, yes) != 0) {
                waiting_undo_answer(app, waiting);
                return -1;
        }
        waiting_end_answer(app, waiting, session->generation, yes);
        return 0;
}

/* Shows who is asked, from which computer and when, and the number that the computer shows. */
static int
ask(struct app *app, const struct session *session, const struct waiting *waiting)
{
        bool post = strcmp(app->request.method, "POST") == 0;

        pairs_add(&app->page, "agree", consent_is_missing(app, &session->user) ? "1" : NULL);
        pairs_add(&app->page, "is_disagreed", post ? "1" : NULL);
        pairs_add(&app->page, "nickname", display_name_get(&session->user));
        pairs_add(
            &app->page, "headimgurl", own_picture_path(app->arena, &app->conf, &session->user));
        pairs_add(&app->page, "browser", waiting->browser);
        pairs_add(&app->page, "address", waiting->address);
        pairs_add(
            &app->page, "time", text_beijing_time(app->arena, waiting->expires - DESKTOP_SECONDS));
        pairs_add_number(&app->page, "number", desktop_number(waiting->user_code));
        pairs_add(&app->page, "csrf", session_csrf(app, session));
        pairs_add(&app->page, "confirm_url", desktop_link(app, waiting->user_code));
        return app_answer_page(app, post ? err_status(ERR_REQUEST) : 200, "confirm");
}

/* Whoever has not agreed yet must also tick the box (consent). */
static int
read_answer(struct app *app, const struct session *session, struct waiting *waiting)
{
        const char *answer = pairs_get_text(&app->request.form, "answer");
        bool yes = strcmp(answer, "yes") == 0, answered;
        int result;

        if (!session_is_own_form(app, session))
                return err_set(&app->err, ERR_DENIED, "confirm: not from our own page");
        if (!yes && strcmp(answer, "no") != 0)
                return err_set(&app->err, ERR_REQUEST, "confirm: neither yes nor no");
        if (yes && !consent_read_box(app) && consent_is_missing(app, &session->user))
                return ask(app, session, waiting);
        if (write_answer(app, session, waiting, yes) == 0)
                return app_answer_page(app, 200, yes ? "confirmed" : "notconfirmed");
        if (app->err.kind != ERR_EXISTS)
                return -1;
        /* Another request was quicker. */
        err_clear(&app->err);
        result = waiting_answer_again(app, waiting, session->generation, &answered);
        return result != 0 || answered ? result : answer_too_old(app);
}

static int
confirm(struct app *app)
{
        const char *user_code = desktop_parse_link(&app->request.query);
        struct waiting waiting;
        struct session session;
        bool answered;
        int result;

        /* P1. A QR code of ours; in WeChat: another browser cannot sign in. */
        if (signin_check_desktop(app) != 0)
                return -1;
        if (user_code == NULL)
                return err_set(&app->err, ERR_REQUEST, "confirm: not a link of this site");
        if (!signin_is_in_wechat(app))
                return app_answer_page(app, 200, "inwechat");

        /* P2. Does a computer wait? */
        if (find(app, user_code, &waiting) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return answer_too_old(app);
        }

        /* P3. Who is it? Nobody: sign in, and come back. */
        if (session_of_browser(app, &session) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                return app_answer_login(app, desktop_link(app, user_code));
        }
        if (session_check_power(app, &session) != 0)
                return -1;

        /* P4. What has been answered is not asked again. */
        result = waiting_answer_again(app, &waiting, session.generation, &answered);
        if (result != 0 || answered)
                return result;
        if (waiting.expires <= app->now)
                return answer_too_old(app);

        /* P5. Ask, and store the answer. */
        if (strcmp(app->request.method, "POST") == 0)
                return read_answer(app, &session, &waiting);
        return ask(app, &session, &waiting);
}

static const struct app_program program = {
    .name = "confirm.cgi",
    .purpose = "The page that desktop.cgi's QR code opens on a phone: asks the user who is signed\n"
               "in there whether to sign in the computer as well.",
    .methods = "GET, HEAD, POST",
    .handle = confirm,
};

PROGRAM_MAIN(program)
