#include "format/qr.h"

#include <errno.h>
#include <stdbool.h>

#include <qrencode.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Makes the smallest code, with as much error correction as fits into one of that size. */
static QRcode *
make(const char *text)
{
        static const QRecLevel more[] = {QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
        QRcode *made = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);

        for (size_t i = 0; made != NULL && i < sizeof(more) / sizeof(more[0]); i++) {
                QRcode *better = QRcode_encodeString8bit(text, 0, more[i]);
                bool fits = better != NULL && better->width == made->width;

                QRcode_free(fits ? made : better);
                if (!fits)
                        break;
                made = better;
        }
        return made;
}

int
qr_encode(struct arena *arena, const char *text, struct qr_code *code, struct err *err)
{
        QRcode *made = make(text);
        size_t size;

        if (made == NULL)
                return err_set_errno(err, ERR_SYSTEM, errno, "qr");
        size = (size_t)made->width * (size_t)made->width;
        code->width = made->width;
        code->is_dark = arena_alloc_raw(arena, size);
        for (size_t i = 0; i < size; i++)
                code->is_dark[i] = made->data[i] & 1;
        QRcode_free(made);
        return 0;
}

/* Adds the dark modules of one row, each run as a rectangle. */
static void
add_row(struct arena *arena, struct buf *path, const unsigned char *row, int width, int y)
{
        for (int x = 0; x < width; x++) {
                int end = x;

                while (end < width && row[end] != 0)
                        end++;
                if (end > x)
                        buf_add_text(path, arena_printf(arena, "M%d %dh%dv1h-%dz", x + QR_MARGIN,
                                               y + QR_MARGIN, end - x, end - x));
                x = end;
        }
}

int
qr_path(struct arena *arena, const char *text, char **path, int *size, struct err *err)
{
        struct qr_code code;
        struct buf built;

        if (qr_encode(arena, text, &code, err) != 0)
                return -1;
        buf_init(&built, arena);
        for (int y = 0; y < code.width; y++)
                add_row(
                    arena, &built, code.is_dark + (size_t)y * (size_t)code.width, code.width, y);
        *path = built.data;
        *size = code.width + 2 * QR_MARGIN;
        return 0;
}
