#include "format/digest.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/aes.h>
#include <mbedtls/base64.h>
#include <mbedtls/constant_time.h>
#include <mbedtls/md.h>

#include "base/arena.h"

enum { SHA1_SIZE = 20 };

/* libmbedcrypto fails here only if it was built without them, or without memory: no answer would be
 * right then. */
static void
must(int result)
{
        if (result != 0)
                abort();
}

static void
write_hex(const uint8_t *bytes, size_t size, char *hex)
{
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < size; i++) {
                *hex++ = digits[bytes[i] >> 4];
                *hex++ = digits[bytes[i] & 15];
        }
        *hex = '\0';
}

void
digest_sha256(const void *data, size_t size, uint8_t out[DIGEST_SIZE])
{
        must(mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), data, size, out));
}

void
digest_sha256_hex(const void *data, size_t size, char hex[DIGEST_HEX_SIZE + 1])
{
        uint8_t digest[DIGEST_SIZE];

        digest_sha256(data, size, digest);
        write_hex(digest, sizeof(digest), hex);
}

void
digest_hmac(const char *key, const char *text, uint8_t out[DIGEST_SIZE])
{
        must(mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), (const uint8_t *)key,
            strlen(key), (const uint8_t *)text, strlen(text), out));
}

char *
digest_hmac_text(struct arena *arena, const char *key, const char *text)
{
        uint8_t mac[DIGEST_SIZE];

        digest_hmac(key, text, mac);
        return digest_base64url(arena, mac, sizeof(mac));
}

/* Replaces the characters of from by those of to. */
static void
translate(char *text, const char *from, const char *to)
{
        for (; *text != '\0'; text++)
                if (strchr(from, *text) != NULL)
                        *text = to[strchr(from, *text) - from];
}

char *
digest_base64url(struct arena *arena, const void *data, size_t size)
{
        char *text = digest_base64(arena, data, size);

        text[strcspn(text, "=")] = '\0';
        translate(text, "+/", "-_");
        return text;
}

char *
digest_base64url_decode(struct arena *arena, const char *text, size_t *size)
{
        static const char padding[] = "===";
        char *padded = arena_printf(arena, "%s%s", text, padding + 3 - (4 - strlen(text) % 4) % 4);
        char *data;
        size_t length;

        if (strpbrk(text, "+/=") != NULL)
                return NULL;
        translate(padded, "-_", "+/");
        data = digest_base64_decode(arena, padded, &length);
        if (data != NULL && size != NULL)
                *size = length;
        return data;
}

void
digest_sha1_hex(const void *data, size_t size, char hex[DIGEST_SHA1_HEX_SIZE + 1])
{
        uint8_t digest[SHA1_SIZE];

        must(mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), data, size, digest));
        write_hex(digest, sizeof(digest), hex);
}

char *
digest_base64(struct arena *arena, const void *data, size_t size)
{
        size_t room = (size + 2) / 3 * 4 + 1;
        char *text = arena_alloc(arena, room);

        must(mbedtls_base64_encode((uint8_t *)text, room, &room, data, size));
        return text;
}

char *
digest_base64_decode(struct arena *arena, const char *text, size_t *size)
{
        size_t room = (strlen(text) + 3) / 4 * 3;
        uint8_t *data = arena_alloc_raw(arena, room + 1);

        if (mbedtls_base64_decode(data, room, &room, (const uint8_t *)text, strlen(text)) != 0)
                return NULL;
        data[room] = '\0';
        /* mbedtls_base64_decode() would skip line ends and ignore leftover bits of the last
         * character: we allow neither. */
        if (strcmp(digest_base64(arena, data, room), text) != 0)
                return NULL;
        *size = room;
        return (char *)data;
}

static void
aes(int mode, const uint8_t *key, const uint8_t *iv, uint8_t *data, size_t size)
{
        uint8_t chain[DIGEST_AES_BLOCK_SIZE];
        mbedtls_aes_context context;

        memcpy(chain, iv, sizeof(chain));
        mbedtls_aes_init(&context);
        must(mode == MBEDTLS_AES_ENCRYPT
                 ? mbedtls_aes_setkey_enc(&context, key, 8 * DIGEST_AES_KEY_SIZE)
                 : mbedtls_aes_setkey_dec(&context, key, 8 * DIGEST_AES_KEY_SIZE));
        must(mbedtls_aes_crypt_cbc(&context, mode, size, chain, data, data));
        mbedtls_aes_free(&context);
}

void
digest_aes_encrypt(const uint8_t key[DIGEST_AES_KEY_SIZE], const uint8_t iv[DIGEST_AES_BLOCK_SIZE],
    uint8_t *data, size_t size)
{
        aes(MBEDTLS_AES_ENCRYPT, key, iv, data, size);
}

void
digest_aes_decrypt(const uint8_t key[DIGEST_AES_KEY_SIZE], const uint8_t iv[DIGEST_AES_BLOCK_SIZE],
    uint8_t *data, size_t size)
{
        aes(MBEDTLS_AES_DECRYPT, key, iv, data, size);
}

bool
digest_equal(const char *a, const char *b)
{
        size_t length = strlen(a);

        return length == strlen(b) && mbedtls_ct_memcmp(a, b, length) == 0;
}
