#include "digest.h"

#include <string.h>

#include <nettle/aes.h>
#include <nettle/base16.h>
#include <nettle/base64.h>
#include <nettle/cbc.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha1.h>
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

void
digest_sha1_hex(const void *data, size_t size, char hex[DIGEST_SHA1_HEX_SIZE + 1])
{
        struct sha1_ctx context;
        uint8_t digest[SHA1_DIGEST_SIZE];

        sha1_init(&context);
        sha1_update(&context, size, data);
        sha1_digest(&context, sizeof(digest), digest);
        base16_encode_update(hex, sizeof(digest), digest);
        hex[DIGEST_SHA1_HEX_SIZE] = '\0';
}

char *
digest_base64(struct arena *arena, const void *data, size_t size)
{
        char *text = arena_alloc(arena, BASE64_ENCODE_RAW_LENGTH(size) + 1);

        base64_encode_raw(text, size, data);
        return text;
}

char *
digest_base64_decode(struct arena *arena, const char *text, size_t *size)
{
        struct base64_decode_ctx context;
        size_t length = strlen(text);
        size_t room = BASE64_DECODE_LENGTH(length);
        uint8_t *data = arena_alloc(arena, room + 1);

        base64_decode_init(&context);
        if (!base64_decode_update(&context, &room, data, length, text) ||
            !base64_decode_final(&context))
                return NULL;
        data[room] = '\0';
        /* nettle skips blanks and takes what the last character has left over: neither is ours. */
        if (strcmp(digest_base64(arena, data, room), text) != 0)
                return NULL;
        *size = room;
        return (char *)data;
}

size_t
digest_base64_decode_lines(const char *text, size_t size, uint8_t *data)
{
        struct base64_decode_ctx context;
        size_t room = digest_base64_room(size);

        base64_decode_init(&context);
        if (!base64_decode_update(&context, &room, data, size, text) ||
            !base64_decode_final(&context))
                return 0;
        return room;
}

size_t
digest_base64_room(size_t size)
{
        return BASE64_DECODE_LENGTH(size);
}

void
digest_aes_encrypt(const uint8_t key[DIGEST_AES_KEY_SIZE], const uint8_t iv[DIGEST_AES_BLOCK_SIZE],
    uint8_t *data, size_t size)
{
        struct CBC_CTX(struct aes256_ctx, AES_BLOCK_SIZE) context;

        aes256_set_encrypt_key(&context.ctx, key);
        CBC_SET_IV(&context, iv);
        CBC_ENCRYPT(&context, aes256_encrypt, size, data, data);
}

void
digest_aes_decrypt(const uint8_t key[DIGEST_AES_KEY_SIZE], const uint8_t iv[DIGEST_AES_BLOCK_SIZE],
    uint8_t *data, size_t size)
{
        struct CBC_CTX(struct aes256_ctx, AES_BLOCK_SIZE) context;

        aes256_set_decrypt_key(&context.ctx, key);
        CBC_SET_IV(&context, iv);
        CBC_DECRYPT(&context, aes256_decrypt, size, data, data);
}

bool
digest_equal(const char *a, const char *b)
{
        size_t length = strlen(a);

        return length == strlen(b) && memeql_sec(a, b, length);
}
