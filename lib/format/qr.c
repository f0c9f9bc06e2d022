#include "format/qr.h"

#include <errno.h>

#include <qrencode.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Adds the dark modules of one row, each run as a rectangle. */
static void
add_row(struct arena *arena, struct buf *path, const unsigned char *row, int width, int y)
{
        for (int x = 0; x < width; x++) {
                int end = x;

                while (end < width && (row[end] & 1) != 0)
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
        QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
        struct buf built;

        if (code == NULL)
                return err_set_errno(err, ERR_SYSTEM, errno, "qr");
        buf_init(&built, arena);
        for (int y = 0; y < code->width; y++)
                add_row(
                    arena, &built, code->data + (size_t)y * (size_t)code->width, code->width, y);
        *path = built.data;
        *size = code->width + 2 * QR_MARGIN;
        QRcode_free(code);
        return 0;
}
