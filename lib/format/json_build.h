/*
 * json_build: JSON made of pairs (json-c), and a JSON object changed in part.
 */
#ifndef WECHAT_JSON_BUILD_H
#define WECHAT_JSON_BUILD_H

#include <stddef.h>

struct arena;
struct err;
struct pairs;

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

/* The reverse of json_parse_tree(). Text is not cleaned. A name that is no element of the array it
 * leads to, nor the next one, is left out. ERR_SYSTEM: no memory. */
int json_build_tree(struct arena *arena, const struct pairs *pairs, char **text, struct err *err)
    __attribute__((warn_unused_result));

#endif
