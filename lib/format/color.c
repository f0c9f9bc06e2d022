#include "format/color.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static const double text_contrast = 4.5;
static const struct color white = {255, 255, 255}, near_black = {25, 25, 25}, black = {0, 0, 0};

/* In so many steps a shade goes from its colour to white or black. */
enum { STEPS = 256 };

bool
color_parse(const char *text, struct color *color)
{
        unsigned long number;

        if (*text != '#' || strlen(text) != 7 ||
            strspn(text + 1, "0123456789abcdefABCDEF") != strlen(text) - 1)
                return false;
        number = strtoul(text + 1, NULL, 16);
        *color = (struct color){(unsigned char)(number >> 16), (unsigned char)(number >> 8 & 255),
            (unsigned char)(number & 255)};
        return true;
}

char *
color_format(struct arena *arena, struct color color)
{
        return arena_printf(arena, "#%02x%02x%02x", color.red, color.green, color.blue);
}

/* Returns the fifth root of a number from 0 to 1, by Newton's method: libm is one more library to
 * load. */
static double
fifth_root(double number)
{
        double root = 1, next = 1;

        do {
                root = next;
                next = (4 * root + number / (root * root * root * root)) / 5;
        } while (root - next > 1e-9);
        return next;
}

/* WCAG's relative luminance of a channel: the exponent 2.4 is 2 and two fifths. */
static double
linear(unsigned char channel)
{
        double value = channel / 255.0, base = (value + 0.055) / 1.055;

        return value <= 0.04045 ? value / 12.92 : base * base * fifth_root(base * base);
}

static double
luminance(struct color color)
{
        return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) +
               0.0722 * linear(color.blue);
}

double
color_contrast(struct color one, struct color other)
{
        double a = luminance(one) + 0.05, b = luminance(other) + 0.05;

        return a > b ? a / b : b / a;
}

struct color
color_ink(struct color ground)
{
        if (color_contrast(white, ground) >= text_contrast)
                return white;
        return color_contrast(near_black, ground) >= text_contrast ? near_black : black;
}

/* Returns the channel, step of STEPS on its way to another value. */
static unsigned char
mix(unsigned char from, unsigned char to, int step)
{
        return (unsigned char)(from + (to - from) * step / STEPS);
}

struct color
color_shade(struct color color, struct color ground, double contrast)
{
        struct color shade = color, end;

        end = color_contrast(black, ground) > color_contrast(white, ground) ? black : white;
        for (int step = 1; step <= STEPS && color_contrast(shade, ground) < contrast; step++)
                shade = (struct color){mix(color.red, end.red, step),
                    mix(color.green, end.green, step), mix(color.blue, end.blue, step)};
        return shade;
}
