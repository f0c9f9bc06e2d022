#include "menu.h"

#include <stdbool.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "call.h"
#include "docs.h"

enum { BUTTONS_MAX = 3, SUB_BUTTONS_MAX = 5, KEY_MAX = 128, URL_MAX = 1024 };

/* What differs between the buttons in the bar and those below them: the errcodes. */
struct level {
        size_t name_max; /* bytes */
        int type, name, key, url, domain;
};

static const struct level bar = {16, 40017, 40018, 40019, 40020, 40055};
static const struct level below = {60, 40024, 40025, 40026, 40027, 40054};

/* What each type of button must have besides its name. */
static const struct {
        const char *type;
        const char *members; /* separated by blanks */
} types[] = {{"click", "key"}, {"view", "url"}, {"scancode_push", "key"},
    {"scancode_waitmsg", "key"}, {"pic_sysphoto", "key"}, {"pic_photo_or_album", "key"},
    {"pic_weixin", "key"}, {"location_select", "key"}, {"miniprogram", "url appid pagepath"},
    {"media_id", "media_id"}, {"view_limited", "media_id"}, {"article_id", "article_id"},
    {"article_view_limited", "article_id"}};

static const char *
get(const struct pairs *menu, const char *path, const char *name)
{
        return pairs_get_text(menu, arena_printf(menu->arena, "%s/%s", path, name));
}

static bool
is_web(const char *url)
{
        return text_starts_with(url, "http://") || text_starts_with(url, "https://");
}

/* Checks one member of a button. Returns 0 or an errcode. */
static int
check_member(const char *name, const char *value, const struct level *level)
{
        size_t size = strlen(value);

        if (strcmp(name, "key") == 0)
                return size < 1 || size > KEY_MAX ? level->key : 0;
        if (strcmp(name, "url") == 0)
                return size < 1 || size > URL_MAX ? level->url : is_web(value) ? 0 : level->domain;
        if (strcmp(name, "media_id") == 0)
                return size < 1 ? 40007 : 0;
        return size < 1 ? level->type : 0;
}

static int
check_name(const struct pairs *menu, const char *path, const struct level *level)
{
        size_t size = strlen(get(menu, path, "name"));

        return size < 1 || size > level->name_max ? level->name : 0;
}

/* Checks a button without others below it. Returns 0 or an errcode. */
static int
check_button(const struct pairs *menu, const char *path, const struct level *level)
{
        static const char *const members[] = {
            "key", "url", "media_id", "article_id", "appid", "pagepath"};
        const char *type = get(menu, path, "type"), *needed = NULL;
        int wrong = check_name(menu, path, level);

        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
                if (strcmp(types[i].type, type) == 0)
                        needed = types[i].members;
        if (wrong == 0 && needed == NULL)
                wrong = level->type;
        for (size_t i = 0; wrong == 0 && i < sizeof(members) / sizeof(members[0]); i++)
                if (text_has_word(needed, members[i]))
                        wrong = check_member(members[i], get(menu, path, members[i]), level);
        return wrong;
}

static int
check_menu(const struct pairs *menu)
{
        size_t count = call_elements(menu, "button");
        int wrong = count < 1 || count > BUTTONS_MAX ? 40016 : 0;

        for (size_t i = 0; wrong == 0 && i < count; i++) {
                const char *path = arena_printf(menu->arena, "button/%zu", i);
                const char *list = arena_printf(menu->arena, "%s/sub_button", path);
                size_t below_it = call_elements(menu, list);

                if (below_it > SUB_BUTTONS_MAX)
                        return 40023;
                wrong =
                    below_it == 0 ? check_button(menu, path, &bar) : check_name(menu, path, &bar);
                for (size_t j = 0; wrong == 0 && j < below_it; j++)
                        wrong = check_button(
                            menu, arena_printf(menu->arena, "%s/%zu", list, j), &below);
        }
        return wrong;
}

int
menu_create(struct call *call)
{
        int wrong = call_has_escapes(call) ? 40033 : check_menu(&call->body);
        struct pairs menu;

        if (wrong != 0)
                return wrong;
        pairs_init(&menu, call->app->arena);
        docs_copy(&call->body, "button", &menu, "button");
        return docs_write(call->app, "menu", &menu);
}

int
menu_read(struct app *app, struct pairs *menu)
{
        return docs_read(app, "menu", menu);
}

int
menu_get(struct call *call)
{
        struct pairs menu;

        if (menu_read(call->app, &menu) != 0)
                return -1;
        if (menu.count == 0)
                return 46003;
        docs_copy(&menu, "button", &call->answer, "menu/button");
        for (size_t i = 0; i < call_elements(&menu, "button"); i++) {
                char *list = arena_printf(call->app->arena, "button/%zu/sub_button", i);

                if (call_elements(&menu, list) == 0)
                        pairs_add_typed(&call->answer,
                            arena_printf(call->app->arena, "menu/%s", list), "", PAIR_ARRAY);
        }
        return 0;
}

int
menu_delete(struct call *call)
{
        struct pairs nothing;

        pairs_init(&nothing, call->app->arena);
        return docs_write(call->app, "menu", &nothing);
}

/* Copies the buttons, but each list of buttons below one as sub_button/list. */
static void
add_current(struct call *call, const struct pairs *menu)
{
        for (size_t i = 0; i < menu->count; i++) {
                const struct pair *pair = &menu->items[i];
                const char *list = strstr(pair->name, "/sub_button");
                const char *path =
                    list == NULL
                        ? pair->name
                        : arena_printf(menu->arena, "%.*s/sub_button/list%s",
                              (int)(list - pair->name), pair->name, list + strlen("/sub_button"));

                pairs_add_typed(&call->answer, arena_printf(menu->arena, "selfmenu_info/%s", path),
                    pair->value, pair->type);
        }
}

int
menu_current(struct call *call)
{
        struct pairs menu;

        if (menu_read(call->app, &menu) != 0)
                return -1;
        pairs_add_number(&call->answer, "is_menu_open", menu.count > 0 ? 1 : 0);
        add_current(call, &menu);
        return 0;
}

const char *
menu_find(const struct pairs *menu, const char *place)
{
        const char *dot = strchr(place, '.');
        const char *path = dot == NULL ? arena_printf(menu->arena, "button/%s", place)
                                       : arena_printf(menu->arena, "button/%.*s/sub_button/%s",
                                             (int)(dot - place), place, dot + 1);

        return *get(menu, path, "type") == '\0' ? NULL : path;
}
