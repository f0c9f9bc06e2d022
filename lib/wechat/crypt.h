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

/* Returns SHA-1, in hex, of the parts sorted as bytes and joined: token, timestamp, nonce, and for
 * msg_signature Encrypt. At most 4 parts. */
char *crypt_signature(struct arena *arena, const char *const parts[], size_t count);

/* Parses an EncodingAESKey, 43 characters of base64. The unused bits of its last character are
 * ignored: real keys have them. */
bool crypt_parse_key(struct arena *arena, const char *encoding_aes_key, struct crypt_key *key);

/*
 * Opens an envelope: base64 of AES-256-CBC, with the key's first 16 bytes as IV, of 16 random
 * bytes, the message's length (32 bits, big endian), the message, the appid, and padding (PKCS#7 to
 * 32). A NUL is added to the message. Check msg_signature first. appid: the receiver's; NULL: any.
 * ERR_DENIED: the envelope is malformed or for another appid.
 */
int crypt_open(struct arena *arena, const struct crypt_key *key, const char *appid,
    const char *encrypt, char **message, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

/* Returns the appid in an envelope that crypt_open() opened. */
char *crypt_appid(struct arena *arena, const struct crypt_key *key, const char *encrypt);

/* Seals a message into such an envelope. */
char *crypt_seal(struct arena *arena, const struct crypt_key *key, const char *appid,
    const uint8_t random[CRYPT_RANDOM_SIZE], const char *message);

#endif
