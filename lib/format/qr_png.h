/*
 * qr_png: a QR code as a PNG picture (libpng). Only programs that include this link that library.
 */
#ifndef WECHAT_QR_PNG_H
#define WECHAT_QR_PNG_H

#include <stddef.h>

struct arena;
struct err;
struct qr_code;

/* Returns a picture in black and white, with the margin of qr.h; each module is a square of so many
 * pixels. ERR_SYSTEM: no memory. */
int qr_png(struct arena *arena, const struct qr_code *code, int side, char **png, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

#endif
