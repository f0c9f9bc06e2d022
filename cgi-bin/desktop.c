/* desktop.cgi: signs in a computer by means of a phone. This is the computer's side; confirm.cgi is
 * the phone's. */
#include <string.h>

#include "web/app.h"
#include "signin/desktop.h"
#include "signin/hook.h"
#include "host/os.h"
#include "web/program.h"
#include "signin/qr_page.h"
#include "signin/session.h"
#include "signin/signin.h"
#include "state/state.h"
#include "signin/ticket.h"
#include "signin/waiting.h"

/* BEGUN_MAX: of one address within WAITING_COUNT_SECONDS. */
enum { BEGUN_MAX = 200 };

static const char cookie[] = "wx_desktop";

/* Begins: the device code goes into the browser's cookie. Nothing is stored yet. */
static int
begin(struct app *app)
{
        const char *next = app_next(app, &app->request.query, app->conf.home);
        struct desktop desktop;
        char *device_code;

        if (os_random_token(app->arena, &device_code, &app->err) != 0)
                return -1;
        desktop_fill(app, device_code, next, &desktop);
        app_set_cookie(app, cookie,
            desktop_format_cookie(app->arena, desktop_cookie_key(app), &desktop),
            DESKTOP_COOKIE_SECONDS);
        return app_answer_redirect(app, qr_page_wait_url(app));
}

/* Finds the sign-in that this browser began, while its answer can be taken; otherwise a page says
 * what to do, and *found is false. */
static int
find(struct app *app, struct desktop *desktop, bool *found)
{
        const char *given = app_get_cookie(app, cookie);
        bool known = given != NULL &&
                     desktop_parse_cookie(app->arena, desktop_cookie_key(app), given, desktop);

        *found = known && desktop->expires + DESKTOP_PICKUP_SECONDS > app->now;
        if (*found)
                return 0;
        return known ? qr_page_answer_end(app, "tooold", desktop->next)
                     : app_answer_page(app, 200, "again");
}

/* Finds what the phone is told about this computer, or stores it: also once more, if others have
 * driven it out. */
static int
open_waiting(struct app *app, const struct desktop *desktop, struct waiting *waiting)
{
        if (waiting_read(app, STORE_DESKTOP, desktop->user_code, waiting) == 0)
                return 0;
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        if (waiting_count(app, "desktop", BEGUN_MAX) != 0)
                return -1;
        return waiting_create(app, STORE_DESKTOP, desktop->user_code, desktop->expires, waiting);
}

/* The page with the QR code, which asks repeatedly whether the phone has answered. */
static int
show(struct app *app, const struct desktop *desktop)
{
        const char *link = conf_url(app->arena, &app->conf, desktop_link(app, desktop->user_code));
        struct waiting waiting;

        if (open_waiting(app, desktop, &waiting) != 0)
                return -1;
        pairs_add(&app->page, "link", link);
        return qr_page_answer(app, &waiting, link);
}

/* The phone has agreed or refused: take the answer, once, which ends this sign-in. */
static int
finish(struct app *app, const struct desktop *desktop, const struct store_record *answer)
{
        struct session beside;
        struct store_record taken;
        bool yes = strcmp(pairs_get_text(&answer->fields, "answer"), "yes") == 0;

        app->next = desktop->next;
        if (yes && ticket_read(app, answer, &beside) != 0)
                return -1;
        if (state_take(app->state, STORE_ANSWER, desktop->user_code, app->now, &taken, &app->err) !=
            0) {
                if (app->err.kind == ERR_NOT_FOUND)
                        app->err.kind = ERR_EXPIRED;
                return -1;
        }
        app_set_cookie(app, cookie, "", 0);
        if (!yes)
                return qr_page_answer_end(app, "declined", desktop->next);
        if (ticket_join_browser(app, &beside, "desktop") != 0)
                return -1;
        hook_add(app, "sign_in", beside.openid);
        return app_answer_redirect(app, desktop->next);
}

static int
desktop(struct app *app)
{
        const struct pairs *query = &app->request.query;
        struct store_record answer;
        struct desktop desktop;
        bool found, answered;

        /* D0. Accounts without web authorization have no QR code of ours: codes by message. */
        if (!conf_has_way(&app->conf, "authorize"))
                return app_answer_login(app, app_next(app, query, app->conf.home));

        /* D1. Only if the owner wants QR codes; a phone cannot scan its own screen: tell it to open
         * the page in WeChat. */
        if (signin_check_desktop(app) != 0)
                return -1;
        if (pairs_get(query, "wait") == NULL && signin_is_on_phone(app))
                return app_answer_page(app, 200, "inwechat");

        /* D2. Begin. */
        if (pairs_get(query, "wait") == NULL)
                return begin(app);

        /* D3. Which sign-in does this browser wait for? */
        if (find(app, &desktop, &found) != 0 || !found)
                return found ? -1 : 0;
        if (app_open_state(app) != 0)
                return -1;
        if (strcmp(pairs_get_text(query, "format"), "json") == 0)
                return waiting_answer_script(app, STORE_DESKTOP, desktop.user_code);

        /* D4. The phone has answered, or the page goes on waiting. */
        if (waiting_is_answered(app, desktop.user_code, &answered) != 0)
                return -1;
        if (state_read(app->state, STORE_ANSWER, desktop.user_code, app->now, &answer, &app->err) ==
            0)
                return finish(app, &desktop, &answer);
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        if (answered || desktop.expires + DESKTOP_LATE_SECONDS <= app->now)
                return qr_page_answer_end(app, "tooold", desktop.next);
        return show(app, &desktop);
}

static const struct app_program program = {
    .name = "desktop.cgi",
    .purpose = "Signs in a browser outside WeChat: a page with a QR code for the phone's WeChat,\n"
               "which waits until the phone has agreed. desktop.cgi?next=/path",
    .methods = "GET", /* a HEAD request would take the answer */
    .handle = desktop,
    .errands = true,
    .links = "qrencode",
};

PROGRAM_MAIN(program)
