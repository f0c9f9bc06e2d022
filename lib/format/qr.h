/*
 * qr: a QR code (ISO/IEC 18004) as the path of an SVG (libqrencode). Only who includes this links
 * that library.
 */
#ifndef WECHAT_QR_H
#define WECHAT_QR_H

struct arena;
struct err;

enum { QR_MARGIN = 4 }; /* the quiet zone, in modules */

/*
 * The dark modules of text's code as the d of a path (SVG 1.1, section 8.3), one unit a module, for
 * a square of *size units, the margin among them. ERR_SYSTEM: the text is too long, or no memory.
 */
int qr_path(struct arena *arena, const char *text, char **path, int *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
