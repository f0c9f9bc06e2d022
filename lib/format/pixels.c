#include "format/pixels.h"

#include <stdbool.h>

#include "base/arena.h"

enum { COLORS = 3 };

const char *
picture_flaw_name(enum picture_flaw flaw)
{
        static const char *const names[PICTURE_FLAWS] = {
            [PICTURE_GOOD] = "good",
            [PICTURE_OTHER] = "other",
            [PICTURE_DAMAGED] = "damaged",
            [PICTURE_LARGE] = "large",
        };

        return names[flaw];
}

/* In units of which a pixel of the square has `side`, and one of the picture `square`. */
static void
share_out(struct pixels *pixels)
{
        for (size_t i = 0; i < pixels->side; i++) {
                size_t begin = i * pixels->square, end = begin + pixels->square;
                size_t place = begin / pixels->side, border = (place + 1) * pixels->side;

                pixels->shares[i].place = place;
                pixels->shares[i].here = (end < border ? end : border) - begin;
                pixels->shares[i].next = end < border ? 0 : end - border;
        }
}

enum picture_flaw
pixels_begin(struct arena *arena, size_t width, size_t height, struct pixels *pixels)
{
        size_t side = width < height ? width : height;
        size_t square = side < PIXELS_SQUARE_MAX ? side : PIXELS_SQUARE_MAX;

        if (side == 0)
                return PICTURE_DAMAGED;
        if (width > PIXELS_SIDE_MAX || height > PIXELS_SIDE_MAX || width > PIXELS_MAX / height)
                return PICTURE_LARGE;
        *pixels = (struct pixels){.width = width,
            .height = height,
            .left = (width - side) / 2,
            .top = (height - side) / 2,
            .side = side,
            .square = square,
            .shares = arena_alloc(arena, side * sizeof(struct pixels_share)),
            .sums = arena_alloc(arena, square * square * COLORS * sizeof(uint64_t))};
        share_out(pixels);
        return PICTURE_GOOD;
}

static void
add(struct pixels *pixels, size_t x, size_t y, uint64_t weight, const uint8_t color[COLORS])
{
        uint64_t *sum = pixels->sums + (y * pixels->square + x) * COLORS;

        for (size_t i = 0; i < COLORS; i++)
                sum[i] += weight * color[i];
}

void
pixels_add(struct pixels *pixels, size_t x, size_t y, const uint8_t color[COLORS])
{
        const struct pixels_share *across, *down;

        if (x < pixels->left || x - pixels->left >= pixels->side || y < pixels->top ||
            y - pixels->top >= pixels->side)
                return;
        across = &pixels->shares[x - pixels->left];
        down = &pixels->shares[y - pixels->top];
        add(pixels, across->place, down->place, across->here * down->here, color);
        if (across->next > 0)
                add(pixels, across->place + 1, down->place, across->next * down->here, color);
        if (down->next > 0)
                add(pixels, across->place, down->place + 1, across->here * down->next, color);
        if (across->next > 0 && down->next > 0)
                add(pixels, across->place + 1, down->place + 1, across->next * down->next, color);
}

/* Returns where the pixel of the upright square is in the one that was read. Orientations 5 to 8
 * have rows and columns exchanged. */
static size_t
find(size_t square, int orientation, size_t x, size_t y)
{
        const bool exchanged = orientation >= 5;
        const bool from_right =
            orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        const bool from_bottom =
            orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        size_t column = exchanged ? y : x, row = exchanged ? x : y;

        column = from_right ? square - 1 - column : column;
        row = from_bottom ? square - 1 - row : row;
        return row * square + column;
}

uint8_t *
pixels_finish(struct arena *arena, const struct pixels *pixels, int orientation)
{
        const uint64_t whole = (uint64_t)pixels->side * pixels->side;
        const size_t square = pixels->square;
        uint8_t *made = arena_alloc_raw(arena, square * square * COLORS), *next = made;

        for (size_t y = 0; y < square; y++)
                for (size_t x = 0; x < square; x++) {
                        const uint64_t *sum =
                            pixels->sums + find(square, orientation, x, y) * COLORS;

                        for (size_t i = 0; i < COLORS; i++)
                                *next++ = (uint8_t)((sum[i] + whole / 2) / whole);
                }
        return made;
}
