/*
 * png_read: reads PNG (libpng). Only programs that include this link that library.
 */
#ifndef WECHAT_PNG_READ_H
#define WECHAT_PNG_READ_H

#include <stddef.h>

#include "format/pixels.h"

struct arena;

/* Reads a PNG picture of any kind into *pixels, which it begins; what is transparent is white.
 * *orientation is that of exif.h. Texts, colour profiles and other chunks, and what is behind the
 * picture, are not looked at. */
enum picture_flaw png_read(struct arena *arena, const void *bytes, size_t size,
    struct pixels *pixels, int *orientation) __attribute__((warn_unused_result));

#endif
