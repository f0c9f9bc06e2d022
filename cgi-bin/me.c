/* me.cgi: the personal page, the user's own name, picture and sessions, "download my data" and
 * "delete my data". */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "list/links.h"
#include "signin/display_name.h"
#include "signin/download.h"
#include "signin/forget.h"
#include "signin/own_picture.h"
#include "signin/picture_form.h"
#include "signin/picture_maker.h"
#include "oidc/approvals.h"
#include "base/pairs.h"
#include "web/program.h"
#include "signin/person.h"
#include "signin/session.h"
#include "base/text.h"
#include "format/url.h"

/* A picture, and what a form has around it. */
enum { BODY_MAX = 1040 * 1024 };

/* Adds the address that asks WeChat for nickname and avatar, after a silent sign-in or since they
 * were revoked. The page offers it to visitors without a name. */
static void
offer_profile(struct app *app, const struct session *session, const char *own_url)
{
        if (session_has_profile(session) || !conf_has_way(&app->conf, "authorize"))
                return;
        pairs_add(&app->page, "userinfo_url",
            arena_printf(app->arena, "%s?scope=snsapi_userinfo&next=%s",
                conf_program(app->arena, &app->conf, "login.cgi"),
                url_encode(app->arena, own_url)));
}

static void
fill_page(struct app *app, const struct session *session)
{
        static const char *const members[] = {
            "openid", "province", "city", "country", "unionid", "display_name"};
        const struct pairs *user = &session->user;
        long long sex = pairs_get_number(user, "sex", 0);
        char *own_url = conf_program(app->arena, &app->conf, "me.cgi");

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                pairs_add(&app->page, members[i], pairs_get(user, members[i]));
        pairs_add(&app->page, "nickname", display_name_get(user));
        pairs_add(&app->page, "headimgurl", own_picture_path(app->arena, &app->conf, user));
        pairs_add(&app->page, "own_picture", own_picture_is_set(user) ? "1" : NULL);
        pairs_add(&app->page, "wechat_name", pairs_get(user, "nickname"));
        pairs_add(&app->page, "privilege", pairs_join(user, "privilege", ", "));
        pairs_add(&app->page, "is_male", sex == 1 ? "1" : NULL);
        pairs_add(&app->page, "is_female", sex == 2 ? "1" : NULL);
        offer_profile(app, session, own_url);
        pairs_add(&app->page, "csrf", session_csrf(app, session));
        pairs_add(&app->page, "download_url", arena_printf(app->arena, "%s?download=1", own_url));
        pairs_add(&app->page, "forget_url", arena_printf(app->arena, "%s?forget=1", own_url));
}

/* ---- what the site offers ---- */

/* Adds the owner's links. A mistake in their file is logged, and leaves the page without them. */
static void
add_links(struct app *app)
{
        struct links links;
        size_t size;
        char *text;

        if (*app->conf.links == '\0')
                return;
        if (app_read_file(app, &text, &size) != 0 ||
            links_parse(
                app->arena, text, size, app->conf.links, app->language, &links, &app->err) != 0) {
                app->err.kind = ERR_CONFIG;
                app_log_only(app, &app->err);
                err_clear(&app->err);
                return;
        }
        links_fill(&links, &app->page);
        pairs_add(&app->page, "has_offers", links.count > 0 ? "1" : NULL);
}

/* Is it one of the owner's links already? */
static bool
is_linked(const struct pairs *page, const char *url)
{
        for (size_t i = 0; i < page->count; i++)
                if (text_starts_with(page->items[i].name, "links/") &&
                    strcmp(page->items[i].value, url) == 0)
                        return true;
        return false;
}

static void
add_offers(struct app *app)
{
        char *list_url = conf_program(app->arena, &app->conf, "list.cgi");

        add_links(app);
        if (*app->conf.list == '\0' || is_linked(&app->page, list_url))
                return;
        pairs_add(&app->page, "list_url", list_url);
        pairs_add(&app->page, "has_offers", "1");
}

/* ---- the sessions ---- */

static void
fill_session(
    struct app *app, const struct person_session *one, const struct session *session, size_t number)
{
        bool is_own = strcmp(one->name, session->name) == 0;
        const struct {
                const char *name, *value;
        } values[] = {{"name", is_own ? NULL : one->name}, {"browser", one->browser},
            {"address", one->address}, {"since", text_beijing_time(app->arena, one->created)},
            {"used", one->used == 0 ? NULL : text_beijing_time(app->arena, one->used)},
            {"until", is_own ? text_beijing_time(app->arena, session->ends) : NULL},
            {"is_own", is_own ? "1" : NULL},
            {"is_page", strcmp(one->scope, SESSION_SCOPE_DEV) == 0 ? "1" : NULL}};

        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
                pairs_add(&app->page,
                    arena_printf(app->arena, "sessions/%zu/%s", number, values[i].name),
                    values[i].value);
}

static int
fill_sessions(struct app *app, const struct session *session)
{
        struct person_session *sessions;
        size_t count;

        if (person_list_sessions(app, &session->user, &sessions, &count) != 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                fill_session(app, &sessions[i], session, i);
        if (count > 1)
                pairs_add(&app->page, "has_others", "1");
        return 0;
}

static int
answer_page(struct app *app, const struct session *session, int status)
{
        fill_page(app, session);
        if (fill_sessions(app, session) != 0)
                return -1;
        approvals_fill_page(app, &session->user);
        add_offers(app);
        return app_answer_page(app, status, "me");
}

/* ---- what the page asks for ---- */

static int
forget(struct app *app, const struct session *session)
{
        return forget_session(app, session) != 0 ? -1 : app_answer_page(app, 200, "forgotten");
}

static int
show_again(struct app *app)
{
        return app_answer_redirect(app, conf_program(app->arena, &app->conf, "me.cgi"));
}

/* One that is over already is what the user wanted. */
static int
end_one(struct app *app, const struct session *session)
{
        const char *name = pairs_get_text(&app->request.form, "session");

        if (person_end_session(app, session->openid, name) != 0 && app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return show_again(app);
}

static int
end_others(struct app *app, const struct session *session)
{
        return person_end_others(app, &session->user, session->name) != 0 ? -1 : show_again(app);
}

static int
end_program(struct app *app, const struct session *session)
{
        const char *client = pairs_get_text(&app->request.form, "program");

        return approvals_end(app, session->openid, client) != 0 ? -1 : show_again(app);
}

/* A name that is too long is shown again. */
static int
set_name(struct app *app, const struct session *session)
{
        char *name;

        if (!display_name_read(
                app->arena, pairs_get_text(&app->request.form, "display_name"), &name)) {
                pairs_add(&app->page, "long_name", name);
                return answer_page(app, session, err_status(ERR_REQUEST));
        }
        return person_set_display_name(app, session->openid, name) != 0 ? -1 : show_again(app);
}

/* The page, with what is wrong beside the form: "is_large_picture" and the like. */
static int
answer_flaw(struct app *app, const struct session *session, int status, const char *flaw)
{
        pairs_add(&app->page, "picture_flaw", "1");
        pairs_add(&app->page, arena_printf(app->arena, "is_%s_picture", flaw), "1");
        return answer_page(app, session, status);
}

static int
set_picture(struct app *app, const struct session *session)
{
        const char *flaw;
        int status;

        if (picture_form_set(app, session, &flaw, &status) != 0)
                return -1;
        return flaw != NULL ? answer_flaw(app, session, status, flaw) : show_again(app);
}

static int
remove_picture(struct app *app, const struct session *session)
{
        return picture_form_remove(app, session) != 0 ? -1 : show_again(app);
}

static int
act(struct app *app, const struct session *session)
{
        static const struct {
                const char *name;
                int (*act)(struct app *app, const struct session *session);
        } actions[] = {{"forget", forget}, {"end", end_one}, {"end_others", end_others},
            {"end_program", end_program}, {"display_name", set_name}, {"picture", set_picture},
            {"remove_picture", remove_picture}};
        const char *action;

        if (picture_form_read(app) != 0)
                return -1;
        action = pairs_get_text(&app->request.form, "action");
        if (!session_is_own_form(app, session))
                return err_set(&app->err, ERR_DENIED, "%.20s: not from our own page", action);
        if (session_check_power(app, session) != 0)
                return -1;
        for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
                if (strcmp(actions[i].name, action) == 0)
                        return actions[i].act(app, session);
        return err_set(&app->err, ERR_REQUEST, "unknown action");
}

static int
me(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        bool forgets = post || pairs_get(&app->request.query, "forget") != NULL;
        struct session session;
        int found;

        /* M1. Who is it? Nobody: sign in, and come back. */
        found = forgets ? session_to_forget(app, &session) : session_of_browser(app, &session);
        if (found != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                return app_answer_login(app, conf_program(app->arena, &app->conf, "me.cgi"));
        }

        /* M2. "Delete my data", which the visitor confirmed on our page; the end of sessions; the
         * visitor's own name and picture. */
        if (post)
                return act(app, &session);

        /* M3. "Download my data". */
        if (!forgets && pairs_get(&app->request.query, "download") != NULL)
                return download_answer(app, &session);

        /* M4. The page, or the question before the deletion. */
        if (!forgets)
                return answer_page(app, &session, 200);
        fill_page(app, &session);
        return app_answer_page(app, 200, "forget");
}

/* A body that is too large was not read: it is a picture. */
static int
answer_error(struct app *app)
{
        struct session session;

        return app->err.kind == ERR_TOO_LARGE && session_of_browser(app, &session) == 0
                   ? answer_flaw(app, &session, err_status(ERR_TOO_LARGE), "heavy")
                   : -1;
}

/* A stranger's is not read. */
static bool
wants_body(const struct app *app)
{
        return strcmp(app->request.method, "POST") == 0 &&
               app_get_cookie(app, "wx_session") != NULL;
}

static const struct app_program program = {
    .name = "me.cgi",
    .purpose = "The personal page of a signed-in user: profile, own name and picture,\n"
               "sessions, sign out, download and delete my data.",
    .methods = "GET, HEAD, POST",
    .handle = me,
    .handle_error = answer_error,
    .wants_body = wants_body,
    .body_max = BODY_MAX,
    .takes_file = true,
    .prepare = picture_maker_prepare,
    .errands = true,
    .reads = offsetof(struct conf, links),
};

PROGRAM_MAIN(program)
