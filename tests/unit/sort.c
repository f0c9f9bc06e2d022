/* sort: arrays of any number of elements, with equal ones, in any order before. */
#include "table.h"

#include <stdlib.h>

#include "base/sort.h"

struct element {
        int key;
        char rest[12]; /* moves with its key */
};

static int
compare(const void *one, const void *other)
{
        const struct element *a = one, *b = other;

        return a->key < b->key ? -1 : a->key > b->key;
}

static void
arrays_of_any_length_are_sorted(void **state)
{
        enum { MOST = 300 };
        static struct element sorted[MOST], wanted[MOST];
        unsigned draw = 1;

        (void)state;
        sort_array(NULL, 0, sizeof(struct element), compare);
        for (size_t count = 0; count <= MOST; count++) {
                bool rests = true;

                for (size_t i = 0; i < count; i++) {
                        draw = draw * 1103515245u + 12345u;
                        sorted[i].key = (int)(draw >> 16) % (count % 3 == 0 ? 5 : 10000);
                        if (count % 7 == 0)
                                sorted[i].key = (int)i * (count % 2 == 0 ? 1 : -1);
                        snprintf(sorted[i].rest, sizeof(sorted[i].rest), "%d", sorted[i].key);
                        wanted[i] = sorted[i];
                }
                sort_array(sorted, count, sizeof(*sorted), compare);
                qsort(wanted, count, sizeof(*wanted), compare);
                for (size_t i = 0; i < count; i++)
                        rests = rests && sorted[i].key == wanted[i].key &&
                                atoi(sorted[i].rest) == sorted[i].key;
                ROW(rests, count, "as qsort() sorts them");
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(arrays_of_any_length_are_sorted)};

        return RUN(tests);
}
