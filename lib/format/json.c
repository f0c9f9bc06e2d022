#include "format/json.h"

#include <math.h>
#include <string.h>

#include <json-c/json.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/json_check.h"
#include "base/pairs.h"
#include "base/text.h"

enum { DEPTH_MAX = 8, TEXT_MAX = 1 << 24 };

struct reader {
        struct arena *arena;
        struct pairs *pairs;
        bool tree; /* nested members as well */
};

static void add_value(struct reader *r, const char *name, json_object *value, bool item);

static bool
holds_objects(json_object *array)
{
        for (size_t i = 0; i < json_object_array_length(array); i++) {
                json_object *element = json_object_array_get_idx(array, i);

                if (json_object_is_type(element, json_type_object) ||
                    json_object_is_type(element, json_type_array))
                        return true;
        }
        return false;
}

static void
add_array(struct reader *r, const char *name, json_object *array)
{
        size_t length = json_object_array_length(array);
        bool nested = r->tree && holds_objects(array);

        if (r->tree && (nested || length == 0))
                pairs_add_typed(r->pairs, name, "", PAIR_ARRAY);
        for (size_t i = 0; i < length; i++)
                add_value(r, nested ? arena_printf(r->arena, "%s/%zu", name, i) : name,
                    json_object_array_get_idx(array, i), !nested);
}

static void
add_members(struct reader *r, const char *name, json_object *object)
{
        json_object_object_foreach(object, member, value)
        {
                const char *clean = text_clean(r->arena, member);

                add_value(r, name == NULL ? clean : arena_printf(r->arena, "%s/%s", name, clean),
                    value, false);
        }
}

/* Removes NULs, which come from "\u0000". */
static const char *
text_of(struct arena *arena, json_object *value)
{
        size_t size = (size_t)json_object_get_string_len(value), kept = 0;
        char *text = arena_copy(arena, json_object_get_string(value), size);

        for (size_t i = 0; i < size; i++)
                if (text[i] != '\0')
                        text[kept++] = text[i];
        text[kept] = '\0';
        return text;
}

static void
add_text(struct reader *r, const char *name, const char *text, bool item)
{
        text = r->tree ? text_clean_lines(r->arena, text) : text_clean(r->arena, text);
        pairs_add_typed(r->pairs, name, text, item ? PAIR_ITEM : PAIR_TEXT);
}

static void
add_value(struct reader *r, const char *name, json_object *value, bool item)
{
        switch (json_object_get_type(value)) {
        case json_type_string:
                add_text(r, name, text_of(r->arena, value), item);
                break;
        case json_type_double:
                if (!isfinite(json_object_get_double(value)))
                        break; /* json-c accepts NaN and Infinity, which JSON does not have */
                /* fallthrough */
        case json_type_int:
                pairs_add_typed(r->pairs, name,
                    arena_strdup(r->arena, json_object_get_string(value)),
                    item ? PAIR_ITEM : PAIR_NUMBER);
                break;
        case json_type_boolean:
                if (!item)
                        pairs_add_typed(r->pairs, name,
                            json_object_get_boolean(value) ? "true" : "false", PAIR_BOOL);
                break;
        case json_type_array:
                if (!item)
                        add_array(r, name, value);
                break;
        case json_type_null:
                if (r->tree && !item)
                        pairs_add_typed(r->pairs, name, "", PAIR_NULL);
                break;
        case json_type_object:
                if (r->tree && !item)
                        add_members(r, name, value);
                break;
        }
}

static const char *
skip_blank(const char *at, const char *end)
{
        while (at < end && *at != '\0' && strchr(" \t\r\n", *at) != NULL)
                at++;
        return at;
}

struct json_object *
json_read_object(const char **at, const char *end, struct err *err)
{
        struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
        json_object *object;

        if (tokener == NULL) {
                err_set(err, ERR_SYSTEM, "json: no memory");
                return NULL;
        }
        object = json_tokener_parse_ex(tokener, *at, (int)(end - *at));
        *at += json_tokener_get_parse_end(tokener);
        json_tokener_free(tokener);
        if (json_object_is_type(object, json_type_object))
                return object;
        err_set(err, ERR_UPSTREAM, "json: not an object");
        json_object_put(object);
        return NULL;
}

static int
parse_object(struct reader *r, const char **at, const char *end, struct err *err)
{
        json_object *object = json_read_object(at, end, err);

        if (object == NULL)
                return -1;
        add_members(r, NULL, object);
        json_object_put(object);
        return 0;
}

static int
parse(struct arena *arena, const char *text, size_t size, bool tree, struct pairs *pairs,
    struct err *err)
{
        const char *end = text + size;
        struct pairs read;
        struct reader r = {arena, &read, tree};

        pairs_init(&read, arena);
        if (size > TEXT_MAX)
                return err_set(err, ERR_UPSTREAM, "json: too long");
        if (parse_object(&r, &text, end, err) != 0)
                return -1;
        if (skip_blank(text, end) != end)
                return err_set(err, ERR_UPSTREAM, "json: bytes after the object");
        for (size_t i = 0; i < read.count; i++)
                pairs_add_typed(pairs, read.items[i].name, read.items[i].value, read.items[i].type);
        return 0;
}

int
json_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs, struct err *err)
{
        return parse(arena, text, size, false, pairs, err);
}

int
json_parse_tree(
    struct arena *arena, const char *text, size_t size, struct pairs *pairs, struct err *err)
{
        return parse(arena, text, size, true, pairs, err);
}

/* Reserves room for one more element: the array doubles when count is a power of two. */
static struct json_element *
grow(struct arena *arena, struct json_element *elements, size_t count)
{
        struct json_element *larger;

        if ((count & (count - 1)) != 0)
                return elements;
        larger = arena_alloc(arena, (count == 0 ? 1 : 2 * count) * sizeof(*larger));
        if (count > 0)
                memcpy(larger, elements, count * sizeof(*larger));
        return larger;
}

int
json_parse_array(struct arena *arena, const char *text, size_t size, struct json_element **elements,
    size_t *count, struct err *err)
{
        const char *end = text + size, *at = skip_blank(text, end);
        struct json_element *list = NULL;
        const char *counted = text;
        size_t n = 0;
        int line = 1;

        if (size > TEXT_MAX || at == end || *at != '[')
                return err_set(err, ERR_UPSTREAM, "line %d: an array, [ … ], must begin here",
                    size > TEXT_MAX ? 1 : json_line(text, at));
        if (json_check(arena, text, size, err) != 0)
                return -1;
        /* The text between the elements is valid. */
        for (at = skip_blank(at + 1, end); at < end && *at != ']';) {
                struct pairs *fields = arena_alloc(arena, sizeof(*fields));
                struct reader r = {arena, fields, true};

                line += json_line(counted, at) - 1;
                counted = at;
                pairs_init(fields, arena);
                if (*at != '{' || parse_object(&r, &at, end, err) != 0)
                        return err_set(
                            err, ERR_UPSTREAM, "line %d: an object, { … }, must begin here", line);
                list = grow(arena, list, n);
                list[n++] = (struct json_element){line, fields};
                at = skip_blank(at, end);
                at = at < end && *at == ',' ? skip_blank(at + 1, end) : at;
        }
        *elements = list;
        *count = n;
        return 0;
}
