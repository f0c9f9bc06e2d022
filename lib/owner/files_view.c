/* The JSON files of the site's owner: which are in force, and what is wrong with them; and the keys
 * of OpenID Connect. */
#include "base/arena.h"
#include "base/text.h"
#include "oidc/key_set.h"
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

/* ---- the keys of OpenID Connect ---- */

/* Adds a word with a moment in it. */
static void
add_moment(struct desk *desk, const char *prefix, const char *word, long long moment)
{
        struct arena *arena = desk->app->arena;
        struct pairs values;

        pairs_init(&values, arena);
        pairs_add(&values, "moment", text_beijing_time(arena, moment));
        add(desk, prefix, "text", desk_word(desk, word, &values));
}

/* The line of an algorithm: what there is, and which key can be made. */
static void
add_key(struct desk *desk, const struct key_set *set, enum key_algorithm algorithm)
{
        struct app *app = desk->app;
        const char *prefix = arena_printf(app->arena, "keys/%d/", (int)algorithm);
        const struct key_set_item *signs = key_set_signing(set, algorithm, app->now);
        const struct key_set_item *next = key_set_next(set, algorithm, app->now);

        add(desk, prefix, "name", key_algorithm_name(algorithm));
        if (signs == NULL)
                add(desk, prefix, "text", desk_word(desk, "owner.files.key_none", NULL));
        else if (next == NULL)
                add_moment(desk, prefix, "owner.files.key_signs", signs->begins);
        else
                add_moment(desk, prefix, "owner.files.key_next", next->begins);
        if (next == NULL)
                add(desk, prefix, signs == NULL ? "can_make" : "can_rotate", "1");
}

static int
add_keys(struct desk *desk)
{
        struct app *app = desk->app;
        struct key_set set = {.count = 0};

        if (*app->conf.oidc_clients == '\0')
                return 0;
        if (key_set_read(app->state, app->arena, app->now, &set, &app->err) != 0 &&
            err_accept(&app->err, ERR_NOT_FOUND) != 0)
                return -1;
        pairs_add(&app->page, "has_keys", "1");
        for (int i = 0; i < KEY_ALGORITHMS; i++)
                add_key(desk, &set, (enum key_algorithm)i);
        return 0;
}

static int
change_keys(struct desk *desk, enum key_change change, enum desk_result *result)
{
        struct app *app = desk->app;
        const char *name = pairs_get_text(&app->request.form, "algorithm");
        enum key_algorithm algorithm;
        struct key_set set;

        if (*app->conf.oidc_clients == '\0' || !key_algorithm_read(name, &algorithm))
                return err_set(&app->err, ERR_REQUEST, "owner: there is no such key to make");
        if (key_set_change(app->state, app->arena, change, algorithm, app->now, &set, &app->err) ==
            0) {
                desk->subject = key_algorithm_name(algorithm);
                return 0;
        }
        if (app->err.kind != ERR_EXISTS && app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        desk->flaw = desk_word(desk, "owner.files.key_there", NULL);
        *result = DESK_REFUSED;
        return 0;
}

static int
make_key(struct desk *desk, enum desk_result *result)
{
        return change_keys(desk, KEY_MAKE, result);
}

static int
rotate_key(struct desk *desk, enum desk_result *result)
{
        return change_keys(desk, KEY_ROTATE, result);
}

static const struct desk_action actions[] = {
    {"make_key", make_key}, {"rotate_key", rotate_key}, {NULL, NULL}};

static int
show(struct desk *desk)
{
        for (size_t i = 0; i < EDITABLE_FILES; i++)
                add_file(desk, i);
        if (add_keys(desk) != 0)
                return -1;
        return desk_answer_page(desk, "owner-files");
}

const struct desk_view view_files = {
    .name = "files", .in_menu = true, .show = show, .actions = actions};
