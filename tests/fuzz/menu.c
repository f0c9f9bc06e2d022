/* menu: a menu's file, and WeChat's answer to menu/get. */
#include "fuzz.h"

#include "format/json_build.h"
#include "format/json_check.h"
#include "format/json_file.h"
#include "format/json_find.h"
#include "format/owner.h"
#include "wechat/menu.h"

/* Each mistake has a line of the file, in their order, and is said in both languages. */
static void
check_mistakes(const struct json_file *file, const char *text)
{
        int line = 1, last = json_line(text, text + strlen(text));

        CHECK(file->count <= JSON_MISTAKES_MAX);
        for (size_t i = 0; i < file->count; i++) {
                const struct json_mistake *mistake = &file->mistakes[i];

                CHECK(mistake->line >= line && mistake->line <= last);
                CHECK(*mistake->en != '\0' && *mistake->zh != '\0');
                line = mistake->line;
        }
}

/* What is valid is so still when it has been built again, and each of its values is found. */
static void
check_valid(struct arena *arena, const struct json_file *file)
{
        struct err err = {.kind = ERR_NONE};
        struct json_file again;
        char *json;

        CHECK(json_build_tree(arena, &file->fields, &json, &err) == 0);
        json_file_read(arena, json, strlen(json), &again);
        menu_check(&again);
        CHECK(again.count == 0);
        for (size_t i = 0; i < again.fields.count; i++)
                CHECK(again.fields.items[i].type == PAIR_ITEM ||
                      json_find(json, again.fields.items[i].name) != NULL);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *text = arena_copy(arena, data, size), *json;
        struct err err = {.kind = ERR_NONE};
        struct json_file file;

        if (menu_take(arena, text, size, &json, &err) == 0)
                CHECK(*json == '{');
        else
                CHECK(fuzz_is_error(&err));
        if (owner_read_text("menu.json", text, &size, &err) != 0)
                return;
        json_file_read(arena, text, size, &file);
        menu_check(&file);
        check_mistakes(&file, text);
        if (file.count == 0)
                check_valid(arena, &file);
}
