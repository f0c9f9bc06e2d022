#include "format/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/text.h"

static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789-._~";

static void
add_encoded(struct buf *encoded, char byte)
{
        static const char hex[] = "0123456789ABCDEF";
        unsigned char value = (unsigned char)byte;

        buf_add_byte(encoded, '%');
        buf_add_byte(encoded, hex[value >> 4]);
        buf_add_byte(encoded, hex[value & 15]);
}

/* Encodes every byte that is neither unreserved nor also. */
static char *
encode(struct arena *arena, const char *text, char also)
{
        struct buf encoded;

        buf_init(&encoded, arena);
        for (; *text != '\0'; text++) {
                if (*text == also || strchr(unreserved, *text) != NULL)
                        buf_add_byte(&encoded, *text);
                else
                        add_encoded(&encoded, *text);
        }
        return buf_finish(&encoded);
}

char *
url_encode(struct arena *arena, const char *text)
{
        return encode(arena, text, '-'); /* which is unreserved */
}

char *
url_encode_path(struct arena *arena, const char *path)
{
        return encode(arena, path, '/');
}

static int
hex_value(char digit)
{
        if (digit >= '0' && digit <= '9')
                return digit - '0';
        if (digit >= 'a' && digit <= 'f')
                return digit - 'a' + 10;
        if (digit >= 'A' && digit <= 'F')
                return digit - 'A' + 10;
        return -1;
}

/* Returns the byte of the %XX at text; -1 if it is broken or NUL. */
static int
decode_byte(const char *text, size_t size)
{
        int high = size > 2 ? hex_value(text[1]) : -1;
        int low = size > 2 ? hex_value(text[2]) : -1;

        return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

/* As url_decode(); *flaw says what is wrong, if anything. */
static char *
decode(struct arena *arena, const char *text, size_t size, const char **flaw)
{
        static const char nul[] = "%00";
        size_t room = size + 1;
        char *decoded, *to;

        for (size_t i = 0; i < size; i++)
                room += text[i] == '\0' ? strlen(nul) - 1 : 0;
        decoded = to = arena_alloc(arena, room);
        for (size_t i = 0; i < size; i++) {
                int byte = text[i] == '%' ? decode_byte(text + i, size - i) : 0;

                if (byte > 0) {
                        *to++ = (char)byte;
                        i += 2;
                } else if (text[i] == '\0') {
                        *flaw = "a NUL byte";
                        memcpy(to, nul, strlen(nul));
                        to += strlen(nul);
                } else {
                        if (byte < 0)
                                *flaw = "broken percent-encoding";
                        *to++ = text[i] == '+' ? ' ' : text[i];
                }
        }
        return decoded;
}

char *
url_decode(struct arena *arena, const char *text, size_t size)
{
        const char *flaw;

        return decode(arena, text, size, &flaw);
}

/* Returns the number of bytes of text before the first byte with that value. */
static size_t
span(const char *text, size_t size, char byte)
{
        const char *found = memchr(text, byte, size);

        return found == NULL ? size : (size_t)(found - text);
}

const char *
url_read_form(struct arena *arena, const char *text, size_t size, struct pairs *pairs)
{
        const char *flaw = NULL;

        while (size > 0) {
                size_t field = span(text, size, '&');
                size_t name = span(text, field, '=');
                size_t value = name < field ? name + 1 : field;

                if (field > 0)
                        pairs_add(pairs, decode(arena, text, name, &flaw),
                            decode(arena, text + value, field - value, &flaw));
                field += field < size;
                text += field;
                size -= field;
        }
        return flaw == NULL && pairs->count > URL_FIELDS_MAX ? "more than 64 fields" : flaw;
}

int
url_parse_form(struct arena *arena, const char *text, struct pairs *pairs, struct err *err)
{
        const char *flaw = url_read_form(arena, text, strlen(text), pairs);

        return flaw == NULL ? 0 : err_set(err, ERR_REQUEST, "form: %s", flaw);
}

char *
url_build_form(struct arena *arena, const struct pairs *pairs)
{
        struct buf form;

        buf_init(&form, arena);
        for (size_t i = 0; i < pairs->count; i++) {
                if (i > 0)
                        buf_add_byte(&form, '&');
                buf_add_text(&form, url_encode(arena, pairs->items[i].name));
                buf_add_byte(&form, '=');
                buf_add_text(&form, url_encode(arena, pairs->items[i].value));
        }
        return form.data;
}

char *
url_add_query(struct arena *arena, const char *url, const char *query)
{
        return arena_printf(arena, "%s%c%s", url, strchr(url, '?') == NULL ? '?' : '&', query);
}

bool
url_is_local(const char *next)
{
        size_t size = 0;

        if (next[0] != '/' || next[1] == '/')
                return false;
        for (; next[size] != '\0'; size++) {
                unsigned char byte = (unsigned char)next[size];

                if (byte < 0x21 || byte > 0x7e || byte == '\\')
                        return false;
        }
        return size <= URL_NEXT_MAX;
}

/* Returns where the path begins in an address on the origin; NULL: it is not on the origin. */
static const char *
path_on(const char *origin, const char *address)
{
        size_t size = strlen(origin);

        return size > 0 && strncasecmp(address, origin, size) == 0 &&
                       strchr("/?#", address[size]) != NULL
                   ? address + size
                   : NULL;
}

/* Describes a text that url_is_local() rejects. */
static const char *
kind_of(const char *text)
{
        const char *scheme = strstr(text, "://");

        if (strlen(text) > URL_NEXT_MAX)
                return "longer than 2000 bytes";
        for (const char *p = text; *p != '\0'; p++)
                if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '\\')
                        return "a text with a backslash or a control character";
        if (*text == '/' || (scheme != NULL && scheme < text + strcspn(text, "/?#")))
                return "an address of another site";
        return "no path that begins with a slash";
}

const char *
url_page(struct arena *arena, const char *origin, const char *given, const char **reason)
{
        const char *path = path_on(origin, given);
        struct buf page;

        if (url_is_local(given))
                return given;
        buf_init(&page, arena);
        if (path == NULL)
                path = given;
        else if (*path != '/')
                buf_add_byte(&page, '/');
        for (; *path != '\0'; path++) {
                if (*path == ' ' || (unsigned char)*path >= 0x80)
                        add_encoded(&page, *path);
                else
                        buf_add_byte(&page, *path);
        }
        if (url_is_local(page.data))
                return page.data;
        *reason = kind_of(page.data);
        return NULL;
}

/* Returns the host of an origin, with its port; NULL if text has no scheme that is allowed. */
static const char *
host_of(const char *text)
{
        return text_starts_with(text, "https://")  ? text + 8
               : text_starts_with(text, "http://") ? text + 7
                                                   : NULL;
}

bool
url_is_any_origin(const char *text)
{
        const char *host = host_of(text);
        size_t size;

        if (host == NULL || *host == '.' || *host == '-')
                return false;
        size = text_starts_with(host, "[::1]")
                   ? 5
                   : strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-");
        if (size == 0 || host[size] == '\0')
                return size > 0;
        host += size;
        size = strspn(host + 1, "0123456789");
        return *host == ':' && size >= 1 && size <= 5 && host[1 + size] == '\0' &&
               strtol(host + 1, NULL, 10) <= 65535 && host[1] != '0';
}

bool
url_is_loopback(const char *origin)
{
        static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
        const char *host = host_of(origin);

        for (size_t i = 0; host != NULL && i < sizeof(names) / sizeof(names[0]); i++)
                if (text_starts_with(host, names[i]) && strchr(":", host[strlen(names[i])]) != NULL)
                        return true;
        return false;
}

bool
url_is_origin(const char *text)
{
        return url_is_any_origin(text) &&
               (text_starts_with(text, "https://") || url_is_loopback(text));
}

char *
url_origin(struct arena *arena, const char *link)
{
        const char *host = host_of(link);
        size_t size = 0;
        char *origin;

        for (; link[size] != '\0'; size++)
                if (link[size] < 0x21 || link[size] > 0x7e || strchr("\\#", link[size]) != NULL)
                        return NULL;
        if (host == NULL || size > URL_NEXT_MAX)
                return NULL;
        origin = arena_copy(arena, link, (size_t)(host - link) + strcspn(host, "/?"));
        return url_is_any_origin(origin) ? origin : NULL;
}
