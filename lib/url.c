#include "url.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "pairs.h"
#include "text.h"

static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789-._~";

char *
url_encode(struct arena *arena, const char *text)
{
        static const char hex[] = "0123456789ABCDEF";
        struct buf encoded;

        buf_init(&encoded, arena);
        for (; *text != '\0'; text++) {
                unsigned char byte = (unsigned char)*text;

                if (strchr(unreserved, byte) != NULL) {
                        buf_add_byte(&encoded, *text);
                } else {
                        buf_add_byte(&encoded, '%');
                        buf_add_byte(&encoded, hex[byte >> 4]);
                        buf_add_byte(&encoded, hex[byte & 15]);
                }
        }
        return buf_finish(&encoded);
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

/* The decoded text, or NULL when a %XX is broken or stands for NUL. */
static char *
decode(struct arena *arena, const char *text, size_t size)
{
        char *decoded = arena_alloc(arena, size + 1);
        char *to = decoded;

        for (size_t i = 0; i < size; i++) {
                if (text[i] == '%') {
                        int high = i + 2 < size ? hex_value(text[i + 1]) : -1;
                        int low = i + 2 < size ? hex_value(text[i + 2]) : -1;

                        if (high < 0 || low < 0 || high + low == 0)
                                return NULL;
                        *to++ = (char)(high * 16 + low);
                        i += 2;
                } else {
                        *to++ = text[i] == '+' ? ' ' : text[i];
                }
        }
        return decoded;
}

int
url_parse_form(struct arena *arena, const char *text, struct pairs *pairs, struct err *err)
{
        while (*text != '\0') {
                size_t size = strcspn(text, "&");
                size_t name_size = strcspn(text, "=&");
                size_t value_at = name_size < size ? name_size + 1 : size;
                char *name = decode(arena, text, name_size);
                char *value = decode(arena, text + value_at, size - value_at);

                if (name == NULL || value == NULL)
                        return err_set(err, ERR_REQUEST, "form: broken percent-encoding");
                if (size > 0 && pairs->count >= URL_FIELDS_MAX)
                        return err_set(
                            err, ERR_REQUEST, "form: more than %d fields", URL_FIELDS_MAX);
                if (size > 0)
                        pairs_add(pairs, name, value);
                text += size;
                text += *text == '&';
        }
        return 0;
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

/* The host that an origin is of, with its port; NULL where text has no scheme of ours. */
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
