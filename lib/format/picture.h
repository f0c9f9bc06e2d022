/*
 * picture: makes a small square JPEG of a picture that somebody sent. Nothing of what was sent is
 * in it but the colours: no metadata, no name, nothing behind the picture.
 */
#ifndef WECHAT_PICTURE_H
#define WECHAT_PICTURE_H

#include <stddef.h>

#include "format/pixels.h"

struct arena;

/* Bytes of a picture that is made: as base64, less than PROCESS_OUTPUT_MAX. */
enum { PICTURE_MADE_MAX = 48000 };

/* Reads PNG or JPEG, whatever its name, and stores in *made a JPEG of at most PIXELS_SQUARE_MAX
 * pixels along a side, the upright middle of the picture. Returns what is wrong with the picture;
 * then *made is not set. */
enum picture_flaw picture_make(struct arena *arena, const void *bytes, size_t size, char **made,
    size_t *made_size) __attribute__((warn_unused_result));

#endif
