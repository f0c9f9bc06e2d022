/*
 * qr: a QR code (ISO/IEC 18004), and that as an SVG path (libqrencode). Only programs that include
 * this link that library.
 */
#ifndef WECHAT_QR_H
#define WECHAT_QR_H

struct arena;
struct err;

enum { QR_MARGIN = 4 }; /* the quiet zone, in modules */

/* A code without its margin. */
struct qr_code {
        int width;              /* modules */
        unsigned char *is_dark; /* width × width, row by row: 1 or 0 */
};

/* Makes the smallest code for text, with as much error correction as one of that size has room for.
 * ERR_SYSTEM: the text is too long, or no memory. */
int qr_encode(struct arena *arena, const char *text, struct qr_code *code, struct err *err)
    __attribute__((warn_unused_result));

/*
 * Returns the dark modules of the code for text as the d attribute of a path (SVG 1.1, section
 * 8.3), one unit a module, in a square of *size units with the margin. Errors as qr_encode().
 */
int qr_path(struct arena *arena, const char *text, char **path, int *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
