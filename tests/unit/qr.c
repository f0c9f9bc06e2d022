/* qr: the path draws each dark module of the code and no other. */
#include "table.h"

#include <qrencode.h>

#include "format/qr.h"

enum { MARGIN = 4, WIDEST = 177 };

/* Draws the path into modules. Returns false if it leaves the code, draws a module twice, or does
 * not have the form that qr_path() writes. */
static bool
draw(const char *path, int width, unsigned char *modules)
{
        int x, y, wide, back, used;

        memset(modules, 0, (size_t)width * (size_t)width);
        while (*path != '\0') {
                used = 0;
                if (sscanf(path, "M%d %dh%dv1h-%dz%n", &x, &y, &wide, &back, &used) != 4 ||
                    used == 0)
                        return false;
                path += used;
                x -= MARGIN;
                y -= MARGIN;
                if (x < 0 || y < 0 || y >= width || wide < 1 || x + wide > width || wide != back)
                        return false;
                for (int i = x; i < x + wide; i++)
                        if (modules[y * width + i]++ != 0)
                                return false;
        }
        return true;
}

static void
each_dark_module_is_drawn(void **state)
{
        /* Versions 1, 1, 2, …: with what the smallest code has room for (ISO/IEC 18004, table 7).
         */
        static const size_t sizes[] = {1, 7, 8, 12, 17, 18, 60, 100, 271, 1000, 2953};
        static const QRecLevel levels[] = {QR_ECLEVEL_H, QR_ECLEVEL_H, QR_ECLEVEL_Q, QR_ECLEVEL_M,
            QR_ECLEVEL_L, QR_ECLEVEL_Q, QR_ECLEVEL_M, QR_ECLEVEL_L, QR_ECLEVEL_L, QR_ECLEVEL_L,
            QR_ECLEVEL_L};
        static unsigned char modules[WIDEST * WIDEST];

        for (size_t i = 0; i < COUNT(sizes); i++) {
                char *text = arena_alloc(*state, sizes[i] + 1), *path = "";
                QRcode *code;
                struct err err;
                bool good = true;
                int size = 0;

                memset(text, 'a', sizes[i]);
                text[sizes[i]] = '\0';
                code = QRcode_encodeString8bit(text, 0, levels[i]);
                assert_non_null(code);
                assert_int_equal(qr_path(*state, text, &path, &size, &err), 0);
                ROW(size == code->width + 2 * MARGIN, i, "size");
                ROW(draw(path, code->width, modules), i, "within the square");
                for (int at = 0; at < code->width * code->width; at++)
                        good = good && modules[at] == (code->data[at] & 1);
                ROW(good, i, "as the code is");
                QRcode_free(code);
        }
        END_ROWS();
}

static void
what_is_too_long_is_refused(void **state)
{
        char *text = arena_alloc(*state, 2955), *path = NULL;
        struct err err;
        int size = -1;

        memset(text, 'a', 2954);
        text[2954] = '\0';
        assert_int_equal(qr_path(*state, text, &path, &size, &err), -1);
        assert_int_equal(err.kind, ERR_SYSTEM);
        assert_null(path);
        assert_int_equal(size, -1);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
            TEST(each_dark_module_is_drawn), TEST(what_is_too_long_is_refused)};

        return RUN(tests);
}
