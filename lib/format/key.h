/*
 * key: private keys that sign (libmbedcrypto): RSA with 2048 bits for RS256, and the curve P-256
 * for ES256 (RFC 7518, section 3.1), and their public halves (RFC 7517).
 */
#ifndef WECHAT_KEY_H
#define WECHAT_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct key;

enum key_algorithm { KEY_RS256, KEY_ES256, KEY_ALGORITHMS };

/* KEY_PEM_MAX: bytes of a key as PEM; one for RS256 has about 1,700. KEY_ID_SIZE: SHA-256 as
 * base64url. KEY_SIGNATURE_MAX: bytes of a signature for RS256; one for ES256 has 64. */
enum { KEY_PEM_MAX = 4096, KEY_ID_SIZE = 43, KEY_SIGNATURE_MAX = 256 };

/* Fills bytes with size random bytes: os_random(). Also signing needs them: without, RSA would not
 * be blinded against those who measure its time. */
typedef int key_random(void *bytes, size_t size, struct err *err);

/* Returns "RS256" or "ES256". */
const char *key_algorithm_name(enum key_algorithm algorithm);

/* Stores the algorithm of that name. Returns false if it is none of the two. */
bool key_algorithm_read(const char *name, enum key_algorithm *algorithm);

/* Makes a key, and returns it as PEM (SEC 1, or PKCS #1). RSA takes a tenth of a second to some
 * seconds. ERR_SYSTEM. */
int key_generate(struct arena *arena, enum key_algorithm algorithm, key_random *random, char **pem,
    struct err *err) __attribute__((warn_unused_result));

/* Reads a key, which lasts as long as the arena. ERR_SYSTEM: the text is not the PEM of an RSA key
 * with 2048 bits, or of one for P-256. */
int key_parse(struct arena *arena, const char *pem, key_random *random, struct key **key,
    struct err *err) __attribute__((warn_unused_result));

enum key_algorithm key_algorithm_of(const struct key *key);

/* Returns the key's id, KEY_ID_SIZE characters: the SHA-256 thumbprint of its public half (RFC
 * 7638). */
const char *key_id(const struct key *key);

/* Returns the public half as a JSON object (RFC 7517): kty, use, alg, kid, and n, e of RSA, or crv,
 * x, y of P-256. */
const char *key_public(const struct key *key);

/* Signs size bytes as JWS does (RFC 7518, sections 3.3 and 3.4: ES256 is R and S, 32 bytes each).
 * ERR_SYSTEM. */
int key_sign(struct key *key, const void *data, size_t size, uint8_t signature[KEY_SIGNATURE_MAX],
    size_t *length, struct err *err) __attribute__((warn_unused_result));

/* Is it the key's signature of these bytes? */
bool key_verify(
    struct key *key, const void *data, size_t size, const void *signature, size_t length);

#endif
