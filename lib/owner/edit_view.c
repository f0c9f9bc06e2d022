/* One JSON file of the site's owner: its text, its mistakes, and another version of it. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/owner.h"
#include "host/log.h"
#include "owner/checked.h"
#include "owner/editable.h"
#include "owner/versions.h"
#include "owner/views.h"
#include "web/app.h"

enum { ROWS_LEAST = 10, ROWS_MOST = 30 };

struct edit {
        struct desk *desk;
        const struct editable *file;
        struct version now; /* the one in force */
        const char *unread; /* why it cannot be shown; NULL: it can */
        const char *text;   /* what the form shows */
        const char *digest; /* of the version that this is to replace */
        struct checked checked;
        bool is_changed; /* another owner has saved another version: it is shown as well */
};

static void
add(const struct edit *edit, const char *name, const char *value)
{
        pairs_add(&edit->desk->app->page, name, value);
}

static const char *
word(const struct edit *edit, const char *name)
{
        struct pairs values;

        pairs_init(&values, edit->desk->app->arena);
        pairs_add(&values, "path", editable_path(edit->file, &edit->desk->app->conf));
        pairs_add_number(&values, "most", EDITABLE_MAX / 1024);
        return desk_word(edit->desk, name, &values);
}

/* ---- the text ---- */

/* Finds the file that the address names, and reads the version in force. */
static int
open_file(struct desk *desk, struct edit *edit)
{
        struct app *app = desk->app;

        *edit = (struct edit){
            .desk = desk, .file = editable_find(pairs_get_text(&app->request.query, "file"))};
        if (edit->file == NULL)
                return err_set(&app->err, ERR_NOT_FOUND, "owner: there is no such file");
        if (versions_read(app, edit->file, VERSION_NOW, &edit->now) != 0)
                edit->unread = arena_strdup(app->arena, app->err.text);
        else if (edit->now.size > EDITABLE_MAX)
                edit->unread = word(edit, "owner.edit.large");
        err_clear(&app->err);
        edit->text = edit->now.exists ? edit->now.text : edit->file->begin;
        edit->digest = edit->now.digest;
        return 0;
}

static void
check(struct edit *edit)
{
        checked_read(edit->desk, edit->file, edit->text, strlen(edit->text), &edit->checked);
}

/* Takes the text of the form, and the version that it was made from. */
static int
take_form(struct edit *edit)
{
        struct app *app = edit->desk->app;
        const char *text = pairs_get_once(&app->request.form, "text");
        const char *digest = pairs_get_once(&app->request.form, "version");
        size_t size;
        char *copy;

        if (digest == NULL ||
            (*digest != '\0' && !text_is_id(digest, DIGEST_HEX_SIZE, DIGEST_HEX_SIZE)))
                return err_set(&app->err, ERR_REQUEST, "owner: the form has no version");
        edit->digest = digest;
        if (text == NULL)
                return 0;
        copy = arena_strdup(app->arena, text);
        size = strlen(copy);
        if (owner_read_text(edit->file->name, copy, &size, &app->err) != 0)
                return -1;
        edit->text = copy;
        return 0;
}

/* ---- the page ---- */

static void
add_before(struct edit *edit)
{
        struct app *app = edit->desk->app;
        struct version before;

        if (versions_read(app, edit->file, VERSION_BEFORE, &before) != 0 || !before.exists ||
            before.size > EDITABLE_MAX) {
                err_clear(&app->err);
                return;
        }
        add(edit, "before", before.text);
        add(edit, "before_changed", text_beijing_time(app->arena, before.changed));
}

/* What else is to be said about the file in force. */
static void
add_state(const struct edit *edit)
{
        struct app *app = edit->desk->app;
        const char *path = editable_path(edit->file, &app->conf);

        add(edit, "title", desk_word(edit->desk, edit->file->title, NULL));
        add(edit, "what", desk_word(edit->desk, edit->file->what, NULL));
        add(edit, "name", edit->file->name);
        add(edit, "files_url", desk_url(edit->desk, "files", ""));
        add(edit, "edit_url",
            desk_url(edit->desk, "edit", arena_printf(app->arena, "file=%s", edit->file->name)));
        if (*path == '\0')
                add(edit, "is_unset", "1");
        else if (edit->unread != NULL)
                add(edit, "unread", edit->unread);
        else
                add(edit, "can_edit", "1");
        if (!edit->now.exists && edit->unread == NULL && *path != '\0')
                add(edit, "is_missing", "1");
        add(edit, "path", path);
        if (edit->now.exists)
                add(edit, "changed", text_beijing_time(app->arena, edit->now.changed));
        if (strcmp(edit->file->name, "menu") == 0)
                add(edit, "menu_url", desk_url(edit->desk, "menu", ""));
}

/* How many lines the form shows of the text. */
static int
rows_of(const char *text)
{
        int rows = 1;

        while ((text = strchr(text, '\n')) != NULL && rows < ROWS_MOST) {
                rows++;
                text++;
        }
        return rows < ROWS_LEAST ? ROWS_LEAST : rows;
}

static int
answer(struct edit *edit)
{
        struct app *app = edit->desk->app;

        add_state(edit);
        if (edit->unread != NULL || *editable_path(edit->file, &app->conf) == '\0')
                return desk_answer_page(edit->desk, "owner-edit");
        add(edit, "text", edit->text);
        pairs_add_number(&app->page, "rows", rows_of(edit->text));
        add(edit, "version", edit->digest);
        if (edit->is_changed)
                add(edit, "other", edit->now.text);
        if (edit->checked.file.count > 0)
                add(edit, "has_mistakes", "1");
        checked_show(edit->desk, &edit->checked, "", JSON_MISTAKES_MAX);
        add_before(edit);
        return desk_answer_page(edit->desk, "owner-edit");
}

static int
show(struct desk *desk)
{
        struct edit edit;

        if (open_file(desk, &edit) != 0)
                return -1;
        /* What is shown to begin with is no mistake of anybody's. */
        if (edit.now.exists)
                check(&edit);
        return answer(&edit);
}

/* ---- changes ---- */

/* Answers with the page, the text as it is in the form, and why nothing was saved. */
static int
refuse(struct edit *edit, const char *name, enum desk_result *result)
{
        edit->desk->flaw = word(edit, name);
        *result = DESK_ANSWERED;
        return answer(edit);
}

/* Is there something that keeps the text from being saved? */
static const char *
find_flaw(const struct edit *edit)
{
        if (*editable_path(edit->file, &edit->desk->app->conf) == '\0')
                return "owner.edit.unset";
        if (strlen(edit->text) > EDITABLE_MAX)
                return "owner.edit.large";
        return edit->checked.file.count > 0 ? "owner.edit.flawed" : NULL;
}

static int
act_check(struct desk *desk, enum desk_result *result)
{
        struct edit edit;
        const char *flaw;

        if (open_file(desk, &edit) != 0 || take_form(&edit) != 0)
                return -1;
        check(&edit);
        flaw = find_flaw(&edit);
        if (flaw != NULL)
                return refuse(&edit, flaw, result);
        add(&edit, "is_checked", "1");
        *result = DESK_ANSWERED;
        return answer(&edit);
}

/* Somebody else's version is shown beside this one, which may take its place all the same. */
static int
refuse_changed(struct edit *edit, enum desk_result *result)
{
        edit->is_changed = true;
        edit->digest = edit->now.digest;
        return refuse(edit, "owner.edit.changed", result);
}

static int
save(struct edit *edit, enum desk_result *result)
{
        struct desk *desk = edit->desk;
        const char *flaw, *query = arena_printf(desk->app->arena, "file=%s", edit->file->name);

        check(edit);
        flaw = find_flaw(edit);
        if (flaw != NULL)
                return refuse(edit, flaw, result);
        switch (versions_save(desk->app, edit->file, edit->digest, edit->text)) {
        case VERSION_SAVED:
                desk->subject = edit->file->name;
                desk->back = desk_url(desk, "edit", query);
                pairs_add_number(&desk->details, "entries", (long long)edit->checked.entries);
                return 0;
        case VERSION_SAME:
                *result = DESK_ANSWERED;
                query = arena_printf(desk->app->arena, "%s&done=edit.same", query);
                return app_answer_redirect(desk->app, desk_url(desk, "edit", query));
        case VERSION_CHANGED:
                return refuse_changed(edit, result);
        case VERSION_FORBIDDEN:
                return refuse(edit, "owner.edit.forbidden", result);
        case VERSION_FAILED:
        default:
                return refuse(edit, "owner.edit.failed", result);
        }
}

static int
act_save(struct desk *desk, enum desk_result *result)
{
        struct edit edit;

        return open_file(desk, &edit) != 0 || take_form(&edit) != 0 ? -1 : save(&edit, result);
}

/* The version before is checked and saved as any other: the one in force is kept in its place. */
static int
act_restore(struct desk *desk, enum desk_result *result)
{
        struct version before;
        struct edit edit;

        if (open_file(desk, &edit) != 0 || take_form(&edit) != 0 ||
            versions_read(desk->app, edit.file, VERSION_BEFORE, &before) != 0)
                return -1;
        if (!before.exists)
                return refuse(&edit, "owner.edit.no_before", result);
        edit.text = before.text;
        return save(&edit, result);
}

static const struct desk_action actions[] = {
    {"check", act_check}, {"save", act_save}, {"restore", act_restore}, {NULL, NULL}};

const struct desk_view view_edit = {.name = "edit", .show = show, .actions = actions};
