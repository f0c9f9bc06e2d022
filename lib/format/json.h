/*
 * json: JSON read into pairs (json-c): flat objects, as WeChat's API gives them, and trees.
 */
#ifndef WECHAT_JSON_H
#define WECHAT_JSON_H

#include <stddef.h>

struct arena;
struct err;
struct pairs;

/*
 * Adds the members of the one JSON object in text to pairs: strings as cleaned text (text.h),
 * numbers as PAIR_NUMBER, true and false as PAIR_BOOL, each text or number in an array as
 * PAIR_ITEM. null, nested objects and other array items are left out. Raw control bytes in strings
 * are accepted, as WeChat sends them in nicknames. ERR_UPSTREAM: text is not one object, has bytes
 * after it, or is nested deeper than 8 levels.
 */
int json_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs,
    struct err *err) __attribute__((warn_unused_result));

/*
 * As json_parse(), for JSON written by people and their programs, with everything nested: names are
 * paths (pairs.h). An array of texts and numbers becomes one PAIR_ITEM for each; one that contains
 * objects is a PAIR_ARRAY with elements named "news/0/title"; null is PAIR_NULL. Texts keep their
 * line ends.
 */
int json_parse_tree(struct arena *arena, const char *text, size_t size, struct pairs *pairs,
    struct err *err) __attribute__((warn_unused_result));

/* An object in an array, and the line (from 1) where it begins. */
struct json_element {
        int line;
        struct pairs *fields;
};

/* Reads text as one array of objects, each as json_parse_tree() does. ERR_UPSTREAM, with the line
 * and what to do: it is something else, or json_check() rejects it. */
int json_parse_array(struct arena *arena, const char *text, size_t size,
    struct json_element **elements, size_t *count, struct err *err)
    __attribute__((warn_unused_result));

struct json_object;

/* For json_build: parses the object that begins at *at; release it with json_object_put(). *at
 * moves behind it. On error returns NULL, ERR_UPSTREAM, and *at is where the error is. */
struct json_object *json_read_object(const char **at, const char *end, struct err *err)
    __attribute__((warn_unused_result));

#endif
