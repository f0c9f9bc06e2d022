/*
 * color: colours of sRGB, and which of them can be read on which (WCAG 2.2, 1.4.3 and 1.4.11).
 */
#ifndef WECHAT_COLOR_H
#define WECHAT_COLOR_H

#include <stdbool.h>

struct arena;

struct color {
        unsigned char red, green, blue;
};

/* Reads #rrggbb, in small or capital hex. Returns whether text is that. */
bool color_parse(const char *text, struct color *color);

/* Returns the colour as #rrggbb. */
char *color_format(struct arena *arena, struct color color);

/* Returns WCAG's contrast ratio of two colours: 1 to 21. Texts need 4.5, the edge of a button 3. */
double color_contrast(struct color one, struct color other);

/* Returns the colour of text on that ground, with a contrast of 4.5 at least: white if it has that,
 * else near-black or black. */
struct color color_ink(struct color ground);

/* Returns color, made darker or lighter until its contrast to ground is at least the given one,
 * which must be one that white or black has. */
struct color color_shade(struct color color, struct color ground, double contrast);

#endif
