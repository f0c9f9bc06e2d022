#include "owner/pushes_show.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "owner/desk.h"
#include "owner/pushes_find.h"
#include "signin/display_name.h"
#include "state/state.h"
#include "web/app.h"

static const char event[] = "event.";

const char *
pushes_name_kind(const struct desk *desk, const char *kind)
{
        const char *word =
            desk_word(desk, arena_printf(desk->app->arena, "owner.kind.%s", kind), NULL);

        if (*word != '\0')
                return word;
        return text_starts_with(kind, event) ? kind + strlen(event) : kind;
}

void
pushes_add_line(struct desk *desk, const struct push_line *line, size_t number)
{
        struct app *app = desk->app;
        const char *prefix = arena_printf(app->arena, "pushes/%zu/", number);
        const struct {
                const char *name, *value;
        } values[] = {{"time", text_beijing_time(app->arena, line->time)},
            {"kind", pushes_name_kind(desk, line->kind)}, {"text", line->text},
            {"openid", line->openid},
            {"is_event", text_starts_with(line->kind, event) ? "1" : NULL}};
        struct pairs user;
        struct err ignored;

        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
                pairs_add(&app->page, arena_printf(app->arena, "%s%s", prefix, values[i].name),
                    values[i].value);
        if (state_read_user(app->state, line->openid, &user, &ignored) != 0)
                return;
        pairs_add(
            &app->page, arena_printf(app->arena, "%snickname", prefix), display_name_get(&user));
        pairs_add(&app->page, arena_printf(app->arena, "%slink", prefix),
            desk_url(desk, "person", arena_printf(app->arena, "openid=%s", line->openid)));
}
