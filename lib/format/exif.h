/*
 * exif: how a camera was held, as it says in a picture (Exif 2.32, JEITA CP-3451).
 */
#ifndef WECHAT_EXIF_H
#define WECHAT_EXIF_H

#include <stddef.h>

/* Returns the orientation, 1 to 8 (tag 0x0112 of the first directory), of size bytes of Exif that
 * begin with TIFF's header; 1, upright, if they do not say. */
int exif_orientation(const void *bytes, size_t size);

#endif
