/* picture: what is made of PNG and JPEG pictures: the middle, upright, small, on white, without
 * metadata; exif and pixels by themselves; what is refused. */
#include "table.h"

#include <png.h>

#include "format/exif.h"
#include "format/jpeg.h"
#include "format/picture.h"
#include "format/pixels.h"
#include "format/png_read.h"

enum { COLORS = 3, NEAR = 24 };

struct bytes {
        char *data;
        size_t size;
};

/* ---- orientation ---- */

static void
orientations_are_read(void **state)
{
        static const struct {
                const char *bytes;
                size_t size;
                int orientation;
        } rows[] = {
#define EXIF(text) text, sizeof(text) - 1
            {EXIF("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"), 6},
            {EXIF("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0"), 8},
            {EXIF("II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0\x08\0\0\0"
                  "\x12\x01\x03\0\x01\0\0\0\x03\0\0\0"),
                3},
            {EXIF("MM\0*\0\0\0\x0a\xff\xff\0\x01\x01\x12\0\x03\0\0\0\x01\0\x02\0\0"), 2},
            {EXIF("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0"), 1},
            {EXIF("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0"), 1},
            {EXIF("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x04\0\0\0\x01\0\x06\0\0"), 1},
            {EXIF("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x02\0\x06\0\0"), 1},
            {EXIF("MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03\0\0\0\x01\0\x06\0"), 1},
            {EXIF("MM\0*\xff\xff\xff\xff\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"), 1},
            {EXIF("MM\0*\0\0\0\x15\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"), 1},
            {EXIF("MM\0*\0\0\0\x08"), 1}, {EXIF("MM\0*"), 1}, {EXIF(""), 1},
            {EXIF("MI\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"), 1}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                char *copy = memcpy(malloc(rows[i].size + 1), rows[i].bytes, rows[i].size);

                copy = realloc(copy, rows[i].size == 0 ? 1 : rows[i].size);
                ROW(exif_orientation(copy, rows[i].size) == rows[i].orientation, i, "orientation");
                free(copy);
        }
        END_ROWS();
}

/* ---- the square ---- */

/* Makes a square of 2 × 2 pixels of a picture 4 × 2, whose middle is ABCD. */
static void
squares_are_turned_upright(void **state)
{
        static const char *const upright[] = {
            NULL, "ABCD", "BADC", "DCBA", "CDAB", "ACBD", "CADB", "DBCA", "BDAC"};
        static const char picture[] = "xABxxCDx";

        for (int orientation = 1; orientation <= 8; orientation++) {
                struct pixels pixels;
                char made[5] = "";
                uint8_t *square;

                assert_int_equal(pixels_begin(*state, 4, 2, &pixels), PICTURE_GOOD);
                for (size_t i = 0; i < 8; i++) {
                        const uint8_t color[COLORS] = {(uint8_t)picture[i], 0, 255};

                        pixels_add(&pixels, i % 4, i / 4, color);
                }
                square = pixels_finish(*state, &pixels, orientation);
                for (size_t i = 0; i < 4; i++) {
                        made[i] = (char)square[i * COLORS];
                        assert_int_equal(square[i * COLORS + 1], 0);
                        assert_int_equal(square[i * COLORS + 2], 255);
                }
                ROW(strcmp(made, upright[orientation]) == 0, (size_t)orientation, made);
        }
        END_ROWS();
}

/* 480 columns become 320: of three, the middle one counts half for each neighbour. */
static void
areas_are_averaged(void **state)
{
        struct pixels pixels;
        uint8_t *square;

        assert_int_equal(pixels_begin(*state, 480, 480, &pixels), PICTURE_GOOD);
        assert_int_equal(pixels.square, PIXELS_SQUARE_MAX);
        for (size_t y = 0; y < 480; y++)
                for (size_t x = 0; x < 480; x++) {
                        const uint8_t color[COLORS] = {
                            x % 3 == 0 ? 240 : 0, x % 3 == 1 ? 240 : 0, y % 3 == 2 ? 240 : 0};

                        pixels_add(&pixels, x, y, color);
                }
        square = pixels_finish(*state, &pixels, 1);
        for (size_t i = 0; i < 320 * 320; i++) {
                const uint8_t *color = square + i * COLORS;

                assert_int_equal(color[0], i % 2 == 0 ? 160 : 0);
                assert_int_equal(color[1], 80);
                assert_int_equal(color[2], i / 320 % 2 == 0 ? 0 : 160);
        }
}

static void
sizes_have_limits(void **state)
{
        static const struct {
                size_t width, height;
                enum picture_flaw flaw;
                size_t square;
        } rows[] = {{1, 1, PICTURE_GOOD, 1}, {0, 1, PICTURE_DAMAGED, 0}, {1, 0, PICTURE_DAMAGED, 0},
            {320, 321, PICTURE_GOOD, 320}, {5000, 5000, PICTURE_GOOD, 320},
            {5000, 5001, PICTURE_LARGE, 0}, {20000, 1, PICTURE_GOOD, 1},
            {20001, 1, PICTURE_LARGE, 0}, {1, 20001, PICTURE_LARGE, 0},
            {SIZE_MAX, SIZE_MAX, PICTURE_LARGE, 0}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pixels pixels = {.square = 0};

                ROW(pixels_begin(*state, rows[i].width, rows[i].height, &pixels) == rows[i].flaw, i,
                    "flaw");
                ROW(pixels.square == rows[i].square, i, "square");
        }
        END_ROWS();
}

/* ---- pictures ---- */

static void
add_bytes(png_structp png, png_bytep data, size_t size)
{
        struct bytes *bytes = png_get_io_ptr(png);

        bytes->data = realloc(bytes->data, bytes->size + size);
        memcpy(bytes->data + bytes->size, data, size);
        bytes->size += size;
}

static void
flush(png_structp png)
{
        (void)png;
}

struct kind {
        const char *name;
        int type, depth, interlaced;
};

static const struct kind kinds[] = {{"rgb", PNG_COLOR_TYPE_RGB, 8, 0},
    {"rgb, interlaced", PNG_COLOR_TYPE_RGB, 8, 1}, {"rgb of 16 bits", PNG_COLOR_TYPE_RGB, 16, 0},
    {"rgba", PNG_COLOR_TYPE_RGBA, 8, 0}, {"rgba, interlaced", PNG_COLOR_TYPE_RGBA, 16, 1},
    {"grey", PNG_COLOR_TYPE_GRAY, 8, 0}, {"grey of 1 bit", PNG_COLOR_TYPE_GRAY, 1, 1},
    {"grey and opacity", PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0},
    {"palette", PNG_COLOR_TYPE_PALETTE, 8, 0}, {"palette of 4", PNG_COLOR_TYPE_PALETTE, 2, 1}};

/* The colour of a quarter of the picture: black, white, red, or nothing; grey has no red. */
static int
quarter(size_t x, size_t y, size_t width, size_t height)
{
        return (x >= width / 2 ? 1 : 0) + (y >= height / 2 ? 2 : 0);
}

static const uint8_t quarters[][4] = {
    {0, 0, 0, 255}, {255, 255, 255, 255}, {255, 0, 0, 255}, {0, 0, 0, 0}};

static void
put_pixel(png_byte *row, const struct kind *kind, size_t x, int color)
{
        size_t channels = kind->type == PNG_COLOR_TYPE_RGB          ? 3
                          : kind->type == PNG_COLOR_TYPE_RGBA       ? 4
                          : kind->type == PNG_COLOR_TYPE_GRAY_ALPHA ? 2
                                                                    : 1;
        uint8_t values[4] = {
            quarters[color][0], quarters[color][1], quarters[color][2], quarters[color][3]};

        if (kind->type == PNG_COLOR_TYPE_GRAY_ALPHA)
                values[1] = values[3];
        if (kind->type == PNG_COLOR_TYPE_PALETTE)
                values[0] = (uint8_t)color;
        if (kind->depth < 8) {
                unsigned value =
                    kind->type == PNG_COLOR_TYPE_PALETTE ? (unsigned)color : values[0] != 0;
                size_t bit = x * (size_t)kind->depth;

                row[bit / 8] |= (png_byte)(value << (8 - (size_t)kind->depth - bit % 8));
                return;
        }
        for (size_t i = 0; i < channels; i++)
                memset(row + (x * channels + i) * (size_t)(kind->depth / 8), values[i],
                    (size_t)(kind->depth / 8));
}

static struct bytes
write_png(void **state, const struct kind *kind, size_t width, size_t height)
{
        png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
        png_infop info = png_create_info_struct(png);
        struct bytes bytes = {NULL, 0};
        png_color palette[4];
        png_byte opacity[4];
        png_byte **rows = arena_alloc(*state, height * sizeof(*rows));

        png_set_write_fn(png, &bytes, add_bytes, flush);
        png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, kind->depth, kind->type,
            kind->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
            PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        for (size_t i = 0; i < 4; i++) {
                palette[i] = (png_color){quarters[i][0], quarters[i][1], quarters[i][2]};
                opacity[i] = quarters[i][3];
        }
        if (kind->type == PNG_COLOR_TYPE_PALETTE) {
                png_set_PLTE(png, info, palette, 4);
                png_set_tRNS(png, info, opacity, 4, NULL);
        }
        for (size_t y = 0; y < height; y++) {
                rows[y] = arena_alloc(*state, width * 8);
                for (size_t x = 0; x < width; x++)
                        put_pixel(rows[y], kind, x, quarter(x, y, width, height));
        }
        png_set_rows(png, info, rows);
        png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
        png_destroy_write_struct(&png, &info);
        return bytes;
}

/* Is the pixel of the square that colour, by and large? */
static bool
is_near(const uint8_t *square, size_t side, size_t x, size_t y, const uint8_t color[COLORS])
{
        for (size_t i = 0; i < COLORS; i++)
                if (abs((int)square[(y * side + x) * COLORS + i] - (int)color[i]) > NEAR)
                        return false;
        return true;
}

/* Reads what was made, as a square. */
static uint8_t *
read_made(void **state, const char *made, size_t size, size_t *side)
{
        struct pixels pixels;
        int orientation;

        assert_int_equal(jpeg_read(*state, made, size, &pixels, &orientation), PICTURE_GOOD);
        assert_int_equal(pixels.width, pixels.height);
        assert_int_equal(orientation, 1);
        *side = pixels.square;
        return pixels_finish(*state, &pixels, orientation);
}

static void
png_of_any_kind_is_read(void **state)
{
        for (size_t i = 0; i < COUNT(kinds); i++) {
                struct bytes png = write_png(state, &kinds[i], 90, 40);
                bool opaque =
                    kinds[i].type == PNG_COLOR_TYPE_RGB || kinds[i].type == PNG_COLOR_TYPE_GRAY;
                bool grey = (kinds[i].type & PNG_COLOR_MASK_COLOR) == 0;
                size_t size, side;
                uint8_t *square;
                char *made;

                ROW(picture_make(*state, png.data, png.size, &made, &size) == PICTURE_GOOD, i,
                    kinds[i].name);
                free(png.data);
                square = read_made(state, made, size, &side);
                assert_int_equal(side, 40);
                ROW(is_near(square, side, 4, 4, quarters[0]), i, kinds[i].name);
                ROW(is_near(square, side, 35, 4, quarters[1]), i, kinds[i].name);
                ROW(grey ? is_near(square, side, 4, 35, quarters[1])
                         : is_near(square, side, 4, 35, quarters[2]),
                    i, kinds[i].name);
                /* What is transparent is white. */
                ROW(is_near(square, side, 35, 35, quarters[opaque ? 0 : 1]), i, kinds[i].name);
        }
        END_ROWS();
}

/* A JPEG picture 100 × 100, black at the top, white at the bottom left, red at the bottom right,
 * with Exif that says how it is turned. */
static struct bytes
write_jpeg(void **state, int orientation)
{
        static const char exif[] = "\xff\xe1\0\x24"
                                   "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?\0\0"
                                   "SECRET";
        uint8_t *square = arena_alloc(*state, 100 * 100 * COLORS);
        struct bytes bytes;
        size_t size;
        char *made;

        for (size_t i = 0; i < 100 * 100; i++)
                memcpy(square + i * COLORS,
                    quarters[i / 100 < 50   ? 0
                             : i % 100 < 50 ? 1
                                            : 2],
                    COLORS);
        made = jpeg_write(*state, square, 100, 90, &size);
        assert_non_null(made);
        bytes.size = size + sizeof(exif) - 1;
        bytes.data = arena_alloc(*state, bytes.size);
        memcpy(bytes.data, made, 2);
        memcpy(bytes.data + 2, exif, sizeof(exif) - 1);
        *(char *)memchr(bytes.data, '?', 64) = (char)orientation;
        memcpy(bytes.data + 2 + sizeof(exif) - 1, made + 2, size - 2);
        return bytes;
}

static void
cameras_may_be_turned(void **state)
{
        /* The colours, as in quarters, of the corners: top left, top right, bottom left, bottom
         * right. */
        static const uint8_t corners[][4] = {{0}, {0, 0, 1, 2}, {0, 0, 2, 1}, {2, 1, 0, 0},
            {1, 2, 0, 0}, {0, 1, 0, 2}, {1, 0, 2, 0}, {2, 0, 1, 0}, {0, 2, 0, 1}};

        for (int orientation = 1; orientation <= 8; orientation++) {
                struct bytes jpeg = write_jpeg(state, orientation);
                size_t size, side;
                uint8_t *square;
                char *made;

                assert_int_equal(
                    picture_make(*state, jpeg.data, jpeg.size, &made, &size), PICTURE_GOOD);
                assert_null(memmem(made, size, "SECRET", 6));
                assert_null(memmem(made, size, "Exif", 4));
                square = read_made(state, made, size, &side);
                assert_int_equal(side, 100);
                for (size_t i = 0; i < 4; i++)
                        ROW(is_near(square, side, i % 2 == 0 ? 10 : 90, i < 2 ? 10 : 90,
                                quarters[corners[orientation][i]]),
                            (size_t)orientation, "a corner");
        }
        END_ROWS();
}

/* Each beginning of a picture, and each with one byte changed: it ends, and what it makes can be
 * read. */
static void
broken_pictures_do_no_harm(void **state)
{
        struct bytes pictures[] = {write_jpeg(state, 1), write_png(state, &kinds[1], 20, 20),
            write_png(state, &kinds[9], 20, 20)};

        for (size_t i = 0; i < COUNT(pictures); i++) {
                for (size_t size = 0; size < pictures[i].size; size++) {
                        struct arena *arena = arena_new(abort);
                        char *cut = memcpy(malloc(size + 1), pictures[i].data, size), *made;
                        size_t made_size;

                        /* The last bytes of PNG are an empty chunk; of JPEG two, a marker. */
                        ROW(picture_make(arena, cut, size, &made, &made_size) != PICTURE_GOOD, size,
                            "cut off");
                        free(cut);
                        arena_free(arena);
                }
                for (size_t at = 0; at < pictures[i].size; at++) {
                        struct arena *arena = arena_new(abort);
                        char *changed =
                            memcpy(malloc(pictures[i].size), pictures[i].data, pictures[i].size);
                        char *made;
                        size_t made_size;

                        changed[at] = (char)(changed[at] ^ (1 << at % 8));
                        if (picture_make(arena, changed, pictures[i].size, &made, &made_size) ==
                            PICTURE_GOOD)
                                ROW(made_size <= PICTURE_MADE_MAX, at, "changed");
                        free(changed);
                        arena_free(arena);
                }
        }
        free(pictures[1].data);
        free(pictures[2].data);
        END_ROWS();
}

static void
noise_fits(void **state)
{
        struct bytes png;
        uint8_t *noise = arena_alloc(*state, 320 * 320 * COLORS);
        png_image image = {
            .version = PNG_IMAGE_VERSION, .width = 320, .height = 320, .format = PNG_FORMAT_RGB};
        png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);
        unsigned draw = 1;
        size_t size;
        char *made;

        for (size_t i = 0; i < 320 * 320 * COLORS; i++)
                noise[i] = (uint8_t)((draw = draw * 1103515245 + 12345) >> 16);
        png.data = arena_alloc(*state, room);
        assert_int_not_equal(
            png_image_write_to_memory(&image, png.data, &room, 0, noise, 0, NULL), 0);
        assert_int_equal(picture_make(*state, png.data, room, &made, &size), PICTURE_GOOD);
        assert_in_range(size, 1000, PICTURE_MADE_MAX);
}

static void
other_files_are_refused(void **state)
{
        static const char *const rows[] = {"", "GIF89a",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "RIFF\x10\0\0\0WEBPVP8 ", "\xff\xd8",
            "\x89PNG", "BM", "%PDF-1.7"};

        for (size_t i = 0; i < COUNT(rows); i++) {
                size_t size;
                char *made;

                ROW(picture_make(*state, rows[i], strlen(rows[i]), &made, &size) == PICTURE_OTHER,
                    i, rows[i]);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(orientations_are_read),
            TEST(squares_are_turned_upright), TEST(areas_are_averaged), TEST(sizes_have_limits),
            TEST(png_of_any_kind_is_read), TEST(cameras_may_be_turned),
            TEST(broken_pictures_do_no_harm), TEST(noise_fits), TEST(other_files_are_refused)};

        return RUN(tests);
}
