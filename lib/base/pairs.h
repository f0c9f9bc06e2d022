/*
 * pairs: names with values, in order. A name may occur more than once.
 *
 * Query, form, cookies, settings, records, flat JSON, the values of a page: all of them are pairs.
 * Names and values are strings without NUL. A pair's type matters only to JSON. Nested JSON or XML
 * has paths as names: "ScanCodeInfo/ScanResult", "news/0/title" (JSON Pointer, RFC 6901, without
 * the first slash and without escapes).
 */
#ifndef WECHAT_PAIRS_H
#define WECHAT_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum pair_type {
        PAIR_TEXT,
        PAIR_NUMBER, /* the value is the text of a number */
        PAIR_BOOL,   /* "true" or "false" */
        PAIR_ITEM,   /* one text of the array with this name */
        PAIR_ARRAY,  /* that array itself, before its items or if it has none; the value is "" */
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

/* Initializes pairs as empty; arena provides the memory. */
void pairs_init(struct pairs *pairs, struct arena *arena);

/* Adds a pair. The strings are not copied. A NULL value adds nothing. */
void pairs_add(struct pairs *pairs, const char *name, const char *value);
void pairs_add_typed(struct pairs *pairs, const char *name, const char *value, enum pair_type type);
void pairs_add_number(struct pairs *pairs, const char *name, long long number);

/* Removes every pair with that name. */
void pairs_remove(struct pairs *pairs, const char *name);

/* Returns the first value of that name, or NULL. */
const char *pairs_get(const struct pairs *pairs, const char *name);

/* Returns the value of a name that occurs exactly once, else NULL. */
const char *pairs_get_once(const struct pairs *pairs, const char *name);

/* As pairs_get(), but "" if there is none. */
const char *pairs_get_text(const struct pairs *pairs, const char *name);

/* Returns the first value of that name as a decimal number; fallback if it is missing or not a
 * number. */
long long pairs_get_number(const struct pairs *pairs, const char *name, long long fallback);

/* Returns all values of that name, joined by separator, in the pairs' arena; "" if there are none.
 */
const char *pairs_join(const struct pairs *pairs, const char *name, const char *separator);

/* Adds to inner the pairs below path: for the path "news", "news/0/title" becomes "0/title". */
void pairs_get_below(const struct pairs *pairs, const char *path, struct pairs *inner);

/* Returns how often the name occurs. */
size_t pairs_count(const struct pairs *pairs, const char *name);

#endif
