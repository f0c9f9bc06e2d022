#include "base/pairs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

void
pairs_init(struct pairs *pairs, struct arena *arena)
{
        memset(pairs, 0, sizeof(*pairs));
        pairs->arena = arena;
}

void
pairs_add_typed(struct pairs *pairs, const char *name, const char *value, enum pair_type type)
{
        if (value == NULL)
                return;
        if (pairs->count == pairs->room) {
                size_t room = pairs->room == 0 ? 8 : pairs->room * 2;
                struct pair *grown = arena_alloc(pairs->arena, room * sizeof(*grown));

                if (pairs->count > 0)
                        memcpy(grown, pairs->items, pairs->count * sizeof(*grown));
                pairs->items = grown;
                pairs->room = room;
        }
        pairs->items[pairs->count++] = (struct pair){name, value, type};
}

void
pairs_add(struct pairs *pairs, const char *name, const char *value)
{
        pairs_add_typed(pairs, name, value, PAIR_TEXT);
}

void
pairs_add_number(struct pairs *pairs, const char *name, long long number)
{
        pairs_add_typed(pairs, name, arena_printf(pairs->arena, "%lld", number), PAIR_NUMBER);
}

void
pairs_remove(struct pairs *pairs, const char *name)
{
        size_t kept = 0;

        for (size_t i = 0; i < pairs->count; i++)
                if (strcmp(pairs->items[i].name, name) != 0)
                        pairs->items[kept++] = pairs->items[i];
        pairs->count = kept;
}

const char *
pairs_get(const struct pairs *pairs, const char *name)
{
        for (size_t i = 0; i < pairs->count; i++)
                if (strcmp(pairs->items[i].name, name) == 0)
                        return pairs->items[i].value;
        return NULL;
}

const char *
pairs_get_once(const struct pairs *pairs, const char *name)
{
        return pairs_count(pairs, name) == 1 ? pairs_get(pairs, name) : NULL;
}

const char *
pairs_get_text(const struct pairs *pairs, const char *name)
{
        const char *value = pairs_get(pairs, name);

        return value == NULL ? "" : value;
}

long long
pairs_get_number(const struct pairs *pairs, const char *name, long long fallback)
{
        const char *value = pairs_get(pairs, name);
        long long number;
        char *end;

        if (value == NULL || *value == '\0' || strchr(" \t\n\v\f\r+", *value) != NULL)
                return fallback;
        errno = 0;
        number = strtoll(value, &end, 10);
        return errno != 0 || *end != '\0' ? fallback : number;
}

const char *
pairs_join(const struct pairs *pairs, const char *name, const char *separator)
{
        struct buf joined;
        bool first = true;

        buf_init(&joined, pairs->arena);
        for (size_t i = 0; i < pairs->count; i++) {
                if (strcmp(pairs->items[i].name, name) != 0)
                        continue;
                if (!first)
                        buf_add_text(&joined, separator);
                first = false;
                buf_add_text(&joined, pairs->items[i].value);
        }
        return joined.data;
}

size_t
pairs_count(const struct pairs *pairs, const char *name)
{
        size_t count = 0;

        for (size_t i = 0; i < pairs->count; i++)
                if (strcmp(pairs->items[i].name, name) == 0)
                        count++;
        return count;
}

void
pairs_get_below(const struct pairs *pairs, const char *path, struct pairs *inner)
{
        size_t size = strlen(path);

        for (size_t i = 0; i < pairs->count; i++) {
                const struct pair *pair = &pairs->items[i];

                if (strncmp(pair->name, path, size) == 0 && pair->name[size] == '/')
                        pairs_add_typed(inner, pair->name + size + 1, pair->value, pair->type);
        }
}
