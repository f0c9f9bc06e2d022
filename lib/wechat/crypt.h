/*
 * crypt: WeChat's signatures, and the envelope of its safe mode.
 *
 * Facts: "接入指南", "消息加解密说明" (Official Accounts documentation).
 */
#ifndef WECHAT_CRYPT_H
#define WECHAT_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

enum { CRYPT_RANDOM_SIZE = 16, CRYPT_ENCODING_KEY_SIZE = 43 };

struct crypt_key {
        uint8_t bytes[32];
};

/* SHA-1, in hex, of the parts sorted as bytes and joined: token, timestamp, nonce, and for
 * msg_signature Encrypt. At most 4 parts. */
char *crypt_signature(struct arena *arena, const char *const parts[], size_t count);

/* Reads an EncodingAESKey, 43 characters of base64. Bits that its last character has left over are
 * not looked at: real keys have them. */
bool crypt_parse_key(struct arena *arena, const char *encoding_aes_key, struct crypt_key *key);

/*
 * Opens an envelope: base64 of AES-256-CBC, its IV the key's first 16 bytes, of 16 random bytes,
 * the message's length (32 bits, big endian), the message, the appid, padding (PKCS#7 to 32).
 * The message has a NUL after it. Check msg_signature before. ERR_DENIED: any of it is not so.
 */
int crypt_open(struct arena *arena, const struct crypt_key *key, const char *appid,
    const char *encrypt, char **message, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

/* Seals a message into such an envelope. */
char *crypt_seal(struct arena *arena, const struct crypt_key *key, const char *appid,
    const uint8_t random[CRYPT_RANDOM_SIZE], const char *message);

#endif
