#include "base/hint.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* PART_MIN: the least length at which a part identifies the whole. */
enum { NAME_MAX_SIZE = 40, PART_MIN = 5 };

/* ---- characters ---- */

static bool
is_blank(uint32_t point)
{
        return point == 0xa0 || point == 0x3000 || (point >= 0x2000 && point <= 0x200b) ||
               point == 0x202f || point == 0x205f;
}

char
hint_ascii(const char *text, size_t *size)
{
        static const struct {
                uint32_t point;
                char meant;
        } table[] = {{0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x201e, '"'},
            {0x00ab, '"'}, {0x00bb, '"'}, {0x300c, '"'}, {0x300d, '"'}, {0x300e, '"'},
            {0x300f, '"'}, {0x3001, ','}, {0x3002, '.'}, {0x3010, '['}, {0x3011, ']'},
            {0x2013, '-'}, {0x2014, '-'}};
        uint32_t point = 0;

        *size = text_decode(text, &point);
        if (*size == 0 || point < 0x80)
                return 0;
        if (point >= 0xff01 && point <= 0xff5e)
                return (char)(point - 0xff01 + '!');
        for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
                if (table[i].point == point)
                        return table[i].meant;
        return is_blank(point) ? ' ' : 0;
}

/* ---- names ---- */

/* name in lower case, without separators; false: it is too long for a name. */
static bool
flatten(const char *name, char flat[NAME_MAX_SIZE])
{
        size_t size = 0;

        for (; *name != '\0'; name++) {
                if (strchr("_- .", *name) != NULL)
                        continue;
                if (size == NAME_MAX_SIZE - 1)
                        return false;
                flat[size++] = (char)(*name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name);
        }
        flat[size] = '\0';
        return true;
}

static size_t
least(size_t a, size_t b)
{
        return a < b ? a : b;
}

/* The number of bytes to insert, delete or change to turn a into b (Levenshtein). */
static size_t
distance(const char *a, const char *b)
{
        size_t row[NAME_MAX_SIZE], width = strlen(b);

        for (size_t j = 0; j <= width; j++)
                row[j] = j;
        for (size_t i = 1; a[i - 1] != '\0'; i++) {
                size_t before = row[0];

                row[0] = i;
                for (size_t j = 1; j <= width; j++) {
                        size_t above = row[j];
                        size_t changed = before + (a[i - 1] != b[j - 1]);

                        row[j] = least(changed, least(above, row[j - 1]) + 1);
                        before = above;
                }
        }
        return row[width];
}

/* The smaller, the more likely; NAME_MAX_SIZE: too different. */
static size_t
unlikeness(const char *a, const char *b)
{
        size_t shorter = least(strlen(a), strlen(b)), differ = distance(a, b);

        if (differ <= 2 && differ * 3 <= shorter)
                return differ;
        if (shorter >= PART_MIN && (strstr(a, b) != NULL || strstr(b, a) != NULL))
                return differ;
        return NAME_MAX_SIZE;
}

const char *
hint_find(const char *name, const char *const names[], size_t count)
{
        char typed[NAME_MAX_SIZE], known[NAME_MAX_SIZE];
        size_t best = NAME_MAX_SIZE;
        const char *found = NULL;

        if (!flatten(name, typed))
                return NULL;
        for (size_t i = 0; i < count; i++) {
                size_t differ = flatten(names[i], known) ? unlikeness(typed, known) : best;

                if (differ < best) {
                        best = differ;
                        found = names[i];
                }
        }
        return found;
}

const char *
hint_name(struct arena *arena, const char *name, const char *const names[], size_t count)
{
        const char *found = hint_find(name, names, count);

        return found == NULL ? "" : arena_printf(arena, ": did you mean %s?", found);
}
