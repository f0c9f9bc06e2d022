#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"

/* The longest emoji, a family with skin colours, has 41 bytes. */
enum { CLUSTER_MAX = 64 };

size_t
text_decode(const char *text, uint32_t *point)
{
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        const unsigned char *s = (const unsigned char *)text;
        size_t length = s[0] < 0x80             ? 1
                        : (s[0] & 0xe0) == 0xc0 ? 2
                        : (s[0] & 0xf0) == 0xe0 ? 3
                        : (s[0] & 0xf8) == 0xf0 ? 4
                                                : 0;

        *point = 0xfffd;
        if (length == 0)
                return 0;
        *point = length == 1 ? s[0] : s[0] & (0xffu >> (length + 1));
        for (size_t i = 1; i < length; i++) {
                if ((s[i] & 0xc0) != 0x80)
                        return 0;
                *point = *point << 6 | (s[i] & 0x3f);
        }
        if (*point < least[length] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
                return 0;
        return length;
}

static bool
is_unwanted(uint32_t point)
{
        return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x61c ||
               point == 0x200e || point == 0x200f || (point >= 0x202a && point <= 0x202e) ||
               (point >= 0x2066 && point <= 0x2069) || point == 0xfeff || point == 0xfffe ||
               point == 0xffff;
}

/* The number of ASCII characters at the start. */
static size_t
count_plain(const unsigned char *s)
{
        size_t count = 0;

        while (s[count] >= 0x20 && s[count] < 0x7f)
                count++;
        return count;
}

static char *
clean(struct arena *arena, const char *text, const char *kept)
{
        const unsigned char *s = (const unsigned char *)text;
        struct buf cleaned;
        uint32_t point;

        buf_init(&cleaned, arena);
        while (*s != '\0') {
                size_t plain = count_plain(s);
                size_t length;

                buf_add(&cleaned, s, plain);
                s += plain;
                if (*s == '\0')
                        break;
                length = text_decode((const char *)s, &point);
                if (length == 0)
                        buf_add_text(&cleaned, "\xef\xbf\xbd");
                else if (!is_unwanted(point) || (point < 0x20 && strchr(kept, (int)point) != NULL))
                        buf_add(&cleaned, s, length);
                s += length == 0 ? 1 : length;
        }
        return buf_finish(&cleaned);
}

char *
text_clean(struct arena *arena, const char *text)
{
        return clean(arena, text, "");
}

char *
text_clean_lines(struct arena *arena, const char *text)
{
        return clean(arena, text, "\t\r\n");
}

static bool
is_flag_letter(uint32_t point)
{
        return point >= 0x1f1e6 && point <= 0x1f1ff;
}

/* Is a character of this kind displayed as one with the preceding one? */
static bool
is_joined(uint32_t before, uint32_t point)
{
        return before == 0x200d || point == 0x200d || (before == '\r' && point == '\n') ||
               (point >= 0x300 && point <= 0x36f) || (point >= 0x20d0 && point <= 0x20ff) ||
               (point >= 0xfe00 && point <= 0xfe0f) || (point >= 0x1f3fb && point <= 0x1f3ff) ||
               (point >= 0xe0020 && point <= 0xe007f);
}

size_t
text_cut(const char *text, size_t most)
{
        size_t at = 0, end = 0, whole = 0, flags = 0;
        uint32_t before = 0, point;

        if (strlen(text) <= most)
                return strlen(text);
        while (at <= most) {
                size_t length = text_decode(text + at, &point);

                flags = is_flag_letter(point) ? flags + 1 : 0;
                whole = at;
                if (!is_joined(before, point) && !(flags > 0 && flags % 2 == 0))
                        end = at;
                before = point;
                at += length == 0 ? 1 : length;
        }
        /* A text may consist of accents only: then only single characters are kept whole. */
        return whole - end <= CLUSTER_MAX ? end : whole;
}

void
text_add_html(struct buf *html, const char *text)
{
        for (size_t plain; *text != '\0'; text++) {
                plain = strcspn(text, "&<>\"'");
                buf_add(html, text, plain);
                text += plain;
                switch (*text) {
                case '&':
                        buf_add_text(html, "&amp;");
                        break;
                case '<':
                        buf_add_text(html, "&lt;");
                        break;
                case '>':
                        buf_add_text(html, "&gt;");
                        break;
                case '"':
                        buf_add_text(html, "&quot;");
                        break;
                case '\'':
                        buf_add_text(html, "&#39;");
                        break;
                default:
                        return;
                }
        }
}

char *
text_escape_html(struct arena *arena, const char *text)
{
        struct buf escaped;

        buf_init(&escaped, arena);
        text_add_html(&escaped, text);
        return buf_finish(&escaped);
}

static bool
is_id_character(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
}

bool
text_is_id(const char *text, size_t least, size_t most)
{
        size_t length = 0;

        while (is_id_character(text[length]))
                length++;
        return text[length] == '\0' && length >= least && length <= most;
}

char *
text_lower(struct arena *arena, const char *text)
{
        char *lower = arena_strdup(arena, text);

        for (char *p = lower; *p != '\0'; p++)
                if (*p >= 'A' && *p <= 'Z')
                        *p = (char)(*p - 'A' + 'a');
        return lower;
}

bool
text_has_word(const char *text, const char *word)
{
        size_t size = strlen(word);

        for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
                size_t length = strcspn(text, " ");

                if (length == size && memcmp(text, word, size) == 0)
                        return true;
                text += length;
        }
        return false;
}

bool
text_starts_with(const char *text, const char *prefix)
{
        return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The language that one range of the header ("zh-TW", "zh-Hant-HK", "en-GB") asks for, or NULL. */
static const char *
range_language(const char *range, size_t length)
{
        static const struct {
                const char *prefix;
                const char *language;
        } table[] = {
            {"zh-tw", "zh_TW"},
            {"zh-hk", "zh_TW"},
            {"zh-mo", "zh_TW"},
            {"zh-hant", "zh_TW"},
            {"zh", "zh_CN"},
            {"en", "en"},
        };

        for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
                size_t size = strlen(table[i].prefix);

                if (length >= size && strncasecmp(range, table[i].prefix, size) == 0 &&
                    (length == size || range[size] == '-'))
                        return table[i].language;
        }
        return NULL;
}

const char *
text_language(const char *header, const char *fallback)
{
        const char *best = fallback;
        double best_quality = 0;

        while (header != NULL && *header != '\0') {
                size_t length = strcspn(header, ",");
                size_t start = strspn(header, " \t");
                size_t range = strcspn(header + start, ",; \t");
                const char *language = range_language(header + start, range);
                const char *q = memchr(header, ';', length);
                double quality = 1;

                if (q != NULL && (q = memchr(q, '=', length - (size_t)(q - header))) != NULL)
                        quality = strtod(q + 1, NULL);
                if (language != NULL && quality > best_quality) {
                        best = language;
                        best_quality = quality;
                }
                header += length;
                header += *header == ',';
        }
        return best;
}

char *
text_beijing_time(struct arena *arena, long long seconds)
{
        const long long era_days = 146097; /* 400 years */
        long long shifted = seconds + 8LL * 3600;
        long long day = shifted / 86400 - (shifted % 86400 < 0);
        long long second = shifted - day * 86400;
        long long era, of_era, year, of_year, month;

        /* gmtime_r() reads the host's time zone from a file first. So: days since 0000-03-01, by
         * eras; years begin with March, so that a leap day is the last of one. */
        day += 719468;
        era = (day >= 0 ? day : day - era_days + 1) / era_days;
        of_era = day - era * era_days;
        year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
        of_year = of_era - (365 * year + year / 4 - year / 100);
        month = (5 * of_year + 2) / 153;
        return arena_printf(arena, "%04lld-%02lld-%02lld %02lld:%02lld",
            year + era * 400 + (month >= 10), month + (month < 10 ? 3 : -9),
            of_year - (153 * month + 2) / 5 + 1, second / 3600, second / 60 % 60);
}

long long
text_beijing_day(const char *day)
{
        static const char form[] = "dddd-dd-dd";
        static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        long long year, month, of_month, of_year, last;

        for (size_t i = 0; i < sizeof(form); i++)
                if (form[i] == 'd' ? day[i] < '0' || day[i] > '9' : day[i] != form[i])
                        return -1;
        year = strtoll(day, NULL, 10);
        month = strtoll(day + 5, NULL, 10);
        of_month = strtoll(day + 8, NULL, 10);
        if (month < 1 || month > 12)
                return -1;
        last = lengths[month - 1] +
               (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
        if (of_month < 1 || of_month > last)
                return -1;
        /* As above: years begin with March. */
        year -= month < 3;
        of_year = (153 * (month + (month < 3 ? 9 : -3)) + 2) / 5 + of_month - 1;
        return (year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719468) * 86400 -
               8LL * 3600;
}
