#include "digest.h"

#include <string.h>

#include <nettle/base16.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

#include "arena.h"

void
digest_sha256_hex(const void *data, size_t size, char hex[DIGEST_HEX_SIZE + 1])
{
        struct sha256_ctx context;
        uint8_t digest[SHA256_DIGEST_SIZE];

        sha256_init(&context);
        sha256_update(&context, size, data);
        sha256_digest(&context, sizeof(digest), digest);
        base16_encode_update(hex, sizeof(digest), digest);
        hex[DIGEST_HEX_SIZE] = '\0';
}

void
digest_hmac(const char *key, const char *text, uint8_t out[DIGEST_SIZE])
{
        struct hmac_sha256_ctx context;

        hmac_sha256_set_key(&context, strlen(key), (const uint8_t *)key);
        hmac_sha256_update(&context, strlen(text), (const uint8_t *)text);
        hmac_sha256_digest(&context, DIGEST_SIZE, out);
}

char *
digest_hmac_text(struct arena *arena, const char *key, const char *text)
{
        uint8_t mac[DIGEST_SIZE];

        digest_hmac(key, text, mac);
        return digest_base64url(arena, mac, sizeof(mac));
}

char *
digest_base64url(struct arena *arena, const void *data, size_t size)
{
        char *text = arena_alloc(arena, BASE64_ENCODE_RAW_LENGTH(size) + 1);
        struct base64_encode_ctx context;
        size_t length;

        base64url_encode_init(&context);
        length = base64_encode_update(&context, text, size, data);
        length += base64_encode_final(&context, text + length);
        while (length > 0 && text[length - 1] == '=')
                length--;
        text[length] = '\0';
        return text;
}

char *
digest_base64url_decode(struct arena *arena, const char *text, size_t *size)
{
        struct base64_decode_ctx context;
        size_t length = strlen(text);
        size_t room = BASE64_DECODE_LENGTH(length) + 3;
        uint8_t *data = arena_alloc(arena, room + 1);
        size_t padding = (4 - length % 4) % 4;
        size_t tail = 0;

        /* One character carries 6 bits: a remainder of one cannot end a byte. */
        if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
                length ||
            padding == 3)
                return NULL;
        base64url_decode_init(&context);
        if (!base64_decode_update(&context, &room, data, length, text) ||
            !base64_decode_update(&context, &tail, data + room, padding, "==") ||
            !base64_decode_final(&context))
                return NULL;
        data[room + tail] = '\0';
        if (size != NULL)
                *size = room + tail;
        /* Bits that the last character has left over must be zero: one text for each value. */
        if (strcmp(digest_base64url(arena, data, room + tail), text) != 0)
                return NULL;
        return (char *)data;
}

bool
digest_equal(const char *a, const char *b)
{
        size_t length = strlen(a);

        return length == strlen(b) && memeql_sec(a, b, length);
}
