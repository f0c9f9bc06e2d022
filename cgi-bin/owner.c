/* owner.cgi: the site at a glance, for its owners. */
#include <string.h>

#include "account/upstream.h"
#include "base/arena.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/digest.h"
#include "host/sandbox.h"
#include "owner/versions.h"
#include "owner/views.h"
#include "signin/display_name.h"
#include "signin/owner_session.h"
#include "web/app.h"
#include "web/program.h"

/* A text that an owner edits, of EDITABLE_MAX bytes, is up to three times as long in a form. */
enum { OWNER_BODY_MAX = 1024 * 1024 };

static bool
is_post(const struct app *app)
{
        return strcmp(app->request.method, "POST") == 0;
}

/* The page that was asked for, to come back to after the sign-in. */
static const char *
own_page(struct app *app)
{
        const char *own = conf_program(app->arena, &app->conf, "owner.cgi");
        const char *query = app->request.query_string;

        return *query == '\0' || is_post(app) ? own : arena_printf(app->arena, "%s?%s", own, query);
}

static int
answer_sign_in(struct app *app)
{
        app->next = own_page(app);
        return app_answer_redirect(app, app_login_again_url(app));
}

/* Is it a text that an owner has edited, in a form of our own? */
static bool
has_text(struct app *app, const struct session *session)
{
        return is_post(app) && pairs_get(&app->request.form, "text") != NULL &&
               digest_equal(pairs_get_text(&app->request.form, "csrf"), session_csrf(app, session));
}

/* The browser would forget the text on its way to the sign-in. */
static int
answer_text(struct app *app)
{
        app->next = own_page(app);
        pairs_add(&app->page, "text",
            text_clean_lines(app->arena, pairs_get(&app->request.form, "text")));
        pairs_add(&app->page, "is_wide", "1");
        return app_answer_page(app, 403, "keptext");
}

/* Somebody else learns their own openid: an owner who is not listed yet needs it. */
static int
answer_other(struct app *app, const struct session *session)
{
        app->next = own_page(app);
        pairs_add(&app->page, "openid", session->openid);
        pairs_add(&app->page, "nickname", display_name_get(&session->user));
        return app_answer_page(app, 403, "notowner");
}

static int
owner(struct app *app)
{
        struct session session;
        enum owner_rank rank;
        struct desk desk;

        /* W1. Is it an owner, who signed in within twelve hours? Later, a text that was edited is
         * shown once more. */
        if (owner_session_find(app, &session, &rank) != 0)
                return -1;
        if (rank == OWNER_OTHER)
                return answer_other(app, &session);
        if (rank == OWNER_EARLIER && has_text(app, &session))
                return answer_text(app);
        if (rank != OWNER_NOW)
                return answer_sign_in(app);

        /* W2. Which view? */
        if (desk_open(app, &session, owner_views, &desk) != 0)
                return -1;

        /* W3. A change: from our own page, recorded, and then back to a page. */
        if (is_post(app))
                return desk_act(&desk);

        /* W4. The view. */
        return desk.view->show(&desk);
}

/* Before the sandbox. */
static void
prepare(struct host *host)
{
        upstream_prepare(host);
        versions_prepare(host);
}

/* A stranger's is not read. */
static bool
wants_body(const struct app *app)
{
        return is_post(app) && app_get_cookie(app, "wx_session") != NULL;
}

static const struct app_program program = {
    .name = "owner.cgi",
    .purpose =
        "The site at a glance, for its owners: who is here, what was written, what is wrong.\n"
        "Opens to the openids listed in owners, for twelve hours after a sign-in.",
    .methods = "GET, HEAD, POST",
    .handle = owner,
    .errands = true,
    .needs = SANDBOX_STANDARD | SANDBOX_NETWORK,
    .links = "curl, qrencode",
    .wants_body = wants_body,
    .body_max = OWNER_BODY_MAX,
    .prepare = prepare,
};

PROGRAM_MAIN(program)
