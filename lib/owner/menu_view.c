/* The account's menu: the one at WeChat beside that of the owner's file, and putting one in place
 * of the other. */
#include <string.h>

#include "account/call.h"
#include "base/arena.h"
#include "format/json.h"
#include "format/json_build.h"
#include "owner/checked.h"
#include "owner/editable.h"
#include "owner/refusal.h"
#include "owner/versions.h"
#include "owner/views.h"
#include "web/app.h"
#include "wechat/menu.h"

static const int no_menu = 46003;

struct menus {
        struct desk *desk;
        struct pairs now;       /* at WeChat; none: there is no menu */
        const char *refused;    /* why that could not be read; NULL: it could */
        struct version version; /* of the file */
        struct checked checked;
        bool is_good; /* the file is there, and has no mistake */
};

/* ---- what there is ---- */

/* Reads the menu at WeChat. */
static int
read_now(struct menus *menus)
{
        struct app *app = menus->desk->app;
        struct account_request request = {.path = "/cgi-bin/menu/get"};
        struct account_answer answer;
        char *json;

        pairs_init(&menus->now, app->arena);
        if (account_call(app, &request, &answer) == 0) {
                if (menu_take(app->arena, answer.body, answer.size, &json, &app->err) == 0 &&
                    json_parse_tree(app->arena, json, strlen(json), &menus->now, &app->err) == 0)
                        return 0;
        } else if (app->err.errcode == no_menu) {
                err_clear(&app->err);
                return 0;
        }
        menus->refused = refusal_say(menus->desk);
        return 0;
}

/* Reads the owner's file. */
static void
read_file(struct menus *menus)
{
        struct app *app = menus->desk->app;
        const struct editable *file = editable_find("menu");

        if (versions_read(app, file, VERSION_NOW, &menus->version) != 0) {
                err_clear(&app->err);
                menus->version.exists = false;
        }
        if (!menus->version.exists)
                return;
        checked_read(menus->desk, file, menus->version.text, menus->version.size, &menus->checked);
        menus->is_good = menus->checked.file.count == 0;
}

/* Have both the same members, in whatever order? */
static bool
are_equal(const struct pairs *one, const struct pairs *other)
{
        for (size_t i = 0; i < one->count; i++)
                if (strcmp(pairs_get_text(other, one->items[i].name), one->items[i].value) != 0)
                        return false;
        return true;
}

/* ---- the page ---- */

/* What a tap on the button does. */
static const char *
tap_of(struct arena *arena, const struct pairs *menu, const char *path)
{
        static const char *const members[] = {
            "key", "url", "media_id", "article_id", "appid", "pagepath"};
        const char *text = pairs_get_text(menu, arena_printf(arena, "%s/type", path));

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
                const char *value =
                    pairs_get_text(menu, arena_printf(arena, "%s/%s", path, members[i]));

                if (*value != '\0')
                        text =
                            arena_printf(arena, "%s%s%s", text, *text == '\0' ? "" : " · ", value);
        }
        return text;
}

/* Adds the buttons of the array at path as PREFIX/N/, and those above each as its above/M/. Returns
 * how many there are. */
static int
add_buttons(struct app *app, const struct pairs *menu, const char *path, const char *prefix)
{
        struct arena *arena = app->arena;

        for (int i = 0;; i++) {
                const char *button = arena_printf(arena, "%s/%d", path, i);
                const char *name = pairs_get(menu, arena_printf(arena, "%s/name", button));
                const char *item = arena_printf(arena, "%s/%d/", prefix, i);

                if (name == NULL)
                        return i;
                pairs_add(&app->page, arena_printf(arena, "%sname", item), name);
                pairs_add(
                    &app->page, arena_printf(arena, "%stap", item), tap_of(arena, menu, button));
                if (add_buttons(app, menu, arena_printf(arena, "%s/sub_button", button),
                        arena_printf(arena, "%sabove", item)) > 0)
                        pairs_add(&app->page, arena_printf(arena, "%shas_above", item), "1");
        }
}

static void
add_file(struct menus *menus)
{
        struct app *app = menus->desk->app;

        pairs_add(&app->page, "edit_url", desk_url(menus->desk, "edit", "file=menu"));
        pairs_add(&app->page, "path", editable_path(editable_find("menu"), &app->conf));
        if (!menus->version.exists) {
                pairs_add(&app->page, "no_file", "1");
                return;
        }
        if (!menus->is_good) {
                pairs_add_number(&app->page, "count", (long long)menus->checked.file.count);
                return;
        }
        (void)add_buttons(app, &menus->checked.file.fields, "button", "file");
        pairs_add(&app->page, "version", menus->version.digest);
}

/* step: "" for both menus, "publish" or "delete" for the question before that is done. */
static int
answer(struct menus *menus, const char *step)
{
        struct desk *desk = menus->desk;
        struct app *app = desk->app;
        bool has_now = menus->now.count > 0;

        add_file(menus);
        (void)add_buttons(app, &menus->now, "button", "now");
        pairs_add(&app->page, "refused", menus->refused);
        if (has_now)
                pairs_add(&app->page, "has_now", "1");
        else if (menus->refused == NULL)
                pairs_add(&app->page, "has_none", "1");
        if (has_now && menus->is_good && are_equal(&menus->now, &menus->checked.file.fields) &&
            are_equal(&menus->checked.file.fields, &menus->now))
                pairs_add(&app->page, "is_same", "1");
        pairs_add(&app->page, "publish_url", desk_url(desk, "menu", "step=publish"));
        pairs_add(&app->page, "delete_url", desk_url(desk, "menu", "step=delete"));
        if (strcmp(step, "publish") == 0 && menus->is_good)
                pairs_add(&app->page, "asks_publish", "1");
        else if (strcmp(step, "delete") == 0 && has_now)
                pairs_add(&app->page, "asks_delete", "1");
        else
                pairs_add(&app->page, "is_view", "1");
        return desk_answer_page(desk, "owner-menu");
}

static int
show(struct desk *desk)
{
        struct menus menus = {.desk = desk};

        if (read_now(&menus) != 0)
                return -1;
        read_file(&menus);
        return answer(&menus, pairs_get_text(&desk->app->request.query, "step"));
}

/* ---- changes ---- */

static int
refuse(struct desk *desk, const char *flaw, enum desk_result *result)
{
        desk->flaw = flaw;
        *result = DESK_REFUSED;
        return 0;
}

/* What was shown before is published, and nothing else. */
static int
act_publish(struct desk *desk, enum desk_result *result)
{
        struct app *app = desk->app;
        struct account_request request = {.path = "/cgi-bin/menu/create"};
        struct account_answer received;
        struct menus menus = {.desk = desk};
        char *json;

        read_file(&menus);
        if (!menus.is_good ||
            strcmp(menus.version.digest, pairs_get_text(&app->request.form, "version")) != 0)
                return refuse(desk, desk_word(desk, "owner.menu.changed", NULL), result);
        if (json_build_tree(app->arena, &menus.checked.file.fields, &json, &app->err) != 0)
                return -1;
        request.json = json;
        if (account_call(app, &request, &received) != 0)
                return refuse(desk, refusal_say(desk), result);
        desk->subject = "menu";
        pairs_add_number(&desk->details, "buttons", (long long)menus.checked.entries);
        return 0;
}

static int
act_delete(struct desk *desk, enum desk_result *result)
{
        struct account_request request = {.path = "/cgi-bin/menu/delete"};
        struct account_answer received;

        if (account_call(desk->app, &request, &received) != 0)
                return refuse(desk, refusal_say(desk), result);
        desk->subject = "menu";
        return 0;
}

static const struct desk_action actions[] = {
    {"publish", act_publish}, {"delete", act_delete}, {NULL, NULL}};

const struct desk_view view_menu = {
    .name = "menu", .in_menu = true, .show = show, .actions = actions};
