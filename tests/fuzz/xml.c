/* xml: a document is read, and its values are written and read again. */
#include "fuzz.h"

#include "format/json.h"
#include "format/json_build.h"
#include "base/text.h"
#include "format/xml.h"
#include "format/xml_build.h"

static void
check_written(struct arena *arena, const char *value)
{
        const char *clean = text_clean_lines(arena, value);
        struct pairs back;
        struct err err;
        struct buf xml;

        buf_init(&xml, arena);
        pairs_init(&back, arena);
        xml_add_open(&xml, "xml");
        xml_add_text(&xml, "Content", value);
        xml_add_number(&xml, "CreateTime", FUZZ_NOW);
        xml_add_close(&xml, "xml");
        CHECK(xml_parse(arena, xml.data, xml.size, &back, &err) == 0);
        CHECK(back.count == 2 && strcmp(back.items[0].name, "Content") == 0);
        /* XML reads CR LF and CR as LF. */
        if (strchr(clean, '\r') == NULL)
                CHECK(strcmp(back.items[0].value, clean) == 0);
}

/* Written as JSON, each text has the same name. JSON nested too deeply is not read back. */
static void
check_json(struct arena *arena, const struct pairs *pairs)
{
        struct pairs back;
        struct err err;
        char *json;

        pairs_init(&back, arena);
        CHECK(json_build_tree(arena, pairs, &json, &err) == 0);
        if (json_parse_tree(arena, json, strlen(json), &back, &err) != 0)
                return;
        for (size_t i = 0; i < pairs->count; i++) {
                const struct pair *pair = &pairs->items[i];
                const char *value = pairs_get(&back, pair->name);

                CHECK(value != NULL);
                CHECK(pairs_count(pairs, pair->name) == 1);
                CHECK(strcmp(value, text_clean_lines(arena, pair->value)) == 0);
        }
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        struct err err = {.kind = ERR_NONE};
        struct pairs pairs;

        pairs_init(&pairs, arena);
        if (xml_parse(arena, text, size, &pairs, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_REQUEST);
                CHECK(pairs.count == 0);
        } else {
                CHECK(pairs.count <= (size_t)2 * XML_ELEMENTS_MAX);
                for (size_t i = 0; i < pairs.count; i++) {
                        const char *name = pairs.items[i].name;
                        size_t levels = 1;

                        for (const char *p = name; *p != '\0'; p++)
                                levels += *p == '/';
                        /* An element adds one level, or two in an array: name and index. "#text"
                         * adds one. */
                        CHECK(levels <= (size_t)2 * XML_DEPTH_MAX);
                        CHECK(fuzz_is_clean(pairs.items[i].value, "\t\r\n\x7f"));
                        check_written(arena, pairs.items[i].value);
                }
                check_json(arena, &pairs);
        }
        check_written(arena, text);
}
