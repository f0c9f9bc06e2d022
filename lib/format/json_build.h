/*
 * json_build: builds JSON from pairs, and changes members of a JSON object (json-c).
 */
#ifndef WECHAT_JSON_BUILD_H
#define WECHAT_JSON_BUILD_H

#include <stddef.h>

struct arena;
struct err;
struct pairs;

/* Builds one JSON object from pairs, by their types; an array stands where its first item does.
 * ERR_SYSTEM: no memory. */
int json_build(struct arena *arena, const struct pairs *pairs, char **text, struct err *err)
    __attribute__((warn_unused_result));

/*
 * Changes members of the object in text, of size bytes: before is what json_parse() reads from it,
 * after is what it shall read from the result. Members that are the same in both stay as they are,
 * and so does everything that json_parse() leaves out. ERR_UPSTREAM as json_parse(); ERR_SYSTEM: no
 * memory.
 */
int json_change(struct arena *arena, const char *text, size_t size, const struct pairs *before,
    const struct pairs *after, char **changed, struct err *err) __attribute__((warn_unused_result));

/* The reverse of json_parse_tree(). Text is not cleaned. A name that is neither an element of its
 * array nor the next one is left out. ERR_SYSTEM: no memory. */
int json_build_tree(struct arena *arena, const struct pairs *pairs, char **text, struct err *err)
    __attribute__((warn_unused_result));

/* Rewrites the one JSON object in text, of size bytes, on one line, with characters in place of \u
 * escapes, which WeChat refuses in some calls (40033). Numbers keep their digits. ERR_UPSTREAM as
 * json_parse(); ERR_SYSTEM: no memory. */
int json_plain(struct arena *arena, const char *text, size_t size, char **plain, struct err *err)
    __attribute__((warn_unused_result));

#endif
