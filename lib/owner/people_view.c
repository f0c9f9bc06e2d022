/* Who is here: everybody who has signed in, waits for that, or has written. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "format/csv.h"
#include "format/url.h"
#include "host/file.h"
#include "owner/people_find.h"
#include "owner/views.h"
#include "signin/display_name.h"
#include "signin/admission.h"
#include "signin/own_picture.h"
#include "signin/person.h"
#include "signin/role.h"
#include "state/state.h"
#include "web/app.h"

/* TEXT_MAX: bytes of what is searched for. CHUNK: of the CSV, written at once. */
enum { TEXT_MAX = 200, CHUNK = 64 * 1024 };

static const char *const shows[PEOPLE_SHOWS] = {[PEOPLE_ALL] = "all",
    [PEOPLE_FOLLOWERS] = "followers",
    [PEOPLE_WAITING] = "waiting",
    [PEOPLE_BLOCKED] = "blocked",
    [PEOPLE_WITH_ROLE] = "role"};

/* ---- what is asked for ---- */

static const char *
given(const struct app *app, const char *name)
{
        return pairs_get_text(&app->request.query, name);
}

/* Reads the query. show may also be "role.NAME". */
static void
read_query(struct app *app, struct people_query *query, struct people_place places[2])
{
        const char *show = given(app, "show"), *text = text_clean(app->arena, given(app, "q"));

        *query = (struct people_query){
            .text = arena_copy(app->arena, text, text_cut(text, TEXT_MAX)), .role = ""};
        if (text_starts_with(show, "role.")) {
                query->show = PEOPLE_WITH_ROLE;
                query->role = show + strlen("role.");
        }
        for (enum people_show i = 0; i < PEOPLE_SHOWS; i++)
                if (strcmp(shows[i], show) == 0)
                        query->show = i;
        if (people_parse_place(given(app, "after"), &places[0]))
                query->after = &places[0];
        else if (people_parse_place(given(app, "before"), &places[1]))
                query->before = &places[1];
}

/* Returns the address of the list that the query asks for, with more behind it. */
static const char *
list_url(struct desk *desk, const struct people_query *query, const char *name, const char *value)
{
        struct arena *arena = desk->app->arena;
        struct pairs fields;

        pairs_init(&fields, arena);
        if (*query->text != '\0')
                pairs_add(&fields, "q", query->text);
        if (query->show == PEOPLE_WITH_ROLE && *query->role != '\0')
                pairs_add(&fields, "show", arena_printf(arena, "role.%s", query->role));
        else if (query->show != PEOPLE_ALL)
                pairs_add(&fields, "show", shows[query->show]);
        pairs_add(&fields, name, value);
        return desk_url(desk, "people", url_build_form(arena, &fields));
}

/* ---- the list ---- */

static void
add(struct app *app, const char *prefix, const char *name, const char *value)
{
        pairs_add(&app->page, arena_printf(app->arena, "%s%s", prefix, name), value);
}

/* Adds a person; somebody who was deleted a moment ago is left out. */
static int
add_person(struct desk *desk, const struct people_place *place, size_t number)
{
        struct app *app = desk->app;
        const char *prefix = arena_printf(app->arena, "people/%zu/", number);
        const char *seen = text_beijing_time(app->arena, place->seen);
        struct pairs user, roles;

        if (state_read_user(app->state, place->openid, &user, &app->err) != 0) {
                err_clear(&app->err);
                return 0;
        }
        pairs_init(&roles, app->arena);
        role_list(&user, &roles);
        add(app, prefix, "openid", pairs_get_text(&user, "openid"));
        add(app, prefix, "nickname", display_name_get(&user));
        add(app, prefix, "headimgurl", own_picture_path(app->arena, &app->conf, &user));
        add(app, prefix, "link",
            desk_url(desk, "person", arena_printf(app->arena, "openid=%s", place->openid)));
        add(app, prefix, "seen", place->seen == 0 ? NULL : seen);
        add(app, prefix, "roles", pairs_join(&roles, "roles", ", "));
        add(app, prefix, "is_follower", admission_is_follower(&user) ? "1" : NULL);
        add(app, prefix, "is_waiting", pairs_get(&user, "waiting") != NULL ? "1" : NULL);
        add(app, prefix, "is_blocked", pairs_get(&user, "blocked") != NULL ? "1" : NULL);
        add(app, prefix, "is_owner", admission_is_owner(app, place->openid) ? "1" : NULL);
        return 1;
}

/* The choices of whom to show, with how many they are. */
static void
add_choices(struct desk *desk, const struct people_query *query, const struct people_found *found)
{
        struct app *app = desk->app;
        size_t count = 0;

        for (enum people_show i = 0; i < PEOPLE_SHOWS; i++) {
                const char *prefix = arena_printf(app->arena, "choices/%zu/", count);

                if (i == PEOPLE_WITH_ROLE && found->roles_count == 0)
                        continue;
                count++;
                add(app, prefix, "value", shows[i]);
                add(app, prefix, "text",
                    desk_word(
                        desk, arena_printf(app->arena, "owner.people.show_%s", shows[i]), NULL));
                add(app, prefix, "count", arena_printf(app->arena, "%zu", found->shown[i]));
                add(app, prefix, "is_chosen",
                    query->show == i && *query->role == '\0' ? "1" : NULL);
        }
        for (size_t i = 0; i < found->roles_count; i++) {
                const char *prefix = arena_printf(app->arena, "roles/%zu/", i);

                add(app, prefix, "value", arena_printf(app->arena, "role.%s", found->roles[i]));
                add(app, prefix, "text", found->roles[i]);
                add(app, prefix, "is_chosen",
                    strcmp(query->role, found->roles[i]) == 0 ? "1" : NULL);
        }
}

static void
add_pages(struct desk *desk, const struct people_query *query, const struct people_found *found)
{
        struct app *app = desk->app;

        if (found->count == 0)
                return;
        add(app, "", "first", arena_printf(app->arena, "%zu", found->first + 1));
        add(app, "", "last", arena_printf(app->arena, "%zu", found->first + found->count));
        if (found->first > 0)
                add(app, "", "earlier_url",
                    list_url(
                        desk, query, "before", people_format_place(app->arena, &found->places[0])));
        if (found->first + found->count < found->total)
                add(app, "", "later_url",
                    list_url(desk, query, "after",
                        people_format_place(app->arena, &found->places[found->count - 1])));
}

static int
show_list(struct desk *desk)
{
        struct app *app = desk->app;
        struct people_place places[2];
        struct people_query query;
        struct people_found *found = arena_alloc(app->arena, sizeof(*found));
        size_t number = 0;

        read_query(app, &query, places);
        if (people_find(app, &query, found) != 0)
                return -1;
        if (found->broken) {
                app_log(app, &app->err);
                add(app, "", "broken", arena_strdup(app->arena, app->err.text));
                err_clear(&app->err);
        }
        for (size_t i = 0; i < found->count; i++)
                number += (size_t)add_person(desk, &found->places[i], number);
        add(app, "", "has_people", number > 0 ? "1" : NULL);
        add(app, "", "q", query.text);
        add(app, "", "total", arena_printf(app->arena, "%zu", found->total));
        add(app, "", "all", arena_printf(app->arena, "%zu", found->shown[PEOPLE_ALL]));
        add(app, "", "waiting",
            found->shown[PEOPLE_WAITING] > 0 && query.show != PEOPLE_WAITING
                ? arena_printf(app->arena, "%zu", found->shown[PEOPLE_WAITING])
                : NULL);
        add(app, "", "waiting_url", desk_url(desk, "people", "show=waiting"));
        add(app, "", "csv_url", desk_url(desk, "people", "format=csv"));
        add(app, "", "owner_url", conf_program(app->arena, &app->conf, "owner.cgi"));
        add_choices(desk, &query, found);
        add_pages(desk, &query, found);
        return desk_answer_page(desk, "owner-people");
}

/* ---- all of them, as a file ---- */

/* The columns: members of the user's file. */
static const struct column {
        const char *name;
        bool is_time;
} columns[] = {{"openid", false}, {"unionid", false}, {"nickname", false}, {"display_name", false},
    {"country", false}, {"province", false}, {"city", false}, {"roles", false}, {"note", false},
    {"subscribed_since", true}, {"first_sign_in", true}, {"last_sign_in", true},
    {"last_seen", true}, {"waiting", true}, {"approved", true}, {"blocked", true}};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

struct sheet {
        struct app *app;
        struct buf rows;
        const struct cgi_out *out;
        struct err failed;
};

static bool
write_rows(struct sheet *sheet)
{
        bool written =
            cgi_write(sheet->out, "", 0, sheet->rows.data, sheet->rows.size, &sheet->failed) == 0;

        sheet->rows.size = 0;
        return written;
}

static bool
add_row(void *context, const struct pairs *user)
{
        struct sheet *sheet = context;

        for (size_t i = 0; i < COLUMNS; i++) {
                const char *name = columns[i].name;
                long long time = columns[i].is_time ? pairs_get_number(user, name, 0) : 0;
                const char *text = pairs_join(user, name, " ");

                if (columns[i].is_time)
                        text = time == 0 ? "" : text_beijing_time(user->arena, time);
                csv_add_cell(&sheet->rows, text, i + 1 < COLUMNS ? "," : "\r\n");
        }
        return sheet->rows.size < CHUNK || write_rows(sheet);
}

static int
write_export(void *context, const struct cgi_out *out, struct err *err)
{
        struct sheet *sheet = context;
        int result;

        sheet->out = out;
        buf_init(&sheet->rows, sheet->app->arena);
        buf_reserve(&sheet->rows, (size_t)2 * CHUNK);
        buf_add_text(&sheet->rows, CSV_MARK);
        for (size_t i = 0; i < COLUMNS; i++)
                csv_add_cell(&sheet->rows, columns[i].name, i + 1 < COLUMNS ? "," : "\r\n");
        result = state_each_user(sheet->app->state, add_row, sheet, err);
        if (sheet->failed.kind == ERR_NONE && write_rows(sheet))
                return result;
        return err_set_errno(err, ERR_SYSTEM, sheet->failed.number, "owner: the list of people");
}

static int
answer_export(struct app *app)
{
        struct sheet *sheet = arena_alloc(app->arena, sizeof(*sheet));
        struct cgi_stream *stream = arena_alloc(app->arena, sizeof(*stream));

        sheet->app = app;
        *stream = (struct cgi_stream){write_export, sheet};
        pairs_add(&app->response.headers, "Content-Disposition",
            arena_printf(app->arena, "attachment; filename=\"people-%.10s.csv\"",
                text_beijing_time(app->arena, app->now)));
        return app_answer_stream(app, 200, "text/csv; charset=utf-8", stream);
}

/* ---- the view ---- */

static int
show(struct desk *desk)
{
        return strcmp(given(desk->app, "format"), "csv") == 0 ? answer_export(desk->app)
                                                              : show_list(desk);
}

/* Lets in somebody who waits, from the list. */
static int
approve(struct desk *desk, enum desk_result *result)
{
        const char *openid = pairs_get_text(&desk->app->request.form, "openid");

        *result = DESK_DONE;
        desk->subject = openid;
        desk->back = desk_url(desk, "people", "show=waiting");
        return person_approve(desk->app, openid);
}

static const struct desk_action actions[] = {{"approve", approve}, {NULL, NULL}};

const struct desk_view view_people = {
    .name = "people", .in_menu = true, .show = show, .actions = actions};
