#include "base/sort.h"

#include <string.h>

struct heap {
        unsigned char *base;
        size_t size;
        int (*compare)(const void *one, const void *other);
};

static unsigned char *
at(const struct heap *heap, size_t i)
{
        return heap->base + i * heap->size;
}

static void
swap(const struct heap *heap, size_t i, size_t j)
{
        unsigned char kept[SORT_ELEMENT_MAX];

        memcpy(kept, at(heap, i), heap->size);
        memcpy(at(heap, i), at(heap, j), heap->size);
        memcpy(at(heap, j), kept, heap->size);
}

/* Moves the element at i down until none below it, of count in all, is larger. */
static void
sift(const struct heap *heap, size_t i, size_t count)
{
        for (size_t below; (below = 2 * i + 1) < count; i = below) {
                if (below + 1 < count && heap->compare(at(heap, below), at(heap, below + 1)) < 0)
                        below++;
                if (heap->compare(at(heap, i), at(heap, below)) >= 0)
                        return;
                swap(heap, i, below);
        }
}

void
sort_array(
    void *base, size_t count, size_t size, int (*compare)(const void *one, const void *other))
{
        const struct heap heap = {base, size, compare};

        for (size_t i = count / 2; i > 0; i--)
                sift(&heap, i - 1, count);
        for (size_t left = count; left > 1; left--) {
                swap(&heap, 0, left - 1);
                sift(&heap, 0, left - 1);
        }
}
