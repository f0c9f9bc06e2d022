/* The JSON files of the site's owner: which are in force, and what is wrong with them. */
#include "base/arena.h"
#include "base/text.h"
#include "owner/checked.h"
#include "owner/editable.h"
#include "owner/versions.h"
#include "owner/views.h"
#include "web/app.h"

enum { SHOWN_MISTAKES = 3 };

static void
add(struct desk *desk, const char *prefix, const char *name, const char *value)
{
        pairs_add(&desk->app->page, arena_printf(desk->app->arena, "%s%s", prefix, name), value);
}

/* The lines of a file that is there. */
static void
add_content(
    struct desk *desk, const char *prefix, const struct editable *file, const struct version *now)
{
        struct app *app = desk->app;
        struct checked checked;

        checked_read(desk, file, now->text, now->size, &checked);
        add(desk, prefix, "changed", text_beijing_time(app->arena, now->changed));
        if (checked.file.count == 0) {
                add(desk, prefix, "entries", arena_printf(app->arena, "%zu", checked.entries));
                return;
        }
        add(desk, prefix, "count", arena_printf(app->arena, "%zu", checked.file.count));
        checked_show(desk, &checked, prefix, SHOWN_MISTAKES);
}

static void
add_file(struct desk *desk, size_t i)
{
        struct app *app = desk->app;
        const struct editable *file = &editables[i];
        const char *prefix = arena_printf(app->arena, "files/%zu/", i);
        const char *path = editable_path(file, &app->conf);
        struct version now;

        add(desk, prefix, "title", desk_word(desk, file->title, NULL));
        add(desk, prefix, "link",
            desk_url(desk, "edit", arena_printf(app->arena, "file=%s", file->name)));
        if (*path == '\0') {
                add(desk, prefix, "is_unset", "1");
                return;
        }
        add(desk, prefix, "path", path);
        if (versions_read(app, file, VERSION_NOW, &now) != 0) {
                add(desk, prefix, "unread", arena_strdup(app->arena, app->err.text));
                err_clear(&app->err);
                return;
        }
        if (now.exists)
                add_content(desk, prefix, file, &now);
        else
                add(desk, prefix, "is_missing", "1");
}

static int
show(struct desk *desk)
{
        for (size_t i = 0; i < EDITABLE_FILES; i++)
                add_file(desk, i);
        return desk_answer_page(desk, "owner-files");
}

const struct desk_view view_files = {.name = "files", .in_menu = true, .show = show};
