/*
 * pixels: makes a small square of a picture's pixels, in whatever order they come: its middle,
 * scaled by an average over areas, and turned upright.
 */
#ifndef WECHAT_PIXELS_H
#define WECHAT_PIXELS_H

#include <stddef.h>
#include <stdint.h>

struct arena;

/* Pixels along a side, and in all, of a picture that is read; along a side of the square. */
enum { PIXELS_SIDE_MAX = 20000, PIXELS_MAX = 25 * 1000 * 1000, PIXELS_SQUARE_MAX = 320 };

/* Bytes of a picture that a visitor may send. */
enum { PICTURE_SIZE_MAX = 1024 * 1024 };

/* What is wrong with a picture. */
enum picture_flaw {
        PICTURE_GOOD,
        PICTURE_OTHER,   /* it is neither PNG nor JPEG */
        PICTURE_DAMAGED, /* it cannot be read to its end */
        PICTURE_LARGE,   /* it has too many pixels */
        PICTURE_FLAWS
};

/* Returns the flaw's short name: "good", "other", "damaged", "large". */
const char *picture_flaw_name(enum picture_flaw flaw);

/* Which part of the square one column, or row, of the picture goes to. */
struct pixels_share {
        size_t place;
        uint64_t here, next; /* its weights there, and in the place behind */
};

struct pixels {
        size_t width, height; /* of the picture */
        size_t left, top;     /* of its middle, a square */
        size_t side;          /* of that */
        size_t square;        /* of what is made of it */
        struct pixels_share *shares;
        uint64_t *sums;
};

/* Begins with a picture of this size. PICTURE_LARGE, or PICTURE_DAMAGED: it has no pixels. */
enum picture_flaw pixels_begin(struct arena *arena, size_t width, size_t height,
    struct pixels *pixels) __attribute__((warn_unused_result));

/* Adds the pixel in that column and row, red, green and blue. Each pixel is to be added once. */
void pixels_add(struct pixels *pixels, size_t x, size_t y, const uint8_t color[3]);

/* Returns the square, row by row, three bytes a pixel, turned from this orientation (exif.h) to
 * upright. */
uint8_t *pixels_finish(struct arena *arena, const struct pixels *pixels, int orientation);

#endif
