#include "list/links.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "format/json.h"
#include "list/item.h"

static int
read_link(struct item_reader *r, const struct pairs *fields, struct links_item *item)
{
        static const char *const names[] = {"text", "url", "icon"};

        if (item_check_names(r, fields, names, sizeof(names) / sizeof(names[0])) != 0 ||
            item_text(r, fields, "text", &item->text) != 0 ||
            item_link(r, fields, "url", &item->url) != 0 ||
            item_page(r, fields, "icon", &item->icon) != 0)
                return -1;
        if (*item->text == '\0' || *item->url == '\0')
                return err_set(
                    r->err, ERR_CONFIG, "it has no \"%s\"", *item->text == '\0' ? "text" : "url");
        return 0;
}

int
links_parse(struct arena *arena, const char *text, size_t size, const char *file,
    const char *language, struct links *links, struct err *err)
{
        struct err inner = {.kind = ERR_NONE};
        struct item_reader r = {arena, language, "", &inner};
        struct json_element *elements;
        struct links read = {NULL, 0};
        size_t count;

        if (json_parse_array(arena, text, size, &elements, &count, &inner) != 0)
                return err_set(err, inner.kind == ERR_SYSTEM ? ERR_SYSTEM : ERR_CONFIG, "%s, %s",
                    file, inner.text);
        read.items = arena_alloc(arena, count * sizeof(*read.items));
        for (; read.count < count; read.count++)
                if (read_link(&r, elements[read.count].fields, &read.items[read.count]) != 0)
                        return err_set(err, ERR_CONFIG, "%s, link %zu (line %d): %s", file,
                            read.count + 1, elements[read.count].line, inner.text);
        *links = read;
        return 0;
}

void
links_fill(const struct links *links, struct pairs *values)
{
        for (size_t i = 0; i < links->count; i++) {
                const struct links_item *item = &links->items[i];
                const char *prefix = arena_printf(values->arena, "links/%zu/", i);

                pairs_add(values, arena_printf(values->arena, "%stext", prefix), item->text);
                pairs_add(values, arena_printf(values->arena, "%surl", prefix), item->url);
                pairs_add(values, arena_printf(values->arena, "%sicon", prefix), item->icon);
                pairs_add(values, arena_printf(values->arena, "%sis_external", prefix),
                    *item->url == '/' ? NULL : "1");
        }
}
