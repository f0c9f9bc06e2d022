/*
 * digest: SHA-256, HMAC, SHA-1, AES, base64, and comparison in constant time (libmbedcrypto).
 */
#ifndef WECHAT_DIGEST_H
#define WECHAT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum {
        DIGEST_SIZE = 32,
        DIGEST_HEX_SIZE = 64,
        DIGEST_BASE64URL_SIZE = 43,
        DIGEST_SHA1_HEX_SIZE = 40,
        DIGEST_AES_KEY_SIZE = 32,
        DIGEST_AES_BLOCK_SIZE = 16
};

/* Computes SHA-256 (FIPS 180-4) of size bytes. */
void digest_sha256(const void *data, size_t size, uint8_t out[DIGEST_SIZE]);

/* The same as 64 lower-case hex digits and a NUL. */
void digest_sha256_hex(const void *data, size_t size, char hex[DIGEST_HEX_SIZE + 1]);

/* Computes HMAC-SHA-256 (RFC 2104) of text with key. */
void digest_hmac(const char *key, const char *text, uint8_t out[DIGEST_SIZE]);

/* As digest_hmac(), as 43 characters of base64url. */
char *digest_hmac_text(struct arena *arena, const char *key, const char *text);

/* Returns the bytes as base64url without padding (RFC 4648, section 5). */
char *digest_base64url(struct arena *arena, const void *data, size_t size);

/* Decodes base64url text and adds a NUL. Returns NULL if text is anything else. *size may be NULL.
 */
char *digest_base64url_decode(struct arena *arena, const char *text, size_t *size);

/* Computes SHA-1 (FIPS 180-4), which WeChat's signatures use, as 40 lower-case hex digits. */
void digest_sha1_hex(const void *data, size_t size, char hex[DIGEST_SHA1_HEX_SIZE + 1]);

/* Returns the bytes as base64 with padding (RFC 4648, section 4). */
char *digest_base64(struct arena *arena, const void *data, size_t size);

/* Decodes such text and adds a NUL. Returns NULL if text is anything else. */
char *digest_base64_decode(struct arena *arena, const char *text, size_t *size);

/* Encrypt or decrypt in place with AES-256-CBC (FIPS 197, SP 800-38A), without padding. size is a
 * multiple of DIGEST_AES_BLOCK_SIZE. */
void digest_aes_encrypt(const uint8_t key[DIGEST_AES_KEY_SIZE],
    const uint8_t iv[DIGEST_AES_BLOCK_SIZE], uint8_t *data, size_t size);
void digest_aes_decrypt(const uint8_t key[DIGEST_AES_KEY_SIZE],
    const uint8_t iv[DIGEST_AES_BLOCK_SIZE], uint8_t *data, size_t size);

/* Are the strings equal? The time depends on the length only, which is not secret. */
bool digest_equal(const char *a, const char *b);

#endif
