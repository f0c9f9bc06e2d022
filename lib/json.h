/*
 * json: JSON from and to pairs (json-c): flat objects, as WeChat's API gives them, and trees.
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
 * are taken, as WeChat sends them in nicknames (protocol.md, "Types and gaps"). ERR_UPSTREAM: not
 * one object, or bytes after it, or deeper than 8 levels.
 */
int json_parse(struct arena *arena, const char *text, size_t size, struct pairs *pairs,
    struct err *err) __attribute__((warn_unused_result));

/* pairs as one JSON object, by their types; the items of an array stand together at its first.
 * ERR_SYSTEM: no memory. */
int json_build(struct arena *arena, const struct pairs *pairs, char **text, struct err *err)
    __attribute__((warn_unused_result));

/*
 * The object in text, of size bytes, with changed members: json_parse() gave before, and after is
 * what it is to give. What is the same in both stays as it is, with all that json_parse() leaves
 * out. ERR_UPSTREAM as json_parse(), ERR_SYSTEM: no memory.
 */
int json_change(struct arena *arena, const char *text, size_t size, const struct pairs *before,
    const struct pairs *after, char **changed, struct err *err) __attribute__((warn_unused_result));

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

/* The text's one array of objects, each as json_parse_tree() reads it. ERR_UPSTREAM with the line:
 * it is something else. */
int json_parse_array(struct arena *arena, const char *text, size_t size,
    struct json_element **elements, size_t *count, struct err *err)
    __attribute__((warn_unused_result));

/* The reverse of json_parse_tree(). Text is not cleaned. A name that is no element of the array it
 * leads to, nor the next one, is left out. ERR_SYSTEM: no memory. */
int json_build_tree(struct arena *arena, const struct pairs *pairs, char **text, struct err *err)
    __attribute__((warn_unused_result));

#endif
