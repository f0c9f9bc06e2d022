/*
 * jpeg: reads and writes JPEG (libjpeg). Only programs that include this link that library.
 */
#ifndef WECHAT_JPEG_H
#define WECHAT_JPEG_H

#include <stddef.h>
#include <stdint.h>

#include "format/pixels.h"

struct arena;

/*
 * Scans of a progressive picture, of which each is a walk over all of it: cameras and programs
 * write 10. Bytes that its coefficients take.
 */
enum { JPEG_SCANS_MAX = 64, JPEG_COEFFICIENTS_MAX = 96 * 1024 * 1024 };

/* Reads a JPEG picture of any kind, except that it reads none that is damaged, into *pixels, which
 * it begins. *orientation is that of exif.h. What is behind the picture is not looked at. */
enum picture_flaw jpeg_read(struct arena *arena, const void *bytes, size_t size,
    struct pixels *pixels, int *orientation) __attribute__((warn_unused_result));

/* Writes a square, as pixels_finish() returns it, with that quality, 1 to 100, and without any
 * metadata. Returns NULL if there is no memory. */
char *jpeg_write(
    struct arena *arena, const uint8_t *square, size_t side, int quality, size_t *size);

#endif
