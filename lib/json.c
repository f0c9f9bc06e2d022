#include "json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "arena.h"
#include "err.h"
#include "pairs.h"
#include "text.h"

enum { DEPTH_MAX = 8 };

static void
add_value(struct arena *arena, struct pairs *pairs, const char *name, json_object *value, bool item)
{
        switch (json_object_get_type(value)) {
        case json_type_string:
                pairs_add_typed(pairs, name, text_clean(arena, json_object_get_string(value)),
                    item ? PAIR_ITEM : PAIR_TEXT);
                break;
        case json_type_double:
                if (!isfinite(json_object_get_double(value)))
                        break; /* json-c takes NaN and Infinity, which are no JSON */
                /* fallthrough */
        case json_type_int:
                pairs_add_typed(pairs, name, arena_strdup(arena, json_object_get_string(value)),
                    item ? PAIR_ITEM : PAIR_NUMBER);
                break;
        case json_type_boolean:
                if (!item)
                        pairs_add_typed(pairs, name,
                            json_object_get_boolean(value) ? "true" : "false", PAIR_BOOL);
                break;
        case json_type_array:
                for (size_t i = 0; !item && i < json_object_array_length(value); i++)
                        add_value(arena, pairs, name, json_object_array_get_idx(value, i), true);
                break;
        case json_type_null:
        case json_type_object:
                break;
        }
}

int
json_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs, struct err *err)
{
        struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
        json_object *object = NULL;
        size_t end;
        int result = -1;

        if (tokener == NULL)
                return err_set(err, ERR_SYSTEM, "json: no memory");
        if (size > 1 << 24) {
                err_set(err, ERR_UPSTREAM, "json: too long");
                goto out;
        }
        object = json_tokener_parse_ex(tokener, text, (int)size);
        end = json_tokener_get_parse_end(tokener);
        if (object == NULL || !json_object_is_type(object, json_type_object)) {
                err_set(err, ERR_UPSTREAM, "json: not an object");
                goto out;
        }
        while (end < size && text[end] != '\0' && strchr(" \t\r\n", text[end]) != NULL)
                end++;
        if (end != size) {
                err_set(err, ERR_UPSTREAM, "json: bytes after the object");
                goto out;
        }
        json_object_object_foreach(object, name, value)
        {
                add_value(arena, pairs, text_clean(arena, name), value, false);
        }
        result = 0;
out:
        json_object_put(object);
        json_tokener_free(tokener);
        return result;
}

/* A number keeps its own text where it is not a whole one of 64 bits. */
static json_object *
number_of(const char *text)
{
        long long whole;
        char *end;

        errno = 0;
        whole = strtoll(text, &end, 10);
        if (errno == 0 && *end == '\0')
                return json_object_new_int64(whole);
        return json_object_new_double_s(strtod(text, NULL), text);
}

/* A new json-c value for a pair; NULL when there is no memory. */
static json_object *
value_of(const struct pair *pair)
{
        switch (pair->type) {
        case PAIR_NUMBER:
                return number_of(pair->value);
        case PAIR_BOOL:
                return json_object_new_boolean(strcmp(pair->value, "true") == 0);
        case PAIR_ARRAY:
                return json_object_new_array();
        case PAIR_TEXT:
        case PAIR_ITEM:
        default:
                return json_object_new_string(pair->value);
        }
}

/* 0, or -1 when there is no memory. */
static int
add_pair(json_object *object, const struct pair *pair)
{
        json_object *array = NULL;
        json_object *value = value_of(pair);

        if (value == NULL)
                return -1;
        if (pair->type != PAIR_ITEM)
                return json_object_object_add(object, pair->name, value) == 0
                           ? 0
                           : (json_object_put(value), -1);
        if (!json_object_object_get_ex(object, pair->name, &array)) {
                array = json_object_new_array();
                if (array == NULL || json_object_object_add(object, pair->name, array) != 0) {
                        json_object_put(array);
                        json_object_put(value);
                        return -1;
                }
        }
        if (json_object_array_add(array, value) != 0) {
                json_object_put(value);
                return -1;
        }
        return 0;
}

int
json_build(struct arena *arena, const struct pairs *pairs, char **text, struct err *err)
{
        json_object *object = json_object_new_object();
        const char *built = NULL;
        int result = -1;

        if (object == NULL)
                goto out;
        for (size_t i = 0; i < pairs->count; i++)
                if (add_pair(object, &pairs->items[i]) != 0)
                        goto out;
        built = json_object_to_json_string_ext(
            object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
        if (built != NULL) {
                *text = arena_strdup(arena, built);
                result = 0;
        }
out:
        if (result != 0)
                err_set(err, ERR_SYSTEM, "json: no memory");
        json_object_put(object);
        return result;
}
