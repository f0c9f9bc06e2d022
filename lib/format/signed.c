#include "format/signed.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "format/digest.h"

char *
signed_format(struct arena *arena, const char *key, const char *const fields[], size_t count)
{
        struct buf text;

        buf_init(&text, arena);
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        buf_add_byte(&text, '.');
                buf_add_text(&text, fields[i]);
        }
        return arena_printf(arena, "%s.%s", text.data, digest_hmac_text(arena, key, text.data));
}

bool
signed_parse(
    struct arena *arena, const char *key, const char *text, const char *fields[], size_t count)
{
        char *field = arena_strdup(arena, text);
        char *mac = strrchr(field, '.');

        if (mac == NULL)
                return false;
        *mac = '\0';
        if (!digest_equal(mac + 1, digest_hmac_text(arena, key, field)))
                return false;
        /* From here on, signed_format() wrote it, though perhaps in another version. */
        for (size_t i = 0; i < count; i++) {
                if (field == NULL)
                        return false;
                fields[i] = field;
                field = strchr(field, '.');
                if (field != NULL)
                        *field++ = '\0';
        }
        return field == NULL;
}

char *
signed_key(struct arena *arena, const char *secret, const char *purpose)
{
        return digest_hmac_text(arena, secret, arena_printf(arena, "wechat-cgi %s 1", purpose));
}
