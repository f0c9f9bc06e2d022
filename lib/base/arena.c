#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory is allocated from the C library in blocks of this size. One is enough for nearly every
 * request, and pages that are not touched cost nothing. With 0 each allocation is a block of its
 * own, not a byte larger, so that a sanitizer or valgrind sees accesses past its end. */
#ifndef ARENA_BLOCK_SIZE
#define ARENA_BLOCK_SIZE 65536
#endif

struct block {
        struct block *next;
        size_t size;
        size_t used;
        max_align_t data[];
};

struct deferred {
        struct deferred *next;
        void (*close)(void *);
        void *handle;
};

struct arena {
        struct block *blocks;
        struct deferred *deferred;
        void (*exhausted)(void);
};

struct arena *
arena_new(void (*exhausted)(void))
{
        struct arena *arena = calloc(1, sizeof(*arena));

        if (arena != NULL)
                arena->exhausted = exhausted;
        return arena;
}

struct arena *
arena_begin(const struct arena *arena)
{
        struct arena *begun = arena_new(arena->exhausted);

        if (begun == NULL) {
                arena->exhausted();
                abort();
        }
        return begun;
}

static void
run_deferred(const struct arena *arena)
{
        for (const struct deferred *d = arena->deferred; d != NULL; d = d->next)
                d->close(d->handle);
}

void
arena_end(struct arena *arena)
{
#if ARENA_BLOCK_SIZE == 0
        arena_free(arena);
#else
        run_deferred(arena);
#endif
}

void
arena_free(struct arena *arena)
{
        struct block *block, *next;

        if (arena == NULL)
                return;
        run_deferred(arena);
        for (block = arena->blocks; block != NULL; block = next) {
                next = block->next;
                free(block);
        }
        free(arena);
}

/* Frees the blocks but one of the usual size, which it returns without what was in it; NULL: there
 * is none. */
static struct block *
free_blocks(struct block *blocks)
{
        struct block *kept = NULL, *next;

        for (; blocks != NULL; blocks = next) {
                next = blocks->next;
                if (kept != NULL || ARENA_BLOCK_SIZE == 0 || blocks->size != ARENA_BLOCK_SIZE) {
                        free(blocks);
                        continue;
                }
                kept = blocks;
                memset(kept->data, 0, kept->used);
                kept->used = 0;
                kept->next = NULL;
        }
        return kept;
}

void
arena_reset(struct arena *arena)
{
        run_deferred(arena);
        arena->deferred = NULL;
        arena->blocks = free_blocks(arena->blocks);
}

static struct block *
add_block(struct arena *arena, size_t size)
{
        size_t room = size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE;
        struct block *block = NULL;

        /* No object can be larger: the difference of two pointers has to hold its size. */
        if (room < PTRDIFF_MAX - sizeof(*block))
                block = malloc(sizeof(*block) + room);
        if (block == NULL) {
                arena->exhausted();
                abort();
        }
        block->size = room;
        block->used = 0;
        block->next = arena->blocks;
        arena->blocks = block;
        return block;
}

/* The free rest of the latest block, where the next allocation begins; NULL and 0 if there is none.
 */
static char *
rest(struct arena *arena, size_t *size)
{
        const size_t align = alignof(max_align_t);
        struct block *block = arena->blocks;
        size_t at = block == NULL ? 0 : (block->used + align - 1) / align * align;

        *size = block == NULL || at > block->size ? 0 : block->size - at;
        return *size == 0 ? NULL : (char *)block->data + at;
}

void *
arena_alloc_raw(struct arena *arena, size_t size)
{
        size_t room;
        char *data = rest(arena, &room);

        if (data == NULL || room < size)
                data = (char *)add_block(arena, size)->data;
        arena->blocks->used = (size_t)(data - (char *)arena->blocks->data) + size;
        return data;
}

bool
arena_resize(struct arena *arena, void **data, size_t size, size_t wanted)
{
        struct block *block = arena->blocks;
        size_t at;

        if (block == NULL || block->used < size ||
            *data != (char *)block->data + (block->used - size))
                return false;
        at = block->used - size;
        if (wanted > block->size - at) {
                if (at > 0 || wanted >= PTRDIFF_MAX - sizeof(*block))
                        return false;
                block = realloc(block, sizeof(*block) + wanted);
                if (block == NULL)
                        return false;
                block->size = wanted;
                arena->blocks = block;
                *data = block->data;
        }
        block->used = at + wanted;
        return true;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
        return memset(arena_alloc_raw(arena, size), 0, size);
}

char *
arena_copy(struct arena *arena, const void *data, size_t size)
{
        char *copy = arena_alloc_raw(arena, size + 1);

        if (size > 0)
                memcpy(copy, data, size);
        copy[size] = '\0';
        return copy;
}

char *
arena_strdup(struct arena *arena, const char *text)
{
        return text == NULL ? NULL : arena_copy(arena, text, strlen(text));
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
        va_list args;
        size_t room;
        char *text = rest(arena, &room);
        int size;

        va_start(args, format);
        size = vsnprintf(text, room, format, args);
        va_end(args);
        if (size < 0)
                return arena_copy(arena, "", 0);
        /* If it fitted, it already stands in its place. */
        text = arena_alloc_raw(arena, (size_t)size + 1);
        if ((size_t)size < room)
                return text;
        va_start(args, format);
        (void)vsnprintf(text, (size_t)size + 1, format, args);
        va_end(args);
        return text;
}

void
arena_defer(struct arena *arena, void (*close)(void *), void *handle)
{
        struct deferred *d = arena_alloc(arena, sizeof(*d));

        d->close = close;
        d->handle = handle;
        d->next = arena->deferred;
        arena->deferred = d;
}
