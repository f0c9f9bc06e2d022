/* ticket.cgi: gives a page under local development a session token, for a one-time ticket. */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "signin/display_name.h"
#include "signin/own_picture.h"
#include "signin/consent.h"
#include "signin/dev.h"
#include "format/digest.h"
#include "host/os.h"
#include "web/program.h"
#include "signin/session.h"
#include "state/state.h"
#include "base/text.h"
#include "signin/ticket.h"
#include "format/url.h"
#include "signin/introspection.h"

/* Asks the visitor whether the page may know who they are, and read on their behalf. */
static int
ask(struct app *app, const struct session *session, const char *page)
{
        bool post = strcmp(app->request.method, "POST") == 0;

        pairs_add(&app->page, "agree", consent_is_missing(app, &session->user) ? "1" : NULL);
        pairs_add(&app->page, "is_disagreed", post ? "1" : NULL);
        app->form_origin = url_origin(app->arena, page);
        pairs_add(&app->page, "origin", app->form_origin);
        pairs_add(&app->page, "nickname", display_name_get(&session->user));
        pairs_add(
            &app->page, "headimgurl", own_picture_path(app->arena, &app->conf, &session->user));
        pairs_add(&app->page, "csrf", session_csrf(app, session));
        pairs_add(&app->page, "ticket_url", dev_ticket_page(app, page));
        return app_answer_page(app, post ? err_status(ERR_REQUEST) : 200, "develop");
}

/* Sends the visitor on to the page, with a ticket in the fragment, which no server sees. */
static int
hand_out(struct app *app)
{
        const char *page = pairs_get_once(&app->request.query, "dev");
        struct session session;
        struct pairs more;
        char *ticket;

        /* T1. Only to a page on an origin that the owner listed. */
        if (page == NULL)
                return err_set(&app->err, ERR_REQUEST, "dev: missing");
        if (!dev_is_page(app, page))
                return dev_answer_unlisted(app, page);

        /* T2. Who is it? Nobody: sign in, and come back. */
        if (session_of_browser(app, &session) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                return app_answer_login(app, dev_ticket_page(app, page));
        }

        /* T3. Ask; the visitor agrees on our own page. */
        if (session_check_power(app, &session) != 0)
                return -1;
        if (strcmp(app->request.method, "POST") != 0)
                return ask(app, &session, page);
        if (!session_is_own_form(app, &session))
                return err_set(&app->err, ERR_DENIED, "ticket: not from our own page");
        if (!consent_read_box(app) && consent_is_missing(app, &session.user))
                return ask(app, &session, page);

        /* T4. The ticket names the session, for a minute. */
        pairs_init(&more, app->arena);
        pairs_add(&more, "origin", url_origin(app->arena, page));
        if (os_random_token(app->arena, &ticket, &app->err) != 0 ||
            ticket_write(app, &session, STORE_TICKET, ticket, DEV_TICKET_SECONDS, &more) != 0)
                return -1;
        return app_answer_redirect(app, arena_printf(app->arena, "%s#wx_ticket=%s", page, ticket));
}

static int
none(struct app *app)
{
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        return err_set(&app->err, ERR_EXPIRED, "ticket: none, used, or too old");
}

/* Accepts a ticket from the page's script, and gives a session token for it. */
static int
exchange(struct app *app)
{
        const char *ticket = pairs_get_once(&app->request.form, "ticket");
        struct store_record record;
        struct session beside;
        const char *token;
        long long expires;

        /* T5. From an origin that is listed. */
        if (!conf_is_dev_origin(&app->conf, app->request.origin))
                return err_set(&app->err, ERR_DENIED, "ticket: not from one of dev_origins");
        if (ticket == NULL || !text_is_id(ticket, DIGEST_BASE64URL_SIZE, DIGEST_BASE64URL_SIZE))
                return err_set(&app->err, ERR_REQUEST, "ticket: missing or malformed");

        /* T6. A ticket of ours, made for that origin, whose session is valid. A page that may not
         * use it does not spend it. */
        if (app_open_state(app) != 0)
                return -1;
        if (state_read(app->state, STORE_TICKET, ticket, app->now, &record, &app->err) != 0)
                return none(app);
        if (strcmp(pairs_get_text(&record.fields, "origin"), app->request.origin) != 0)
                return err_set(&app->err, ERR_DENIED, "ticket: of another origin");
        if (ticket_read(app, &record, &beside) != 0)
                return -1;

        /* T7. Take it, once: the page gets a session of its own, which allows reading for an hour.
         */
        if (state_take(app->state, STORE_TICKET, ticket, app->now, &record, &app->err) != 0)
                return none(app);
        if (ticket_join_page(app, &beside, DEV_SESSION_SECONDS, &token, &expires) != 0)
                return -1;
        return introspection_answer_token(app, token, expires);
}

/* Does a page's script ask, rather than a browser for a page? */
static bool
is_exchange(const struct app *app)
{
        return strcmp(app->request.method, "POST") == 0 &&
               pairs_get(&app->request.query, "dev") == NULL;
}

static int
ticket(struct app *app)
{
        return is_exchange(app) ? exchange(app) : hand_out(app);
}

static int
answer_error(struct app *app)
{
        return is_exchange(app) ? app_answer_error_json(app) : -1;
}

static const struct app_program program = {
    .name = "ticket.cgi",
    .purpose =
        "Signs in pages under local development, on the origins of the setting dev_origins:\n"
        "login.cgi?dev=http://192.168.1.5:5173/ asks, and ends at that page with a ticket in\n"
        "the fragment, which its script POSTs here for a session token.",
    .methods = "GET, HEAD, POST",
    .handle = ticket,
    .errands = true,
    .handle_error = answer_error,
    .cross_origin = true,
};

PROGRAM_MAIN(program)
