#include "signin/display_name.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "base/text.h"

const char *
display_name_get(const struct pairs *user)
{
        const char *own = pairs_get_text(user, "display_name");

        return *own != '\0' ? own : pairs_get(user, "nickname");
}

/* Blanks, characters without width, and the fillers of Hangul and Braille, which look like blanks
 * (Unicode 15). */
static bool
is_blank(uint32_t point)
{
        static const struct {
                uint32_t first, last;
        } blanks[] = {{0x20, 0x20}, {0xa0, 0xa0}, {0xad, 0xad}, {0x34f, 0x34f}, {0x115f, 0x1160},
            {0x1680, 0x1680}, {0x180b, 0x180f}, {0x2000, 0x200f}, {0x2028, 0x202f},
            {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},
            {0xfe00, 0xfe0e}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}};

        for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
                if (point >= blanks[i].first && point <= blanks[i].last)
                        return true;
        return false;
}

bool
display_name_read(struct arena *arena, const char *text, char **name)
{
        const char *clean = text_clean(arena, text), *begin = NULL, *end = clean;
        size_t count = 0, inner = 0;
        uint32_t point;

        for (const char *at = clean; *at != '\0';) {
                size_t size = text_decode(at, &point);

                count++;
                if (!is_blank(point)) {
                        if (begin == NULL) {
                                begin = at;
                                count = 1;
                        }
                        end = at + size;
                        inner = count;
                }
                at += size;
        }
        *name = begin == NULL ? arena_strdup(arena, "")
                              : arena_copy(arena, begin, (size_t)(end - begin));
        return inner <= DISPLAY_NAME_MAX;
}
