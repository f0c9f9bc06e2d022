#include "format/exif.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { HEADER = 8, ENTRY = 12, TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, UPRIGHT = 1, LAST = 8 };

struct tiff {
        const uint8_t *bytes;
        bool big_end; /* the high byte comes first */
};

/* at + 2 and at + 4 are within the size. */
static uint32_t
get_short(const struct tiff *tiff, size_t at)
{
        const uint32_t first = tiff->bytes[at], second = tiff->bytes[at + 1];

        return tiff->big_end ? first << 8 | second : second << 8 | first;
}

static uint32_t
get_long(const struct tiff *tiff, size_t at)
{
        const uint32_t first = get_short(tiff, at), second = get_short(tiff, at + 2);

        return tiff->big_end ? first << 16 | second : second << 16 | first;
}

int
exif_orientation(const void *bytes, size_t size)
{
        struct tiff tiff = {bytes, false};
        size_t at, entries;

        if (size < HEADER || (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0))
                return UPRIGHT;
        tiff.big_end = tiff.bytes[0] == 'M';
        at = get_long(&tiff, 4);
        if (at > size - 2)
                return UPRIGHT;
        entries = get_short(&tiff, at);
        at += 2;
        for (; entries > 0 && size - at >= ENTRY; entries--, at += ENTRY) {
                uint32_t value;

                if (get_short(&tiff, at) != TAG_ORIENTATION)
                        continue;
                value = get_short(&tiff, at + 8);
                return get_short(&tiff, at + 2) == TYPE_SHORT && get_long(&tiff, at + 4) == 1 &&
                               value >= UPRIGHT && value <= LAST
                           ? (int)value
                           : UPRIGHT;
        }
        return UPRIGHT;
}
