#include "wechat/fields.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/json.h"
#include "format/json_build.h"
#include "base/mend.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/xml.h"

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* Returns the path with an array number after each name that may repeat and has none:
 * "List/0/TemplateId" for "List/TemplateId". Adds each array that this creates to fields. */
static const char *
number_entries(struct pairs *fields, const char *path, bool is_text)
{
        struct arena *arena = fields->arena;
        const char *numbered = "";

        while (*path != '\0') {
                size_t size = strcspn(path, "/");
                const char *name = arena_copy(arena, path, size);
                bool is_last = path[size] == '\0';

                path += size + !is_last;
                numbered = *numbered == '\0' ? name : arena_printf(arena, "%s/%s", numbered, name);
                if (!xml_may_repeat(name) || (is_last && !is_text) ||
                    (*path >= '0' && *path <= '9'))
                        continue;
                if (pairs_get(fields, numbered) == NULL)
                        pairs_add_typed(fields, numbered, "", PAIR_ARRAY);
                numbered = arena_printf(arena, "%s/0", numbered);
                if (is_last)
                        numbered = arena_printf(arena, "%s/%s", numbered, XML_OWN_TEXT);
        }
        return numbered;
}

static int
read_json(struct arena *arena, const char *text, size_t size, struct pairs *fields, struct err *err)
{
        struct pairs tree;

        text = mend_text(arena, text, size, &size);
        pairs_init(&tree, arena);
        if (json_parse_tree(arena, text, size, &tree, err) != 0) {
                if (err->kind == ERR_UPSTREAM)
                        err->kind = ERR_REQUEST;
                return -1;
        }
        for (size_t i = 0; i < tree.count; i++) {
                struct pair pair = tree.items[i];

                if (pair.type == PAIR_NUMBER || pair.type == PAIR_BOOL)
                        pair.type = PAIR_TEXT;
                pairs_add_typed(fields, number_entries(fields, pair.name, pair.type == PAIR_TEXT),
                    pair.value, pair.type);
        }
        return 0;
}

int
fields_read(struct arena *arena, const char *text, size_t size, struct pairs *fields, bool *is_json,
    struct err *err)
{
        size_t mark = text_starts_with(text, byte_order_mark) && size >= 3 ? 3 : 0;

        text += mark;
        size -= mark;
        *is_json = text[strspn(text, " \t\r\n")] == '{';
        return *is_json ? read_json(arena, text, size, fields, err)
                        : xml_parse(arena, text, size, fields, err);
}

int
fields_to_json(struct arena *arena, const char *xml, char **json, struct err *err)
{
        static const char *const numbers[] = {"CreateTime", "ArticleCount", "TimeStamp"};
        struct pairs fields;

        pairs_init(&fields, arena);
        if (xml_parse(arena, xml, strlen(xml), &fields, err) != 0)
                return -1;
        for (size_t i = 0; i < fields.count; i++)
                for (size_t j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++)
                        if (strcmp(fields.items[i].name, numbers[j]) == 0)
                                fields.items[i].type = PAIR_NUMBER;
        return json_build_tree(arena, &fields, json, err);
}
