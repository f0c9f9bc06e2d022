/*
 * qr: a QR code (ISO/IEC 18004) as an SVG path (libqrencode). Only programs that include this link
 * that library.
 */
#ifndef WECHAT_QR_H
#define WECHAT_QR_H

struct arena;
struct err;

enum { QR_MARGIN = 4 }; /* the quiet zone, in modules */

/*
 * Returns the dark modules of the code for text as the d attribute of a path (SVG 1.1, section
 * 8.3), one unit a module, in a square of *size units with the margin. ERR_SYSTEM: the text is too
 * long, or no memory.
 */
int qr_path(struct arena *arena, const char *text, char **path, int *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
