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
 * numbers as PAIR_NUMBER, true and false as PAIR_BOOL, each text or number of an array as
 * PAIR_ITEM. null, objects within and other items are left out. Raw control bytes within strings
 * are taken, as WeChat sends them in nicknames. ERR_UPSTREAM: not one object, or bytes after it, or
 * deeper than 8 levels.
 */
int json_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs,
    struct err *err) __attribute__((warn_unused_result));

/*
 * As json_parse() for what people and their programs write, with all that is nested: the names are
 * paths (pairs.h). An array of texts and numbers is PAIR_ITEM each; one that holds objects is a
 * PAIR_ARRAY and its elements "news/0/title"; null is PAIR_NULL. Texts keep their line ends.
 */
int json_parse_tree(struct arena *arena, const char *text, size_t size, struct pairs *pairs,
    struct err *err) __attribute__((warn_unused_result));

/* One object of an array, and the line (from 1) at which it begins. */
struct json_element {
        int line;
        struct pairs *fields;
};

/* The text's one array of objects, each as json_parse_tree() reads it. ERR_UPSTREAM, with the line
 * and what to do: it is something else, or not as json_check() wants it. */
int json_parse_array(struct arena *arena, const char *text, size_t size,
    struct json_element **elements, size_t *count, struct err *err)
    __attribute__((warn_unused_result));

struct json_object;

/* For json_build: the object that begins at *at, for json_object_put(); *at is behind it then, and
 * where it goes wrong otherwise: NULL, ERR_UPSTREAM. */
struct json_object *json_read_object(const char **at, const char *end, struct err *err)
    __attribute__((warn_unused_result));

#endif
