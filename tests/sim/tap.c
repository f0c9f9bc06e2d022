#include "tap.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "call.h"
#include "docs.h"
#include "followers.h"
#include "later.h"
#include "menu.h"
#include "people.h"

/* Buttons that push nothing: WeChat sends what they stand for. */
static const char silent[] = "media_id view_limited article_id article_view_limited";
static const char opening[] = "view miniprogram";

static const char *
get(const struct pairs *menu, const char *path, const char *name)
{
        return pairs_get_text(menu, arena_printf(menu->arena, "%s/%s", path, name));
}

/* Returns the person of a form. */
static const struct sim_person *
person_of(const struct pairs *form)
{
        const char *id = pairs_get_text(form, "person");

        return *id == '\0' ? people_first() : people_find(id);
}

static int
read_tap(struct app *app, const char *place, struct pairs *push)
{
        const char *path, *type;
        struct pairs menu;

        if (menu_read(app, &menu) != 0)
                return -1;
        path = menu_find(&menu, place);
        type = path == NULL ? "" : get(&menu, path, "type");
        if (*type == '\0' || text_has_word(silent, type) || text_has_word(opening, type))
                return err_set(&app->err, ERR_REQUEST, "the menu has no such button");
        docs_set(push, "kind", strcmp(type, "click") == 0 ? "CLICK" : type);
        docs_set(push, "eventkey", get(&menu, path, "key"));
        return 0;
}

static int
read_scan(struct app *app, struct pairs *push)
{
        const struct sim_person *person = person_of(push);
        const char *scene = pairs_get_text(push, "eventkey");
        struct pairs follower;

        if (person == NULL)
                return 0;
        if (followers_read(app, person->openid, &follower) != 0)
                return -1;
        if (followers_follows(&follower))
                return 0;
        docs_set(push, "kind", "subscribe_scene");
        docs_set(push, "eventkey", arena_printf(app->arena, "qrscene_%s", scene));
        return 0;
}

int
tap_read(struct app *app, const struct pairs *form, struct pairs *push)
{
        const char *place = pairs_get_text(form, "tap");
        bool scanned = *pairs_get_text(form, "scanned") != '\0' &&
                       strcmp(pairs_get_text(form, "kind"), "SCAN") == 0;

        pairs_init(push, app->arena);
        for (size_t i = 0; i < form->count; i++)
                pairs_add(push, form->items[i].name, form->items[i].value);
        if (*place != '\0')
                return read_tap(app, place, push);
        return scanned ? read_scan(app, push) : 0;
}

int
tap_view(struct app *app)
{
        const struct sim_person *person = person_of(&app->request.query);
        const char *path, *type;
        struct pairs menu, form;

        if (menu_read(app, &menu) != 0)
                return -1;
        path = menu_find(&menu, pairs_get_text(&app->request.query, "tap"));
        type = path == NULL ? "" : get(&menu, path, "type");
        if (person == NULL || !text_has_word(opening, type))
                return err_set(&app->err, ERR_REQUEST, "the menu has no such button");
        pairs_init(&form, app->arena);
        pairs_add(&form, "mode", pairs_get(&app->request.query, "mode"));
        pairs_add(
            &form, "eventkey", get(&menu, path, strcmp(type, "view") == 0 ? "url" : "pagepath"));
        if (later_push(app, person->openid, strcmp(type, "view") == 0 ? "VIEW" : "view_miniprogram",
                &form) != 0)
                return -1;
        return app_answer_redirect(app, get(&menu, path, "url"));
}

/* ---- the page ---- */

/* Adds a button under prefix. */
static void
add_button(
    struct app *app, const struct pairs *menu, const char *path, const char *prefix, char *place)
{
        const char *type = get(menu, path, "type");
        bool opens = text_has_word(opening, type);
        bool pushes = *type != '\0' && !opens && !text_has_word(silent, type);

        pairs_add(&app->page, arena_printf(app->arena, "%s/name", prefix), get(menu, path, "name"));
        pairs_add(&app->page, arena_printf(app->arena, "%s/place", prefix), place);
        pairs_add(&app->page, arena_printf(app->arena, "%s/is_link", prefix), opens ? "1" : "");
        pairs_add(&app->page, arena_printf(app->arena, "%s/is_push", prefix), pushes ? "1" : "");
        pairs_add(&app->page, arena_printf(app->arena, "%s/is_other", prefix),
            opens || pushes ? "" : "1");
}

int
tap_add_menu(struct app *app)
{
        struct pairs menu;

        if (menu_read(app, &menu) != 0)
                return -1;
        for (size_t i = 0; i < call_elements(&menu, "button"); i++) {
                char *prefix = arena_printf(app->arena, "menu/%zu", i);
                char *path = arena_printf(app->arena, "button/%zu", i);
                char *list = arena_printf(app->arena, "%s/sub_button", path);
                size_t count = call_elements(&menu, list);

                add_button(app, &menu, path, prefix, arena_printf(app->arena, "%zu", i));
                pairs_add(&app->page, arena_printf(app->arena, "%s/is_list", prefix),
                    count > 0 ? "1" : "");
                for (size_t j = 0; j < count; j++)
                        add_button(app, &menu, arena_printf(app->arena, "%s/%zu", list, j),
                            arena_printf(app->arena, "%s/below/%zu", prefix, j),
                            arena_printf(app->arena, "%zu.%zu", i, j));
        }
        pairs_add(&app->page, "has_menu", menu.count > 0 ? "1" : "");
        return 0;
}
