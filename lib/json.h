/*
 * json: flat JSON objects from and to pairs (json-c).
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

#endif
