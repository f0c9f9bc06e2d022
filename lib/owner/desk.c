#include "owner/desk.h"

#include <string.h>

#include "base/arena.h"
#include "format/digest.h"
#include "format/json_build.h"
#include "format/page.h"
#include "format/url.h"
#include "state/state.h"
#include "web/app.h"

/* ---- the page that is asked for ---- */

static const struct desk_view *
find_view(const struct desk_view *const *views, const char *name)
{
        if (*name == '\0')
                return views[0];
        for (; *views != NULL; views++)
                if (strcmp((*views)->name, name) == 0)
                        return *views;
        return NULL;
}

int
desk_open(struct app *app, const struct session *session, const struct desk_view *const *views,
    struct desk *desk)
{
        *desk = (struct desk){.app = app, .session = *session, .views = views};
        pairs_init(&desk->details, app->arena);
        desk->view = find_view(views, pairs_get_text(&app->request.query, "view"));
        if (desk->view == NULL)
                return err_set(&app->err, ERR_NOT_FOUND, "owner: no such view");
        if (app_read_words(
                app, arena_printf(app->arena, "owner.%s", app->language), &desk->words) != 0)
                return -1;
        app->words = &desk->words;
        return 0;
}

const char *
desk_url(const struct desk *desk, const char *view, const char *query)
{
        struct arena *arena = desk->app->arena;

        return arena_printf(arena, "%s?view=%s%s%s",
            conf_program(arena, &desk->app->conf, "owner.cgi"), view, *query == '\0' ? "" : "&",
            query);
}

const char *
desk_word(const struct desk *desk, const char *name, const struct pairs *values)
{
        const char *word = pairs_get_text(&desk->words, name);
        struct pairs none;
        struct err err;
        char *text;

        pairs_init(&none, desk->app->arena);
        return page_render_text(
                   desk->app->arena, word, values == NULL ? &none : values, &text, &err) == 0
                   ? text
                   : word;
}

/* ---- changes ---- */

static bool
is_own_form(const struct desk *desk)
{
        const char *given = pairs_get_once(&desk->app->request.form, "csrf");

        return given != NULL && digest_equal(given, session_csrf(desk->app, &desk->session));
}

static const struct desk_action *
find_action(const struct desk_view *view, const char *name)
{
        const struct desk_action *action = view->actions;

        for (; action != NULL && action->name != NULL; action++)
                if (strcmp(action->name, name) == 0)
                        return action;
        return NULL;
}

/* Writes the line of a change that was made. */
static int
record(struct desk *desk, const struct desk_action *action)
{
        struct app *app = desk->app;
        struct pairs line;
        char *text;

        pairs_init(&line, app->arena);
        pairs_add_number(&line, "time", app->now);
        pairs_add(&line, "owner", desk->session.openid);
        pairs_add(&line, "address", app->request.client);
        pairs_add(&line, "view", desk->view->name);
        pairs_add(&line, "action", action->name);
        pairs_add(&line, "subject", desk->subject);
        for (size_t i = 0; i < desk->details.count; i++)
                pairs_add_typed(&line, desk->details.items[i].name, desk->details.items[i].value,
                    desk->details.items[i].type);
        if (json_build_tree(app->arena, &line, &text, &app->err) != 0)
                return -1;
        return state_audit(app->state, text, &app->err);
}

/* The next page says what was done, once. */
static const char *
with_notice(struct desk *desk, const struct desk_action *action)
{
        const char *back = desk->back == NULL ? desk_url(desk, desk->view->name, "") : desk->back;

        return url_add_query(desk->app->arena, back,
            arena_printf(desk->app->arena, "done=%s.%s", desk->view->name, action->name));
}

int
desk_act(struct desk *desk)
{
        struct app *app = desk->app;
        const struct desk_action *action;
        enum desk_result result = DESK_DONE;

        if (!is_own_form(desk))
                return err_set(&app->err, ERR_DENIED, "owner: not from our own page");
        action = find_action(desk->view, pairs_get_text(&app->request.form, "action"));
        if (action == NULL)
                return err_set(&app->err, ERR_REQUEST, "owner: no such action");
        if (action->act(desk, &result) != 0)
                return -1;
        if (result == DESK_ANSWERED)
                return 0;
        if (result == DESK_REFUSED)
                return desk->view->show(desk);
        if (record(desk, action) != 0)
                return -1;
        return app_answer_redirect(app, with_notice(desk, action));
}

/* ---- the page ---- */

static void
add_menu(struct desk *desk)
{
        struct app *app = desk->app;
        size_t count = 0;

        for (size_t i = 0; desk->views[i] != NULL; i++) {
                const struct desk_view *view = desk->views[i];
                const char *prefix;

                if (!view->in_menu)
                        continue;
                prefix = arena_printf(app->arena, "views/%zu", count++);
                pairs_add(&app->page, arena_printf(app->arena, "%s/text", prefix),
                    desk_word(desk, arena_printf(app->arena, "owner.%s", view->name), NULL));
                pairs_add(&app->page, arena_printf(app->arena, "%s/link", prefix),
                    desk_url(desk, view->name, ""));
                if (view == desk->view)
                        pairs_add(
                            &app->page, arena_printf(app->arena, "%s/is_current", prefix), "1");
        }
}

/* A link can name no other words than those of changes. */
static const char *
notice(struct desk *desk)
{
        const char *done = pairs_get_text(&desk->app->request.query, "done");

        return desk_word(desk, arena_printf(desk->app->arena, "owner.done.%s", done), NULL);
}

int
desk_answer_page(struct desk *desk, const char *name)
{
        struct app *app = desk->app;

        add_menu(desk);
        if (desk->flaw == NULL)
                pairs_add(&app->page, "notice", notice(desk));
        pairs_add(&app->page, "flaw", desk->flaw);
        pairs_add(&app->page, "csrf", session_csrf(app, &desk->session));
        pairs_add(&app->page, "view_url", desk_url(desk, desk->view->name, ""));
        pairs_add(&app->page, "is_wide", "1");
        return app_answer_page(app, desk->flaw == NULL ? 200 : 422, name);
}
