#include "format/qr_png.h"

#include <stdbool.h>
#include <string.h>

#include <png.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/qr.h"

/* Returns the pixels, a byte each, row by row. */
static png_byte *
draw(struct arena *arena, const struct qr_code *code, size_t side, size_t wide)
{
        png_byte *pixels = arena_alloc_raw(arena, wide * wide);

        memset(pixels, 0xff, wide * wide);
        for (size_t y = 0; y < (size_t)code->width * side; y++)
                for (size_t x = 0; x < (size_t)code->width; x++)
                        if (code->is_dark[y / side * (size_t)code->width + x] != 0)
                                memset(
                                    pixels + (y + QR_MARGIN * side) * wide + (x + QR_MARGIN) * side,
                                    0, side);
        return pixels;
}

int
qr_png(struct arena *arena, const struct qr_code *code, int side, char **png, size_t *size,
    struct err *err)
{
        size_t wide = (size_t)(code->width + 2 * QR_MARGIN) * (size_t)side;
        png_image image = {.version = PNG_IMAGE_VERSION,
            .width = (png_uint_32)wide,
            .height = (png_uint_32)wide,
            .format = PNG_FORMAT_GRAY};
        png_byte *pixels = draw(arena, code, (size_t)side, wide);
        png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);
        char *made = arena_alloc_raw(arena, room);

        if (png_image_write_to_memory(&image, made, &room, 0, pixels, 0, NULL) == 0)
                return err_set(err, ERR_SYSTEM, "png: %s", image.message);
        *png = made;
        *size = room;
        return 0;
}
