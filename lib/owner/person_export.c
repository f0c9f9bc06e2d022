#include "owner/person_export.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "format/json_build.h"
#include "signin/person.h"
#include "state/state.h"
#include "web/app.h"

enum { DAY_SECONDS = 86400 };

struct copy {
        struct buf text;
        const char *word; /* the openid, as it stands in a line */
        size_t lines;
};

/* A line is JSON already. */
static bool
add_line(void *context, const char *line, size_t size)
{
        struct copy *copy = context;

        if (strstr(line, copy->word) == NULL)
                return true;
        buf_add_text(&copy->text, copy->lines++ == 0 ? "\n" : ",\n");
        buf_add(&copy->text, line, size);
        return true;
}

static int
add_pushes(struct app *app, struct copy *copy)
{
        for (long long i = app->conf.events_days; i >= 0; i--) {
                const char *time = text_beijing_time(app->arena, app->now - i * DAY_SECONDS);

                if (state_read_day(app->state, arena_printf(app->arena, "%.10s", time), add_line,
                        copy, &app->err) != 0)
                        return -1;
        }
        return 0;
}

/* The user's members and sessions; what signs somebody in is left out. */
static int
build_head(struct app *app, const struct pairs *user, char **text)
{
        struct person_session *sessions;
        struct pairs head;
        size_t count;

        pairs_init(&head, app->arena);
        for (size_t i = 0; i < user->count; i++)
                if (strcmp(user->items[i].name, "generation") != 0 &&
                    strcmp(user->items[i].name, "sessions") != 0)
                        pairs_add_typed(&head,
                            arena_printf(app->arena, "user/%s", user->items[i].name),
                            user->items[i].value, user->items[i].type);
        pairs_add_typed(&head, "sessions", "", PAIR_ARRAY);
        if (person_list_sessions(app, user, &sessions, &count) != 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                const char *prefix = arena_printf(app->arena, "sessions/%zu/", i);

                pairs_add(
                    &head, arena_printf(app->arena, "%sbrowser", prefix), sessions[i].browser);
                pairs_add(
                    &head, arena_printf(app->arena, "%saddress", prefix), sessions[i].address);
                pairs_add_number(
                    &head, arena_printf(app->arena, "%ssince", prefix), sessions[i].created);
                pairs_add_number(
                    &head, arena_printf(app->arena, "%suntil", prefix), sessions[i].expires);
        }
        return json_build_tree(app->arena, &head, text, &app->err);
}

int
person_export(struct app *app, const struct pairs *user)
{
        const char *openid = pairs_get_text(user, "openid");
        struct copy copy = {.word = arena_printf(app->arena, "\"%s\"", openid)};
        char *head;

        if (build_head(app, user, &head) != 0)
                return -1;
        buf_init(&copy.text, app->arena);
        buf_add(&copy.text, head, strlen(head) - 1);
        buf_add_text(&copy.text, ",\"pushes\":[");
        if (add_pushes(app, &copy) != 0)
                return -1;
        buf_add_text(&copy.text, "]}\n");
        pairs_add(&app->response.headers, "Content-Disposition",
            arena_printf(app->arena, "attachment; filename=\"%s.json\"", openid));
        return app_answer_text(app, 200, "application/json", buf_finish(&copy.text));
}
