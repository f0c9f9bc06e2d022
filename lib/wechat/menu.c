#include "wechat/menu.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hint.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/json.h"
#include "format/json_build.h"
#include "format/json_file.h"

/* The members of a button. */
static const char *const names[] = {
    "type", "name", "key", "url", "media_id", "article_id", "appid", "pagepath", "sub_button"};

/* Those that are texts, whatever the kind of the button. most: bytes; 0: none is documented. */
static const struct {
        const char *name;
        size_t most;
} texts[] = {{"key", MENU_KEY_MAX}, {"url", MENU_URL_MAX}, {"media_id", 0}, {"article_id", 0},
    {"appid", 0}, {"pagepath", 0}};

static const char *const types[] = {"click", "view", "scancode_push", "scancode_waitmsg",
    "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select", "media_id", "article_id",
    "article_view_limited", "miniprogram"};

enum {
        NAME_COUNT = sizeof(names) / sizeof(names[0]),
        TEXT_COUNT = sizeof(texts) / sizeof(texts[0]),
        TYPE_COUNT = sizeof(types) / sizeof(types[0])
};

static const char *
below(const struct json_file *file, const char *path, const char *name)
{
        return arena_printf(file->arena, "%s/%s", path, name);
}

/* ---- a button ---- */

static bool
is_name(const char *name)
{
        for (size_t i = 0; i < NAME_COUNT; i++)
                if (strcmp(names[i], name) == 0)
                        return true;
        return false;
}

static void
check_names(struct json_file *file, const char *path)
{
        const char *name, *meant;

        for (size_t at = 0; (name = json_file_next(file, path, &at)) != NULL;) {
                if (is_name(name))
                        continue;
                meant = hint_find(name, names, NAME_COUNT);
                if (meant == NULL)
                        json_file_add(file, below(file, path, name),
                            "a button has no \"%.40s\": remove it",
                            "按钮没有 \"%.40s\" 这一项：请去掉", name);
                else
                        json_file_add(file, below(file, path, name),
                            "a button has no \"%.40s\": did you mean %s?",
                            "按钮没有 \"%.40s\" 这一项：是不是 %s？", name, meant);
        }
}

static void
check_length(struct json_file *file, const char *path, const char *value, size_t most)
{
        size_t size = strlen(value);

        if (size > most)
                json_file_add(file, path,
                    "%s is %zu bytes, %zu at most: shorten it (a Chinese character takes 3)",
                    "%s 有 %zu 个字节，最多 %zu 个：请缩短（一个汉字占 3 个）",
                    strrchr(path, '/') + 1, size, most);
}

static void
check_name(struct json_file *file, const char *path, size_t most)
{
        const char *at = below(file, path, "name"), *name = json_file_text(file, at);

        if (!json_file_has(file, at))
                json_file_add(
                    file, path, "the button has no name: add one", "按钮没有 name：请加上");
        if (name != NULL)
                check_length(file, at, name, most);
}

static void
check_texts(struct json_file *file, const char *path)
{
        for (size_t i = 0; i < TEXT_COUNT; i++) {
                const char *at = below(file, path, texts[i].name);
                const char *value = json_file_text(file, at);

                if (value == NULL)
                        continue;
                if (texts[i].most > 0)
                        check_length(file, at, value, texts[i].most);
                if (strcmp(texts[i].name, "url") == 0 && !text_starts_with(value, "http://") &&
                    !text_starts_with(value, "https://"))
                        json_file_add(file, at, "url must begin with https:// or http://",
                            "url 必须以 https:// 或 http:// 开头");
        }
}

static void
need(struct json_file *file, const char *path, const char *type, const char *name)
{
        if (!json_file_has(file, below(file, path, name)))
                json_file_add(file, path, "a button of the type %s needs \"%s\": add it",
                    "%s 类型的按钮要有 \"%s\"：请加上", type, name);
}

/* Most kinds need the member "key". */
static void
check_needed(struct json_file *file, const char *path, const char *type)
{
        if (strcmp(type, "miniprogram") == 0) {
                need(file, path, type, "url");
                need(file, path, type, "appid");
                need(file, path, type, "pagepath");
        } else {
                need(file, path, type,
                    strcmp(type, "view") == 0            ? "url"
                    : strcmp(type, "media_id") == 0      ? "media_id"
                    : text_starts_with(type, "article_") ? "article_id"
                                                         : "key");
        }
}

static void
refuse_type(struct json_file *file, const char *path, const char *type)
{
        const char *meant = strcmp(type, "view_limited") == 0 ? "article_view_limited"
                                                              : hint_find(type, types, TYPE_COUNT);

        if (meant == NULL)
                json_file_add(file, path,
                    "there is no type \"%.40s\": click and view are the usual ones",
                    "没有 \"%.40s\" 这种 type：常用的是 click 和 view", type);
        else
                json_file_add(file, path, "there is no type \"%.40s\": did you mean %s?",
                    "没有 \"%.40s\" 这种 type：是不是 %s？", type, meant);
}

static void
check_type(struct json_file *file, const char *path)
{
        const char *at = below(file, path, "type"), *type = json_file_text(file, at);

        if (!json_file_has(file, at))
                json_file_add(
                    file, path, "the button has no type: add one", "按钮没有 type：请加上");
        if (type == NULL)
                return;
        for (size_t i = 0; i < TYPE_COUNT; i++)
                if (strcmp(types[i], type) == 0) {
                        check_needed(file, path, type);
                        return;
                }
        refuse_type(file, at, type);
}

/* Checks the button at path, whose name has at most so many bytes, but not what a tap does. Returns
 * false if it is no button. */
static bool
check_button(struct json_file *file, const char *path, size_t most)
{
        if (!json_file_begins(file, path, '{')) {
                json_file_add(
                    file, path, "a button, { … }, must begin here", "这里应该是一个按钮 { … }");
                return false;
        }
        check_names(file, path);
        check_name(file, path, most);
        check_texts(file, path);
        return true;
}

/* ---- the menu ---- */

/* Returns how many buttons to check in the array at path. Adds a mistake for the first that is too
 * many. */
static int
check_count(struct json_file *file, const char *path, int most)
{
        int count = json_file_count(file, path, most);

        if (count <= most)
                return count;
        json_file_add(file, arena_printf(file->arena, "%s/%d", path, most),
            "%d buttons at most: remove this one and those behind it",
            "最多 %d 个按钮：请去掉这个和后面的", most);
        return most;
}

static void
check_list(struct json_file *file, const char *path)
{
        const char *list = below(file, path, "sub_button"), *type = below(file, path, "type");
        int count = check_count(file, list, MENU_BELOW_MAX);

        if (json_file_has(file, type))
                json_file_add(file, type, "a button with a list has no type: remove it",
                    "有 sub_button 的按钮没有 type：请去掉");
        for (int i = 0; i < count; i++) {
                const char *at = arena_printf(file->arena, "%s/%d", list, i);
                const char *further = below(file, at, "sub_button");

                if (!check_button(file, at, MENU_NAME_BELOW_MAX))
                        continue;
                check_type(file, at);
                if (json_file_count(file, further, 0) > 0)
                        json_file_add(file, further,
                            "a button in a list has no list of its own: remove it",
                            "列表里的按钮不能再有 sub_button：请去掉");
        }
}

static void
check_bottom(struct json_file *file, const char *path)
{
        const char *list = below(file, path, "sub_button");

        if (!check_button(file, path, MENU_NAME_MAX))
                return;
        if (json_file_has(file, list) && !json_file_begins(file, list, '['))
                json_file_add(file, list, "sub_button must be an array, [ … ]",
                    "sub_button 必须是数组 [ … ]");
        else if (json_file_count(file, list, 0) > 0)
                check_list(file, path);
        else
                check_type(file, path);
}

/* The members beside "button". */
static void
check_beside(struct json_file *file)
{
        const char *name;

        for (size_t at = 0; (name = json_file_next(file, "", &at)) != NULL;) {
                if (strcmp(name, "button") == 0)
                        continue;
                if (strcmp(name, "matchrule") == 0)
                        json_file_add(file, name,
                            "a menu for some of the people is set by another call: wechat api POST "
                            "/cgi-bin/menu/addconditional --data @FILE",
                            "个性化菜单用另一个接口：wechat api POST "
                            "/cgi-bin/menu/addconditional --data @文件");
                else
                        json_file_add(file, name,
                            "a menu has no \"%.40s\": it is {\"button\": [ … ]}",
                            "菜单没有 \"%.40s\" 这一项：菜单是 {\"button\": [ … ]}", name);
        }
}

void
menu_check(struct json_file *file)
{
        int count;

        if (file->count > 0)
                return;
        if (!json_file_begins(file, "", '{')) {
                json_file_add(file, "", "a menu, {\"button\": [ … ]}, must begin here",
                    "这里应该是菜单 {\"button\": [ … ]}");
                return;
        }
        check_beside(file);
        if (!json_file_begins(file, "button", '[') || json_file_count(file, "button", 0) == 0)
                json_file_add(file, "button", "a menu needs \"button\": [ … ] with 1 to %d buttons",
                    "菜单要有 \"button\": [ … ]，1 到 %d 个按钮", MENU_BUTTONS_MAX);
        count = check_count(file, "button", MENU_BUTTONS_MAX);
        for (int i = 0; i < count; i++)
                check_bottom(file, arena_printf(file->arena, "button/%d", i));
}

/* ---- WeChat's answer ---- */

/* Is the pair at i an array without elements? */
static bool
is_empty_array(const struct pairs *fields, size_t i)
{
        const char *name = fields->items[i].name;
        size_t size = strlen(name);

        return fields->items[i].type == PAIR_ARRAY &&
               (i + 1 == fields->count || strncmp(fields->items[i + 1].name, name, size) != 0 ||
                   fields->items[i + 1].name[size] != '/');
}

int
menu_take(struct arena *arena, const char *answer, size_t size, char **json, struct err *err)
{
        struct pairs all, menu, kept;

        pairs_init(&all, arena);
        pairs_init(&menu, arena);
        pairs_init(&kept, arena);
        if (json_parse_tree(arena, answer, size, &all, err) != 0)
                return -1;
        pairs_get_below(&all, "menu", &menu);
        for (size_t i = 0; i < menu.count; i++) {
                const struct pair *pair = &menu.items[i];

                if (!is_empty_array(&menu, i) && strcmp(pair->name, "menuid") != 0)
                        pairs_add_typed(&kept, pair->name, pair->value, pair->type);
        }
        if (kept.count == 0)
                return err_set(err, ERR_UPSTREAM, "menu/get: no menu in the answer");
        return json_build_tree(arena, &kept, json, err);
}
