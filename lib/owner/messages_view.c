/* What people wrote to the account, and what they did there: the journal, by day. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/url.h"
#include "owner/pushes_find.h"
#include "owner/pushes_show.h"
#include "owner/views.h"
#include "signin/display_name.h"
#include "state/state.h"
#include "web/app.h"
#include "wechat/api.h"

enum { DAY_SECONDS = 86400 };

static void
add(struct app *app, const char *prefix, const char *name, const char *value)
{
        pairs_add(&app->page, arena_printf(app->arena, "%s%s", prefix, name), value);
}

static const char *
day_of(struct app *app, long long time)
{
        return arena_printf(app->arena, "%.10s", text_beijing_time(app->arena, time));
}

/* A field that is wrong counts as empty. */
static void
read_query(struct app *app, struct pushes_query *query)
{
        const struct pairs *given = &app->request.query;
        const char *day = pairs_get_text(given, "day"), *openid = pairs_get_text(given, "openid");

        *query = (struct pushes_query){.day = day_of(app, app->now),
            .openid = api_is_openid(openid) ? openid : "",
            .kind = pairs_get_text(given, "kind"),
            .before = pairs_get_number(given, "before", 0),
            .most = PUSHES_PAGE};
        if (text_beijing_day(day) >= 0)
                query->day = day;
}

/* Returns the address of the same list on a day, or before a line. */
static const char *
list_url(struct desk *desk, const struct pushes_query *query, const char *day, const char *before)
{
        struct pairs fields;

        pairs_init(&fields, desk->app->arena);
        pairs_add(&fields, "day", day);
        if (*query->openid != '\0')
                pairs_add(&fields, "openid", query->openid);
        if (*query->kind != '\0')
                pairs_add(&fields, "kind", query->kind);
        pairs_add(&fields, "before", before);
        return desk_url(desk, "messages", url_build_form(desk->app->arena, &fields));
}

static void
add_days(struct desk *desk, const struct pushes_query *query)
{
        struct app *app = desk->app;
        long long noon = text_beijing_day(query->day) + DAY_SECONDS / 2;
        long long first = app->now - conf_journal_days(&app->conf) * DAY_SECONDS;

        add(app, "", "day", query->day);
        add(app, "", "today", day_of(app, app->now));
        add(app, "", "first_day", day_of(app, first));
        if (strcmp(query->day, day_of(app, first)) > 0)
                add(app, "", "day_before_url",
                    list_url(desk, query, day_of(app, noon - DAY_SECONDS), NULL));
        if (strcmp(query->day, day_of(app, app->now)) < 0)
                add(app, "", "day_after_url",
                    list_url(desk, query, day_of(app, noon + DAY_SECONDS), NULL));
}

static void
add_kind(struct desk *desk, const struct pushes_query *query, const char *kind, size_t number)
{
        struct app *app = desk->app;
        const char *prefix = arena_printf(app->arena, "kinds/%zu/", number);

        add(app, prefix, "value", kind);
        add(app, prefix, "text", pushes_name_kind(desk, kind));
        add(app, prefix, "is_chosen", strcmp(query->kind, kind) == 0 ? "1" : NULL);
}

/* The kinds of the day, and the one that is chosen, even if the day has none of it. */
static void
add_kinds(struct desk *desk, const struct pushes_query *query, const struct pushes_found *found)
{
        bool is_chosen = *query->kind == '\0' || strcmp(query->kind, "message") == 0;
        size_t number = 0;

        add_kind(desk, query, "message", number++);
        for (size_t i = 0; i < found->kinds_count; i++) {
                add_kind(desk, query, found->kinds[i], number++);
                is_chosen |= strcmp(query->kind, found->kinds[i]) == 0;
        }
        if (!is_chosen)
                add_kind(desk, query, query->kind, number);
}

static int
show(struct desk *desk)
{
        struct app *app = desk->app;
        struct pushes_query query;
        struct pushes_found found;
        struct pairs user;
        struct err ignored;

        read_query(app, &query);
        if (pushes_find(app, &query, &found) != 0)
                return -1;
        for (size_t i = 0; i < found.count; i++)
                pushes_add_line(desk, &found.lines[i], i);
        add(app, "", "has_pushes", found.count > 0 ? "1" : NULL);
        if (found.more)
                add(app, "", "earlier_url",
                    list_url(desk, &query, query.day,
                        arena_printf(app->arena, "%lld", found.lines[found.count - 1].number)));
        if (query.before > 0)
                add(app, "", "latest_url", list_url(desk, &query, query.day, NULL));
        add_days(desk, &query);
        add_kinds(desk, &query, &found);
        add(app, "", "openid", *query.openid == '\0' ? NULL : query.openid);
        if (*query.openid != '\0' &&
            state_read_user(app->state, query.openid, &user, &ignored) == 0)
                add(app, "", "nickname", display_name_get(&user));
        add(app, "", "no_journal", conf_journal_days(&app->conf) == 0 ? "1" : NULL);
        add(app, "", "no_push", *app->conf.push_token == '\0' ? "1" : NULL);
        add(app, "", "owner_url", conf_program(app->arena, &app->conf, "owner.cgi"));
        return desk_answer_page(desk, "owner-messages");
}

const struct desk_view view_messages = {.name = "messages", .in_menu = true, .show = show};
