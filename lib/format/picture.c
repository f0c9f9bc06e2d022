#include "format/picture.h"

#include <stdint.h>
#include <string.h>

#include "format/jpeg.h"
#include "format/png_read.h"

static enum picture_flaw
read_any(
    struct arena *arena, const void *bytes, size_t size, struct pixels *pixels, int *orientation)
{
        static const char png[] = "\x89PNG\r\n\x1a\n", jpeg[] = "\xff\xd8\xff";

        if (size >= sizeof(png) - 1 && memcmp(bytes, png, sizeof(png) - 1) == 0)
                return png_read(arena, bytes, size, pixels, orientation);
        if (size >= sizeof(jpeg) - 1 && memcmp(bytes, jpeg, sizeof(jpeg) - 1) == 0)
                return jpeg_read(arena, bytes, size, pixels, orientation);
        return PICTURE_OTHER;
}

enum picture_flaw
picture_make(struct arena *arena, const void *bytes, size_t size, char **made, size_t *made_size)
{
        /* Only noise does not fit at the first. */
        static const int qualities[] = {85, 70, 50, 30, 10};
        enum picture_flaw flaw;
        struct pixels pixels;
        int orientation = 1;
        uint8_t *square;

        flaw = read_any(arena, bytes, size, &pixels, &orientation);
        if (flaw != PICTURE_GOOD)
                return flaw;
        square = pixels_finish(arena, &pixels, orientation);
        for (size_t i = 0; i < sizeof(qualities) / sizeof(qualities[0]); i++) {
                *made = jpeg_write(arena, square, pixels.square, qualities[i], made_size);
                if (*made != NULL && *made_size <= PICTURE_MADE_MAX)
                        return PICTURE_GOOD;
        }
        return PICTURE_LARGE;
}
