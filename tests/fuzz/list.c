/* list: the owner's list of items, read for a visitor; the items found, and the pages' values. */
#include "fuzz.h"

#include "list/list.h"
#include "base/text.h"
#include "format/url.h"

static void
check_item(struct arena *arena, const struct list *list, const struct list_item *item)
{
        struct pairs values;

        CHECK(text_is_id(item->id, 1, LIST_ID_MAX) && *item->text != '\0');
        CHECK(list_find(list, item->id) == item);
        CHECK(*item->icon == '\0' || url_is_local(item->icon));
        CHECK(*item->url == '\0' || url_is_local(item->url));
        CHECK(item->unread >= 0);
        CHECK(fuzz_is_clean(item->text, "\t\r\n") && fuzz_is_clean(item->detail, "\t\r\n"));
        pairs_init(&values, arena);
        list_fill(item, "items/0/", &values);
        CHECK(strcmp(pairs_get_text(&values, "items/0/id"), item->id) == 0);
        CHECK(strlen(pairs_get_text(&values, "items/0/unread")) <= 3);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        struct err err = {.kind = ERR_NONE};
        struct list list;

        if (list_parse(arena, text, size, "list.json", "en", "oA", &list, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_CONFIG);
                CHECK(strncmp(err.text, "list.json, ", 11) == 0);
                return;
        }
        CHECK(list_find(&list, "") == NULL && list_find(&list, "<b>") == NULL);
        for (size_t i = 0; i < list.count; i++)
                check_item(arena, &list, &list.items[i]);
}
