#include "base/mend.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

enum place { IN_TEXT, IN_TAG, IN_CDATA, IN_COMMENT, IN_INSTRUCTION };

/* How each part of a document begins and ends. Of those that begin alike, the longer comes first.
 */
static const struct {
        const char *begin, *end;
        enum place place;
} places[] = {
    {"<![CDATA[", "]]>", IN_CDATA},
    {"<!--", "-->", IN_COMMENT},
    {"<?", "?>", IN_INSTRUCTION},
    {"<", ">", IN_TAG},
};

enum { PLACES = sizeof(places) / sizeof(places[0]) };

struct mender {
        struct buf out;
        const char *at, *end;
        enum place place;
        char guard; /* first byte of the end of this part */
};

static bool
is_allowed(uint32_t point)
{
        return point == '\t' || point == '\n' || point == '\r' ||
               (point >= 0x20 && point <= 0xd7ff) || (point >= 0xe000 && point <= 0xfffd) ||
               (point >= 0x10000 && point <= 0x10ffff);
}

static bool
begins_with(const struct mender *m, const char *token)
{
        size_t size = strlen(token);

        return (size_t)(m->end - m->at) >= size && memcmp(m->at, token, size) == 0;
}

static void
copy(struct mender *m, size_t size)
{
        buf_add(&m->out, m->at, size);
        m->at += size;
}

/* Copies the ASCII characters that come next, up to one that may begin or end a part. */
static void
copy_plain(struct mender *m)
{
        size_t size = 0, most = (size_t)(m->end - m->at);

        while (size < most && m->at[size] >= 0x20 && m->at[size] < 0x7f &&
               strchr("<>&-]?", m->at[size]) == NULL)
                size++;
        copy(m, size);
}

/* Copies, removes or replaces one character. Removed from "]]\x1d>", it would create an end that
 * was not there; after the guard it is replaced instead. */
static void
copy_character(struct mender *m)
{
        uint32_t point;
        size_t length = text_decode(m->at, &point);

        if (length > (size_t)(m->end - m->at))
                length = 0;
        if (length > 0 && is_allowed(point)) {
                copy(m, length);
                return;
        }
        if (length == 0 ||
            (m->guard != '\0' && m->out.size > 0 && m->out.data[m->out.size - 1] == m->guard))
                buf_add_text(&m->out, replacement);
        m->at += length == 0 ? 1 : length;
}

/* The length of the reference at m->at, and its number in *point; 0 if there is none. */
static size_t
reference_size(const struct mender *m, uint32_t *point)
{
        const char *at;
        size_t digits;
        bool hex;

        if (!begins_with(m, "&#"))
                return 0;
        at = m->at + strlen("&#");
        hex = *at == 'x';
        at += hex;
        digits = strspn(at, hex ? "0123456789abcdefABCDEF" : "0123456789");
        if (digits == 0 || at[digits] != ';' || at + digits >= m->end)
                return 0;
        *point = 0;
        for (size_t i = 0; i < digits; i++) {
                int digit = at[i] <= '9' ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10;

                if (*point <= 0x10ffff)
                        *point = *point * (hex ? 16 : 10) + (uint32_t)digit;
        }
        return (size_t)(at + digits + 1 - m->at);
}

/* Copies the beginning or end of a part; false if there is none here. */
static bool
change_place(struct mender *m)
{
        for (size_t i = 0; i < PLACES; i++) {
                const char *token = m->place == IN_TEXT           ? places[i].begin
                                    : m->place == places[i].place ? places[i].end
                                                                  : NULL;

                if (token == NULL || !begins_with(m, token))
                        continue;
                m->guard = m->place == IN_TEXT ? *places[i].end : ']';
                m->place = m->place == IN_TEXT ? places[i].place : IN_TEXT;
                copy(m, strlen(token));
                return true;
        }
        return false;
}

char *
mend_text(struct arena *arena, const char *data, size_t size, size_t *mended)
{
        struct mender m = {.at = data, .end = data + size};

        buf_init(&m.out, arena);
        while (m.at < m.end) {
                copy_plain(&m);
                if (m.at < m.end)
                        copy_character(&m);
        }
        *mended = m.out.size;
        return m.out.data;
}

char *
mend_xml(struct arena *arena, const char *data, size_t size, size_t *mended)
{
        struct mender m = {.at = data, .end = data + size, .place = IN_TEXT, .guard = ']'};
        uint32_t point;
        size_t reference;

        buf_init(&m.out, arena);
        while (m.at < m.end) {
                copy_plain(&m);
                if (m.at == m.end || change_place(&m))
                        continue;
                reference = m.place == IN_TEXT ? reference_size(&m, &point) : 0;
                if (reference > 0 && !is_allowed(point)) {
                        buf_add_text(&m.out, replacement);
                        m.at += reference;
                } else if (m.place == IN_TAG) {
                        copy(&m, 1);
                } else {
                        copy_character(&m);
                }
        }
        *mended = m.out.size;
        return m.out.data;
}
