#include "format/owner.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

enum { BYTE_ORDER_MARK = 0xfeff, DOS_END = 0x1a };

#define SAVE_AS_UTF8                                                                               \
        "save it as UTF-8 (Notepad: Save As, Encoding: UTF-8); "                                   \
        "请保存为 UTF-8（记事本：另存为 → 编码：UTF-8）"

/* Is it UTF-16 without a mark? Then every other byte of its ASCII characters is NUL. */
static bool
is_utf16(const char *bytes, size_t size)
{
        size_t nuls[2] = {0, 0};

        if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
                return true;
        for (size_t i = 0; i < size; i++)
                nuls[i % 2] += bytes[i] == '\0';
        if (size >= 2 && (bytes[0] == '\0') != (bytes[1] == '\0'))
                return true;
        return (nuls[0] == 0) != (nuls[1] == 0) && nuls[0] + nuls[1] >= 2;
}

/* The number of ASCII bytes at the start that stay as they are. */
static size_t
count_plain(const char *text)
{
        size_t count = 0;

        while ((unsigned char)text[count] - 1U < 0x7f && text[count] != '\r')
                count++;
        return count;
}

/* Returns the length of the character at from, 0 if it is not UTF-8; it becomes *room bytes at
 * *kept. */
static size_t
read_character(const char *from, const char **kept, size_t *room)
{
        uint32_t point = 0;
        size_t size = text_decode(from, &point);

        *kept = *from == '\r' ? "\n" : from;
        *room = point == BYTE_ORDER_MARK ? 0 : size;
        return *from == '\r' && from[1] == '\n' ? 2 : size;
}

static int
line_of(const char *text, const char *at)
{
        int line = 1;

        for (; text < at; text++)
                line += *text == '\n';
        return line;
}

int
owner_read_text(const char *what, char *text, size_t *size, struct err *err)
{
        const char *from = text, *end = text + *size;
        char *to = text;

        if (is_utf16(text, *size))
                return err_set(err, ERR_CONFIG, "%s: it is UTF-16: " SAVE_AS_UTF8, what);
        if (memchr(text, '\0', *size) != NULL)
                return err_set(err, ERR_CONFIG, "%s: it is not text: it has a NUL byte", what);
        while (from < end) {
                size_t length = count_plain(from), room = length;
                const char *kept = from;

                if (length == 0 && (length = read_character(from, &kept, &room)) == 0)
                        return err_set(err, ERR_CONFIG,
                            "%s, line %d: it is not UTF-8, perhaps GBK: " SAVE_AS_UTF8, what,
                            line_of(text, to));
                if (to != kept)
                        memmove(to, kept, room);
                to += room;
                from += length;
        }
        while (to > text && to[-1] == DOS_END)
                to--;
        *to = '\0';
        *size = (size_t)(to - text);
        return 0;
}
