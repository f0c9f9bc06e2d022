/* picture: a picture that somebody sent, PNG or JPEG. */
#include "fuzz.h"

#include "format/jpeg.h"
#include "format/picture.h"

/* A large picture takes long, and shows nothing that a small one does not. */
static bool
is_large(const uint8_t *data, size_t size)
{
        return size > 24 && memcmp(data, "\x89PNG", 4) == 0 &&
               (data[16] != 0 || data[17] != 0 || data[18] > 1 || data[20] != 0 || data[21] != 0 ||
                   data[22] > 1);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        struct pixels pixels;
        enum picture_flaw flaw;
        size_t made_size;
        int orientation;
        char *made;

        if (is_large(data, size))
                return;
        flaw = picture_make(arena, data, size, &made, &made_size);
        CHECK(flaw >= PICTURE_GOOD && flaw < PICTURE_FLAWS && *picture_flaw_name(flaw) != '\0');
        if (flaw != PICTURE_GOOD)
                return;
        CHECK(made_size <= PICTURE_MADE_MAX);
        CHECK(jpeg_read(arena, made, made_size, &pixels, &orientation) == PICTURE_GOOD);
        CHECK(
            orientation == 1 && pixels.width == pixels.height && pixels.width <= PIXELS_SQUARE_MAX);
}
