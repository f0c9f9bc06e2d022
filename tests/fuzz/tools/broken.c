/* A target with one fault of each kind that fuzzing must find. */
#include "fuzz.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        char *piece = arena_alloc_raw(arena, 3);
        int largest = 0x7fffffff;

        if (strcmp(text, "unset") == 0 && *piece == 'x') /* which is valgrind's to find */
                fprintf(stderr, "unset\n");
        memset(piece, 'x', 3);
        CHECK(strcmp(text, "property") != 0);
        if (strcmp(text, "overflow") == 0) /* one byte past the end of a piece of an arena */
                memset(piece, 'x', size - 4);
        if (strcmp(text, "undefined") == 0 && largest + (int)size < 0)
                abort();
        if (strcmp(text, "leak") == 0) {
                char *volatile lost =
                    malloc(size); /* volatile keeps the compiler from removing the leak */

                memset(lost, 'x', size);
                lost = NULL;
        }
}
