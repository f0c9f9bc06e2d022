/*
 * listing: the names in a folder, for its page.
 */
#ifndef WECHAT_LISTING_H
#define WECHAT_LISTING_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct pairs;

enum { LISTING_MAX = 1000 };

struct listing_entry {
        const char *name;
        bool is_folder;
        long long size;     /* bytes, of a file */
        long long modified; /* seconds since 1970 */
};

struct listing {
        struct arena *arena;
        struct listing_entry *entries; /* folders first, each by name (bytes) */
        size_t count;
        bool has_more; /* there are more than LISTING_MAX; these are the first */
};

void listing_init(struct arena *arena, struct listing *listing);

/* Adds an entry in its place. entry->name is copied. */
void listing_add(struct listing *listing, const struct listing_entry *entry);

/* Adds the entries to the values of the page: items/N/ link (relative), text, is_folder, size (of a
 * file, such as "1.2 MB") and date (Beijing time); has_items; more, the number shown, if there are
 * more. */
void listing_fill(const struct listing *listing, struct pairs *values);

#endif
