/* What owners have changed. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/json.h"
#include "owner/views.h"
#include "state/state.h"
#include "web/app.h"

enum { LINES_MAX = 200 };

struct record {
        struct desk *desk;
        size_t count;
};

/* Returns what was done, in words; the name of an action of another version is shown as it is. */
static const char *
say(const struct desk *desk, const struct pairs *line)
{
        const char *name = arena_printf(desk->app->arena, "%s.%s", pairs_get_text(line, "view"),
            pairs_get_text(line, "action"));
        const char *word =
            desk_word(desk, arena_printf(desk->app->arena, "owner.done.%s", name), NULL);

        return *word == '\0' ? name : word;
}

/* A line that is broken, by hand or by a full disk, is left out. */
static bool
add_line(void *context, const char *text, size_t size)
{
        struct record *record = context;
        struct app *app = record->desk->app;
        struct pairs line;
        struct err err;

        pairs_init(&line, app->arena);
        if (json_parse(app->arena, text, size, &line, &err) == 0) {
                const char *prefix = arena_printf(app->arena, "lines/%zu", record->count++);
                const struct {
                        const char *name, *value;
                } values[] = {{"text", say(record->desk, &line)},
                    {"subject", pairs_get(&line, "subject")},
                    {"owner", pairs_get_text(&line, "owner")},
                    {"time", text_beijing_time(app->arena, pairs_get_number(&line, "time", 0))}};

                for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
                        pairs_add(&app->page,
                            arena_printf(app->arena, "%s/%s", prefix, values[i].name),
                            values[i].value);
        }
        return record->count < LINES_MAX;
}

static int
show(struct desk *desk)
{
        struct record record = {.desk = desk};

        if (state_read_audit(desk->app->state, add_line, &record, &desk->app->err) != 0)
                return -1;
        if (record.count > 0)
                pairs_add(&desk->app->page, "has_lines", "1");
        return desk_answer_page(desk, "owner-changes");
}

const struct desk_view view_changes = {.name = "changes", .in_menu = true, .show = show};
