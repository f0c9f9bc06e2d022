/* qr_png: the picture has the code's modules, each as a square, within its margin. */
#include "table.h"

#include <png.h>

#include "format/qr.h"
#include "format/qr_png.h"

/* Reads a picture in grey. Returns its pixels, or NULL. */
static png_byte *
read_png(void **state, const char *png, size_t size, png_image *image)
{
        png_byte *pixels;

        *image = (png_image){.version = PNG_IMAGE_VERSION};
        if (png_image_begin_read_from_memory(image, png, size) == 0)
                return NULL;
        image->format = PNG_FORMAT_GRAY;
        pixels = arena_alloc(*state, PNG_IMAGE_SIZE(*image));
        return png_image_finish_read(image, NULL, pixels, 0, NULL) == 0 ? NULL : pixels;
}

static void
each_module_is_a_square(void **state)
{
        static const int sides[] = {1, 3, 8};

        for (size_t i = 0; i < COUNT(sides); i++) {
                int side = sides[i], wide, wrong = 0;
                struct qr_code code;
                struct err err;
                png_image image;
                png_byte *pixels;
                size_t size = 0;
                char *png = NULL;

                assert_int_equal(qr_encode(*state, "http://weixin.qq.com/q/abc", &code, &err), 0);
                assert_int_equal(qr_png(*state, &code, side, &png, &size, &err), 0);
                pixels = read_png(state, png, size, &image);
                assert_non_null(pixels);
                wide = (code.width + 2 * QR_MARGIN) * side;
                ROW((int)image.width == wide && (int)image.height == wide, i, "size");
                for (int y = 0; y < wide; y++)
                        for (int x = 0; x < wide; x++) {
                                int column = x / side - QR_MARGIN, row = y / side - QR_MARGIN;
                                bool inside = column >= 0 && row >= 0 && column < code.width &&
                                              row < code.width;
                                bool dark = inside && code.is_dark[row * code.width + column] == 1;

                                wrong += pixels[y * wide + x] != (dark ? 0 : 255);
                        }
                ROW(wrong == 0, i, "pixels");
        }
        END_ROWS();
}

static void
long_texts_fit(void **state)
{
        char *text = arena_alloc(*state, 2954), *png = NULL;
        struct qr_code code;
        struct err err;
        png_image image;
        size_t size = 0;

        memset(text, 'a', 2953);
        assert_int_equal(qr_encode(*state, text, &code, &err), 0);
        assert_int_equal(code.width, 177);
        assert_int_equal(qr_png(*state, &code, 8, &png, &size, &err), 0);
        assert_non_null(read_png(state, png, size, &image));
        assert_int_equal(image.width, 185 * 8);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(each_module_is_a_square), TEST(long_texts_fit)};

        return RUN(tests);
}
