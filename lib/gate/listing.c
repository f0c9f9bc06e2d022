#include "gate/listing.h"

#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/url.h"

void
listing_init(struct arena *arena, struct listing *listing)
{
        *listing = (struct listing){
            .arena = arena, .entries = arena_alloc(arena, LISTING_MAX * sizeof(*listing->entries))};
}

static bool
is_before(const struct listing_entry *a, const struct listing_entry *b)
{
        return a->is_folder != b->is_folder ? a->is_folder : strcmp(a->name, b->name) < 0;
}

/* Not qsort(): for large arrays glibc asks sysinfo, which the filter of system calls forbids. */
void
listing_add(struct listing *listing, const struct listing_entry *entry)
{
        size_t low = 0, high = listing->count;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (is_before(&listing->entries[middle], entry))
                        low = middle + 1;
                else
                        high = middle;
        }
        if (listing->count == LISTING_MAX)
                listing->has_more = true;
        else
                listing->count++;
        if (low == LISTING_MAX)
                return;
        memmove(&listing->entries[low + 1], &listing->entries[low],
            (listing->count - 1 - low) * sizeof(*listing->entries));
        listing->entries[low] = *entry;
        listing->entries[low].name = arena_strdup(listing->arena, entry->name);
}

static const char *
size_text(struct arena *arena, long long size)
{
        static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
        long long rest = 0;
        size_t unit = 0;

        for (; size >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++) {
                rest = size % 1000;
                size /= 1000;
        }
        return unit > 0 && size < 10
                   ? arena_printf(arena, "%lld.%lld %s", size, rest / 100, units[unit])
                   : arena_printf(arena, "%lld %s", size, units[unit]);
}

void
listing_fill(const struct listing *listing, struct pairs *values)
{
        struct arena *arena = values->arena;

        pairs_add_typed(values, "items", "", PAIR_ARRAY);
        for (size_t i = 0; i < listing->count; i++) {
                const struct listing_entry *entry = &listing->entries[i];
                char *prefix = arena_printf(arena, "items/%zu/", i);

                pairs_add(values, arena_printf(arena, "%slink", prefix),
                    arena_printf(arena, "%s%s", url_encode(arena, entry->name),
                        entry->is_folder ? "/" : ""));
                pairs_add(
                    values, arena_printf(arena, "%stext", prefix), text_clean(arena, entry->name));
                pairs_add(values, arena_printf(arena, "%sdate", prefix),
                    text_beijing_time(arena, entry->modified));
                if (entry->is_folder)
                        pairs_add(values, arena_printf(arena, "%sis_folder", prefix), "1");
                else
                        pairs_add(values, arena_printf(arena, "%ssize", prefix),
                            size_text(arena, entry->size));
        }
        pairs_add(values, "has_items", listing->count > 0 ? "1" : NULL);
        pairs_add(
            values, "more", listing->has_more ? arena_printf(arena, "%d", (int)LISTING_MAX) : NULL);
}
