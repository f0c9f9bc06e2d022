/* color: contrasts as WCAG gives them, and that what is chosen by them can be read. */
#include "table.h"

#include "format/color.h"

static struct color
of(const char *text)
{
        struct color color = {0, 0, 0};

        assert_true(color_parse(text, &color));
        return color;
}

static void
only_hex_is_a_colour(void **state)
{
        static const struct {
                const char *text;
                bool good;
        } rows[] = {{"#000000", true}, {"#FFffFF", true}, {"#12ab9F", true}, {"", false},
            {"#", false}, {"#fff", false}, {"000000", false}, {"#00000", false},
            {"#0000000", false}, {"#00000g", false}, {"#-00000", false}, {"# 00000", false},
            {"red", false}, {"#000000;", false}, {"＃000000", false}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct color color;

                ROW(color_parse(rows[i].text, &color) == rows[i].good, i, rows[i].text);
        }
        assert_string_equal(color_format(*state, of("#12AB9f")), "#12ab9f");
        END_ROWS();
}

/* The expected ratios are those of WCAG's formula, computed elsewhere with its exact powers. */
static void
contrasts_are_those_of_wcag(void **state)
{
        static const struct {
                const char *one, *other;
                double contrast;
        } rows[] = {{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1},
            {"#777777", "#ffffff", 4.4781}, {"#767676", "#ffffff", 4.5422},
            {"#ff0000", "#ffffff", 3.9985}, {"#0000ff", "#ffffff", 8.5925},
            {"#ffff00", "#ffffff", 1.0738}, {"#07c160", "#ffffff", 2.3848},
            {"#0a0a0a", "#000000", 1.0607}, {"#0b0b0b", "#000000", 1.0669}};

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                double there = color_contrast(of(rows[i].one), of(rows[i].other));
                double back = color_contrast(of(rows[i].other), of(rows[i].one));

                ROW(there - rows[i].contrast < 0.0001 && rows[i].contrast - there < 0.0001, i,
                    rows[i].one);
                ROW(there == back, i, rows[i].one);
        }
        END_ROWS();
}

/* Text on a colour, and a link and an edge of it on the pages' grounds, light and dark. */
static void
all_colours_can_be_read(void **state)
{
        static const struct {
                const char *color, *ink, *link, *dark_link;
        } rows[] = {{"#000000", "#ffffff", "#000000", "#858585"},
            {"#ffffff", "#191919", "#6b6b6b", "#ffffff"},
            {"#ffff00", "#191919", "#6f6f00", "#ffff00"},
            {"#0000ff", "#ffffff", "#0000ff", "#7474ff"},
            {"#ff0000", "#000000", "#da0000", "#ff2e2e"},
            {"#767676", "#ffffff", "#6b6b6b", "#858585"},
            {"#07c160", "#191919", "#057c3e", "#07c160"}};
        static const struct color light = {0xed, 0xed, 0xed}, dark = {0x1e, 0x1e, 0x1e};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct color color = of(rows[i].color);

                ROW(same(color_format(*state, color_ink(color)), rows[i].ink), i, rows[i].color);
                ROW(same(color_format(*state, color_shade(color, light, 4.5)), rows[i].link), i,
                    rows[i].color);
                ROW(same(color_format(*state, color_shade(color, dark, 4.5)), rows[i].dark_link), i,
                    rows[i].color);
        }
        for (int number = 0; number < 1 << 24; number += 4099) {
                struct color color = {(unsigned char)(number >> 16), (unsigned char)(number >> 8),
                    (unsigned char)number};

                ROW(color_contrast(color_ink(color), color) >= 4.5, (size_t)number, "ink");
                ROW(color_contrast(color_shade(color, light, 4.5), light) >= 4.5, (size_t)number,
                    "a link");
                ROW(color_contrast(color_shade(color, dark, 4.5), dark) >= 4.5, (size_t)number,
                    "a link on a dark page");
                ROW(color_contrast(color_shade(color, light, 3), light) >= 3, (size_t)number,
                    "an edge");
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(only_hex_is_a_colour),
            TEST(contrasts_are_those_of_wcag), TEST(all_colours_can_be_read)};

        return RUN(tests);
}
