#include "signin/download.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "format/json.h"
#include "format/json_build.h"
#include "signin/own_picture.h"
#include "signin/person.h"
#include "signin/session.h"
#include "state/state.h"

/* Adds what may be shown of a session. */
static void
add_session(const struct person_session *one, const char *prefix, struct pairs *head)
{
        struct arena *arena = head->arena;

        pairs_add_number(head, arena_printf(arena, "%s/since", prefix), one->created);
        pairs_add_number(head, arena_printf(arena, "%s/until", prefix), one->expires);
        pairs_add(head, arena_printf(arena, "%s/scope", prefix), one->scope);
        pairs_add(head, arena_printf(arena, "%s/browser", prefix), one->browser);
        pairs_add(head, arena_printf(arena, "%s/address", prefix), one->address);
        if (one->used != 0)
                pairs_add_number(head, arena_printf(arena, "%s/used", prefix), one->used);
}

/* Returns the first members as JSON, without the brace at the end. */
static int
build_head(struct app *app, const struct session *session, char **text)
{
        struct person_session *sessions;
        struct pairs head;
        size_t count;

        pairs_init(&head, app->arena);
        pairs_add(&head, "site", app->conf.site_url);
        pairs_add_number(&head, "time", app->now);
        pairs_add(&head, "picture", own_picture_address(app->arena, &app->conf, &session->user));
        pairs_add_typed(&head, "sessions", "", PAIR_ARRAY);
        if (person_list_sessions(app, &session->user, &sessions, &count) != 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                add_session(&sessions[i], arena_printf(app->arena, "sessions/%zu", i), &head);
        if (json_build_tree(app->arena, &head, text, &app->err) != 0)
                return -1;
        (*text)[strlen(*text) - 1] = '\0';
        return 0;
}

/* Did the user send it? Somebody else's may have the openid as a text. */
static bool
is_of(struct app *app, const char *line, size_t size, const char *openid)
{
        struct arena *arena = arena_begin(app->arena);
        struct pairs fields;
        struct err ignored;
        bool is;

        pairs_init(&fields, arena);
        is = json_parse(arena, line, size, &fields, &ignored) == 0 &&
             strcmp(pairs_get_text(&fields, "FromUserName"), openid) == 0;
        arena_free(arena);
        return is;
}

static int
add_journal(struct app *app, const char *openid, struct buf *out)
{
        struct buf lines;
        const char *line, *end, *before = "";
        bool all;

        buf_init(&lines, app->arena);
        if (state_find_lines(app->state, openid, DOWNLOAD_LINES_MAX, &lines, &all, &app->err) != 0)
                return -1;
        for (line = lines.data; (end = strchr(line, '\n')) != NULL; line = end + 1)
                if (is_of(app, line, (size_t)(end - line), openid)) {
                        buf_add_text(out, before);
                        buf_add_byte(out, '\n');
                        buf_add(out, line, (size_t)(end - line));
                        before = ",";
                }
        buf_add_text(out,
            all ? "],\n\"journal_is_complete\":true}\n" : "],\n\"journal_is_complete\":false}\n");
        return 0;
}

int
download_answer(struct app *app, const struct session *session)
{
        char *head, *user;
        struct buf out;

        buf_init(&out, app->arena);
        if (session_check_power(app, session) != 0 || build_head(app, session, &head) != 0 ||
            state_export_user(app->state, session->openid, &user, &app->err) != 0)
                return -1;
        buf_add_text(&out, head);
        buf_add_text(&out, ",\n\"user\":");
        buf_add_text(&out, user);
        buf_add_text(&out, ",\n\"journal\":[");
        if (add_journal(app, session->openid, &out) != 0)
                return -1;
        pairs_add(
            &app->response.headers, "Content-Disposition", "attachment; filename=\"my-data.json\"");
        return app_answer_text(app, 200, "application/json", buf_finish(&out));
}
