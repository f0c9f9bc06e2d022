#include "format/png_read.h"

#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <png.h>

#include "base/arena.h"
#include "format/exif.h"

/* CHUNK_SIZE: what a chunk besides the picture may take, such as that with the orientation. */
enum { CHANNELS = 4, COLORS = 3, OPAQUE = 255, PASSES = 7, CHUNK_SIZE = 64 * 1024 };

/* What is used after setjmp() is in here. */
struct work {
        const png_byte *bytes;
        size_t left;
        png_structp png;
        png_infop info;
        png_byte *row;
        enum picture_flaw flaw;
};

static void
give_up(png_structp png, png_const_charp text)
{
        (void)text;
        png_longjmp(png, 1);
}

static void
say_nothing(png_structp png, png_const_charp text)
{
        (void)png;
        (void)text;
}

static void
take(png_structp png, png_bytep to, size_t size)
{
        struct work *work = png_get_io_ptr(png);

        if (size > work->left)
                png_error(png, "the end");
        memcpy(to, work->bytes, size);
        work->bytes += size;
        work->left -= size;
}

/* Chunks that may be large, or are compressed, are passed over. */
static void
restrict_chunks(png_structp png)
{
        static const png_byte passed_over[] = "bKGD\0cHRM\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0"
                                              "pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0"
                                              "zTXt";
        enum { NAME = 5 };

        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
        png_set_keep_unknown_chunks(
            png, PNG_HANDLE_CHUNK_NEVER, passed_over, (int)(sizeof(passed_over) / NAME));
        png_set_chunk_malloc_max(png, CHUNK_SIZE);
        png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* pixels.h has ours */
}

static int
orientation_of(png_structp png, png_infop info)
{
        png_bytep bytes;
        png_uint_32 size;

        return png_get_eXIf_1(png, info, &size, &bytes) == 0 ? 1 : exif_orientation(bytes, size);
}

/* Has libpng turn any kind of picture into red, green, blue and opacity, a byte each. */
static void
choose_form(png_structp png, png_infop info)
{
        png_set_expand(png);
        png_set_scale_16(png);
        png_set_gray_to_rgb(png);
        png_set_add_alpha(png, OPAQUE, PNG_FILLER_AFTER);
        png_read_update_info(png, info);
}

static void
add_pixel(struct pixels *pixels, size_t x, size_t y, const png_byte *from)
{
        const unsigned opacity = from[COLORS];
        uint8_t color[COLORS];

        for (size_t i = 0; i < COLORS; i++)
                color[i] =
                    (uint8_t)((from[i] * opacity + OPAQUE * (OPAQUE - opacity) + OPAQUE / 2) /
                              OPAQUE);
        pixels_add(pixels, x, y, color);
}

static void
read_plain(struct work *work, struct pixels *pixels)
{
        for (size_t y = 0; y < pixels->height; y++) {
                png_read_row(work->png, work->row, NULL);
                for (size_t x = 0; x < pixels->width; x++)
                        add_pixel(pixels, x, y, work->row + x * CHANNELS);
        }
}

/* Seven smaller pictures, one after the other, so that none has to be in memory as a whole. */
static void
read_interlaced(struct work *work, struct pixels *pixels)
{
        for (int pass = 0; pass < PASSES; pass++) {
                const long columns = PNG_PASS_COLS((long)pixels->width, pass),
                           rows = columns == 0 ? 0 : PNG_PASS_ROWS((long)pixels->height, pass);

                for (long row = 0; row < rows; row++) {
                        png_read_row(work->png, work->row, NULL);
                        for (long column = 0; column < columns; column++)
                                add_pixel(pixels, (size_t)PNG_COL_FROM_PASS_COL(column, pass),
                                    (size_t)PNG_ROW_FROM_PASS_ROW(row, pass),
                                    work->row + column * CHANNELS);
                }
        }
}

static enum picture_flaw
read_picture(struct arena *arena, struct work *work, struct pixels *pixels, int *orientation)
{
        enum picture_flaw flaw;

        png_set_read_fn(work->png, work, take);
        restrict_chunks(work->png);
        png_read_info(work->png, work->info);
        *orientation = orientation_of(work->png, work->info);
        flaw = pixels_begin(arena, png_get_image_width(work->png, work->info),
            png_get_image_height(work->png, work->info), pixels);
        if (flaw != PICTURE_GOOD)
                return flaw;
        choose_form(work->png, work->info);
        work->row = arena_alloc(arena, pixels->width * CHANNELS);
        if (png_get_interlace_type(work->png, work->info) == PNG_INTERLACE_NONE)
                read_plain(work, pixels);
        else
                read_interlaced(work, pixels);
        png_read_end(work->png, NULL);
        return PICTURE_GOOD;
}

enum picture_flaw
png_read(
    struct arena *arena, const void *bytes, size_t size, struct pixels *pixels, int *orientation)
{
        struct work *work = arena_alloc(arena, sizeof(*work));

        work->bytes = bytes;
        work->left = size;
        work->flaw = PICTURE_DAMAGED;
        work->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, give_up, say_nothing);
        work->info = work->png == NULL ? NULL : png_create_info_struct(work->png);
        if (work->info != NULL && setjmp(png_jmpbuf(work->png)) == 0)
                work->flaw = read_picture(arena, work, pixels, orientation);
        if (work->png != NULL)
                png_destroy_read_struct(&work->png, &work->info, NULL);
        return work->flaw;
}
