#include "format/json_build.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/json.h"
#include "base/pairs.h"

/* A number that is not an integer of 64 bits keeps its own text. */
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

/* Returns a new json-c value for a pair; NULL for null, or if there is no memory. */
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
        case PAIR_NULL:
                return NULL;
        case PAIR_TEXT:
        case PAIR_ITEM:
        default:
                return json_object_new_string(pair->value);
        }
}

/* Can parent have a value called name? In an array, only the number of an element or of the next
 * one: another number, which a name from outside may have, would fill memory with empty elements.
 */
static bool
has_place(json_object *parent, const char *name)
{
        size_t digits = strspn(name, "0123456789");

        if (!json_object_is_type(parent, json_type_array))
                return true;
        return digits >= 1 && digits <= 9 && name[digits] == '\0' &&
               strtoul(name, NULL, 10) <= json_object_array_length(parent);
}

/* Returns the value called name in parent, an object or an array; NULL if there is none. */
static json_object *
child_of(json_object *parent, const char *name)
{
        if (json_object_is_type(parent, json_type_array))
                return json_object_array_get_idx(parent, strtoul(name, NULL, 10));
        return json_object_object_get(parent, name);
}

/* Adds value to parent, or frees it on failure. 0, or -1 if there is no memory. */
static int
put_child(json_object *parent, const char *name, json_object *value)
{
        int result = json_object_is_type(parent, json_type_array)
                         ? json_object_array_put_idx(parent, strtoul(name, NULL, 10), value)
                         : json_object_object_add(parent, name, value);

        if (result != 0)
                json_object_put(value);
        return result;
}

/* Returns the container called name below parent, and creates it as an object or an array if it is
 * missing; NULL if there is no memory. */
static json_object *
container_of(json_object *parent, const char *name, bool array)
{
        json_object *container = child_of(parent, name);

        if (json_object_is_type(container, json_type_object) ||
            json_object_is_type(container, json_type_array))
                return container;
        container = array ? json_object_new_array() : json_object_new_object();
        if (container == NULL || put_child(parent, name, container) != 0)
                return NULL;
        return container;
}

/* 0, or -1 when there is no memory. */
static int
add_pair(json_object *parent, const char *name, const struct pair *pair)
{
        json_object *value;

        if (pair->type == PAIR_ITEM) {
                parent = container_of(parent, name, true);
                if (!json_object_is_type(parent, json_type_array))
                        return parent == NULL ? -1 : 0;
                value = value_of(pair);
                if (value != NULL && json_object_array_add(parent, value) == 0)
                        return 0;
                json_object_put(value);
                return -1;
        }
        value = value_of(pair);
        if (value == NULL && pair->type != PAIR_NULL)
                return -1;
        return put_child(parent, name, value);
}

/* As add_pair(), into the container that the pair's path leads to. A pair without a place there is
 * left out. */
static int
add_below(struct arena *arena, json_object *root, const struct pair *pair)
{
        char *path = arena_strdup(arena, pair->name);
        json_object *container = root;

        for (char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
                *slash = '\0';
                if (!has_place(container, path))
                        return 0;
                container = container_of(container, path, false);
                if (container == NULL)
                        return -1;
        }
        return has_place(container, path) ? add_pair(container, path, pair) : 0;
}

/* Returns the object as text and releases it. failed: an earlier step failed. */
static int
write_object(struct arena *arena, json_object *object, bool failed, char **text, struct err *err)
{
        const char *built = failed ? NULL
                                   : json_object_to_json_string_ext(object,
                                         JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

        if (built != NULL)
                *text = arena_strdup(arena, built);
        json_object_put(object);
        return built != NULL ? 0 : err_set(err, ERR_SYSTEM, "json: no memory");
}

static int
build(struct arena *arena, const struct pairs *pairs, bool tree, char **text, struct err *err)
{
        json_object *object = json_object_new_object();
        bool failed = object == NULL;

        for (size_t i = 0; i < pairs->count && !failed; i++) {
                const struct pair *pair = &pairs->items[i];

                failed = (tree ? add_below(arena, object, pair)
                               : add_pair(object, pair->name, pair)) != 0;
        }
        return write_object(arena, object, failed, text, err);
}

int
json_build(struct arena *arena, const struct pairs *pairs, char **text, struct err *err)
{
        return build(arena, pairs, false, text, err);
}

int
json_build_tree(struct arena *arena, const struct pairs *pairs, char **text, struct err *err)
{
        return build(arena, pairs, true, text, err);
}

/* Returns the next pair of that name from *at on, and moves *at behind it; NULL if there is none.
 */
static const struct pair *
next_of(const struct pairs *pairs, const char *name, size_t *at)
{
        while (*at < pairs->count) {
                const struct pair *pair = &pairs->items[(*at)++];

                if (strcmp(pair->name, name) == 0)
                        return pair;
        }
        return NULL;
}

static bool
is_same(const struct pairs *before, const struct pairs *after, const char *name)
{
        const struct pair *old, *new;
        size_t i = 0, j = 0;

        do {
                old = next_of(before, name, &i);
                new = next_of(after, name, &j);
                if (old != NULL && new != NULL &&
                    (old->type != new->type || strcmp(old->value, new->value) != 0))
                        return false;
        } while (old != NULL && new != NULL);
        return old == new;
}

/* Removes from object the members of pairs that differ between before and after. */
static void
remove_changed(json_object *object, const struct pairs *pairs, const struct pairs *before,
    const struct pairs *after)
{
        for (size_t i = 0; i < pairs->count; i++)
                if (!is_same(before, after, pairs->items[i].name))
                        json_object_object_del(object, pairs->items[i].name);
}

int
json_change(struct arena *arena, const char *text, size_t size, const struct pairs *before,
    const struct pairs *after, char **changed, struct err *err)
{
        const char *at = text;
        json_object *object = json_read_object(&at, text + size, err);
        bool failed = false;

        if (object == NULL)
                return -1;
        remove_changed(object, before, before, after);
        remove_changed(object, after, before, after);
        for (size_t i = 0; i < after->count && !failed; i++)
                if (!is_same(before, after, after->items[i].name))
                        failed = add_pair(object, after->items[i].name, &after->items[i]) != 0;
        return write_object(arena, object, failed, changed, err);
}

int
json_plain(struct arena *arena, const char *text, size_t size, char **plain, struct err *err)
{
        const char *at = text;
        json_object *object = json_read_object(&at, text + size, err);

        if (object == NULL)
                return -1;
        at += strspn(at, " \t\r\n");
        if (at != text + size) {
                json_object_put(object);
                return err_set(err, ERR_UPSTREAM, "JSON: something follows the object");
        }
        return write_object(arena, object, false, plain, err);
}
