#include "list/list.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/json.h"
#include "format/json_file.h"
#include "base/pairs.h"
#include "base/text.h"
#include "list/item.h"

/* Returns the member as a number, or the number for the visitor's openid from an object of numbers.
 */
static int
read_unread(struct item_reader *r, const struct pairs *fields, long long *unread)
{
        const char *own = arena_printf(r->arena, "unread/%s", r->openid);

        *unread = 0;
        for (size_t i = 0; i < fields->count; i++) {
                const struct pair *pair = &fields->items[i];
                bool whole = strcmp(pair->name, "unread") == 0;

                if (!whole && !text_starts_with(pair->name, "unread/"))
                        continue;
                if (pair->type != PAIR_NUMBER ||
                    pair->value[strspn(pair->value, "0123456789")] != '\0')
                        return err_set(
                            r->err, ERR_CONFIG, "\"%.80s\" must be a whole number", pair->name);
                if (whole || strcmp(pair->name, own) == 0)
                        *unread = pairs_get_number(fields, pair->name, 0);
        }
        return 0;
}

static int
read_item(struct item_reader *r, const struct pairs *fields, struct list_item *item)
{
        static const char *const names[] = {"id", "text", "detail", "icon", "url", "unread"};

        if (item_check_names(r, fields, names, sizeof(names) / sizeof(names[0])) != 0 ||
            item_text(r, fields, "id", &item->id) != 0 ||
            item_text(r, fields, "text", &item->text) != 0 ||
            item_text(r, fields, "detail", &item->detail) != 0 ||
            item_page(r, fields, "icon", &item->icon) != 0 ||
            item_page(r, fields, "url", &item->url) != 0 ||
            read_unread(r, fields, &item->unread) != 0)
                return -1;
        if (!text_is_id(item->id, 1, LIST_ID_MAX))
                return err_set(r->err, ERR_CONFIG,
                    "\"id\" must be 1 to %d letters, digits, - and _", LIST_ID_MAX);
        if (*item->text == '\0')
                return err_set(r->err, ERR_CONFIG, "it has no \"text\"");
        return 0;
}

/* FNV-1a, 32 bits. */
static uint32_t
hash(const char *text)
{
        uint32_t sum = 2166136261u;

        for (; *text != '\0'; text++)
                sum = (sum ^ (unsigned char)*text) * 16777619u;
        return sum;
}

/* Returns the first item whose id an earlier one has; the count if there is none. */
static size_t
find_repeated(struct arena *arena, const struct list *list)
{
        size_t room = 16, *slots; /* a hash table: the number of an item, from 1; 0 is free */

        while (room < 2 * list->count)
                room *= 2;
        slots = arena_alloc(arena, room * sizeof(*slots));
        for (size_t i = 0; i < list->count; i++) {
                size_t at = hash(list->items[i].id) % room;

                for (; slots[at] != 0; at = (at + 1) % room)
                        if (strcmp(list->items[slots[at] - 1].id, list->items[i].id) == 0)
                                return i;
                slots[at] = i + 1;
        }
        return list->count;
}

static void
set_repeated(const struct list *list, size_t item, struct err *err)
{
        err_set(err, ERR_CONFIG, "another item has the \"id\" %s", list->items[item].id);
}

static int
refuse_item(const char *file, size_t item, int line, const struct err *inner, struct err *err)
{
        return err_set(
            err, inner->kind, "%s, item %zu (line %d): %s", file, item + 1, line, inner->text);
}

int
list_parse(struct arena *arena, const char *text, size_t size, const char *file,
    const char *language, const char *openid, struct list *list, struct err *err)
{
        struct err inner = {.kind = ERR_NONE};
        struct item_reader r = {arena, language, openid, &inner};
        struct json_element *elements;
        struct list read = {NULL, 0};
        size_t count, repeated;

        if (json_parse_array(arena, text, size, &elements, &count, &inner) != 0)
                return err_set(err, inner.kind == ERR_SYSTEM ? ERR_SYSTEM : ERR_CONFIG, "%s, %s",
                    file, inner.text);
        read.items = arena_alloc(arena, count * sizeof(*read.items));
        for (; read.count < count; read.count++)
                if (read_item(&r, elements[read.count].fields, &read.items[read.count]) != 0)
                        return refuse_item(
                            file, read.count, elements[read.count].line, &inner, err);
        repeated = find_repeated(arena, &read);
        if (repeated < count) {
                set_repeated(&read, repeated, &inner);
                return refuse_item(file, repeated, elements[repeated].line, &inner, err);
        }
        *list = read;
        return 0;
}

size_t
list_check(struct json_file *file)
{
        struct err err = {.kind = ERR_NONE};
        struct item_reader r = {file->arena, "", "", &err};
        struct json_element *elements;
        struct list list = {NULL, 0};
        size_t count, repeated;

        json_file_elements(file, &elements, &count);
        list.items = arena_alloc(file->arena, count * sizeof(*list.items));
        for (size_t i = 0; i < count; i++)
                if (read_item(&r, elements[i].fields, &list.items[list.count]) != 0)
                        json_file_add_error(file, elements[i].line, &err);
                else
                        list.count++;
        if (file->count > 0)
                return count;
        repeated = find_repeated(file->arena, &list);
        if (repeated < count) {
                set_repeated(&list, repeated, &err);
                json_file_add_error(file, elements[repeated].line, &err);
        }
        return count;
}

const struct list_item *
list_find(const struct list *list, const char *id)
{
        for (size_t i = 0; i < list->count; i++)
                if (strcmp(list->items[i].id, id) == 0)
                        return &list->items[i];
        return NULL;
}

static void
add(struct pairs *values, const char *prefix, const char *name, const char *value)
{
        if (*value != '\0')
                pairs_add(values, arena_printf(values->arena, "%s%s", prefix, name), value);
}

void
list_fill(const struct list_item *item, const char *prefix, struct pairs *values)
{
        add(values, prefix, "id", item->id);
        add(values, prefix, "text", item->text);
        add(values, prefix, "detail", item->detail);
        add(values, prefix, "icon", item->icon);
        add(values, prefix, "url", item->url);
        if (item->unread > LIST_UNREAD_MAX)
                add(values, prefix, "unread", arena_printf(values->arena, "%d+", LIST_UNREAD_MAX));
        else if (item->unread > 0)
                add(values, prefix, "unread", arena_printf(values->arena, "%lld", item->unread));
}
