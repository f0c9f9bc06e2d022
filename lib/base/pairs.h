/*
 * pairs: names with values, in order; a name may come more than once.
 *
 * Query, form, cookies, settings, records, flat JSON, the values of a page: all of them are pairs.
 * Names and values are strings without NUL. A pair's type matters only to JSON. What is nested, in
 * JSON or XML, has a path as its name: "ScanCodeInfo/ScanResult", "news/0/title" (JSON Pointer, RFC
 * 6901, without its first slash and its escapes).
 */
#ifndef WECHAT_PAIRS_H
#define WECHAT_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum pair_type {
        PAIR_TEXT,
        PAIR_NUMBER, /* the value is a number's own text */
        PAIR_BOOL,   /* "true" or "false" */
        PAIR_ITEM,   /* one text of the array that has this name */
        PAIR_ARRAY,  /* that array, before its items or without any; the value is "" */
        PAIR_NULL    /* JSON's null; the value is "" */
};

struct pair {
        const char *name;
        const char *value;
        enum pair_type type;
};

struct pairs {
        struct arena *arena;
        struct pair *items;
        size_t count;
        size_t room;
};

/* No pairs yet; memory for later ones comes from arena. */
void pairs_init(struct pairs *pairs, struct arena *arena);

/* Adds a pair. Neither string is copied. A NULL value adds nothing. */
void pairs_add(struct pairs *pairs, const char *name, const char *value);
void pairs_add_typed(struct pairs *pairs, const char *name, const char *value, enum pair_type type);
void pairs_add_number(struct pairs *pairs, const char *name, long long number);

/* Removes every pair of that name. */
void pairs_remove(struct pairs *pairs, const char *name);

/* The first value of that name, or NULL. */
const char *pairs_get(const struct pairs *pairs, const char *name);

/* The value of a name that comes exactly once, or NULL: what is given twice is not given. */
const char *pairs_get_once(const struct pairs *pairs, const char *name);

/* As pairs_get(), but "" where there is none. */
const char *pairs_get_text(const struct pairs *pairs, const char *name);

/* The first value of that name as a decimal number; fallback where it is missing or not one. */
long long pairs_get_number(const struct pairs *pairs, const char *name, long long fallback);

/* All values of that name with separator between them, in the pairs' arena; "" where none. */
const char *pairs_join(const struct pairs *pairs, const char *name, const char *separator);

/* Adds to inner what pairs has below path: "news/0/title" as "0/title" for the path "news". */
void pairs_get_below(const struct pairs *pairs, const char *path, struct pairs *inner);

/* How often the name comes. */
size_t pairs_count(const struct pairs *pairs, const char *name);

#endif
