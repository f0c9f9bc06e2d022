#include "format/key.h"

#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/digest.h"

/* POINT: a coordinate of P-256, and a half of its signature. DER_MAX: a signature of P-256 in
 * ASN.1. SPKI_HEAD: what stands before the coordinates in a public key of P-256. */
enum {
        RSA_BITS = 2048,
        RSA_SIZE = RSA_BITS / 8,
        RSA_EXPONENT = 65537,
        EXPONENT_MAX = 8,
        POINT = 32,
        DER_MAX = 72,
        SPKI_HEAD = 27,
        SPKI_SIZE = SPKI_HEAD + 2 * POINT
};

/* RFC 5480, sections 2.1 and 2.2: id-ecPublicKey, secp256r1, an uncompressed point. */
static const uint8_t spki_head[SPKI_HEAD] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42,
    0x00, 0x04};

struct key {
        mbedtls_pk_context pk;
        key_random *random;
        enum key_algorithm algorithm;
        const char *id;
        const char *public_key;
};

/* ---- names ---- */

static const char *const algorithm_names[KEY_ALGORITHMS] = {"RS256", "ES256"};

const char *
key_algorithm_name(enum key_algorithm algorithm)
{
        return algorithm_names[algorithm];
}

bool
key_algorithm_read(const char *name, enum key_algorithm *algorithm)
{
        for (int i = 0; i < KEY_ALGORITHMS; i++)
                if (strcmp(name, algorithm_names[i]) == 0) {
                        *algorithm = (enum key_algorithm)i;
                        return true;
                }
        return false;
}

/* ---- random bytes ---- */

/* The library's form of a key_random, to which context points. */
static int
draw(void *context, unsigned char *bytes, size_t size)
{
        key_random *const *random = context;
        struct err err = {.kind = ERR_NONE};

        return (*random)(bytes, size, &err) == 0 ? 0 : MBEDTLS_ERR_PK_BAD_INPUT_DATA;
}

/* ---- making and reading ---- */

static int
generate(mbedtls_pk_context *pk, enum key_algorithm algorithm, key_random *random)
{
        int result = mbedtls_pk_setup(pk,
            mbedtls_pk_info_from_type(algorithm == KEY_RS256 ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY));

        if (result != 0)
                return result;
        return algorithm == KEY_RS256
                   ? mbedtls_rsa_gen_key(mbedtls_pk_rsa(*pk), draw, &random, RSA_BITS, RSA_EXPONENT)
                   : mbedtls_ecp_gen_key(
                         MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*pk), draw, &random);
}

int
key_generate(struct arena *arena, enum key_algorithm algorithm, key_random *random, char **pem,
    struct err *err)
{
        char *text = arena_alloc(arena, KEY_PEM_MAX);
        mbedtls_pk_context pk;
        int result;

        mbedtls_pk_init(&pk);
        result = generate(&pk, algorithm, random);
        if (result == 0)
                result = mbedtls_pk_write_key_pem(&pk, (uint8_t *)text, KEY_PEM_MAX);
        mbedtls_pk_free(&pk);
        if (result != 0)
                return err_set(err, ERR_SYSTEM, "key: none could be made (libmbedcrypto: -0x%04x)",
                    (unsigned)-result);
        *pem = text;
        return 0;
}

/* Fills in what is public of an RSA key. Returns false if it has not RSA_BITS. */
static bool
describe_rsa(struct arena *arena, struct key *key, const char **members)
{
        uint8_t n[RSA_SIZE], e[EXPONENT_MAX];
        size_t skip = 0;

        if (mbedtls_pk_get_bitlen(&key->pk) != RSA_BITS ||
            mbedtls_rsa_export_raw(mbedtls_pk_rsa(key->pk), n, sizeof(n), NULL, 0, NULL, 0, NULL, 0,
                e, sizeof(e)) != 0)
                return false;
        while (skip < sizeof(e) - 1 && e[skip] == 0)
                skip++;
        key->algorithm = KEY_RS256;
        *members = arena_printf(arena, "\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"",
            digest_base64url(arena, e + skip, sizeof(e) - skip),
            digest_base64url(arena, n, sizeof(n)));
        return true;
}

/* The same of a key for P-256, whose public half is always as long. */
static bool
describe_p256(struct arena *arena, struct key *key, const char **members)
{
        uint8_t spki[SPKI_SIZE];

        if (mbedtls_pk_write_pubkey_der(&key->pk, spki, sizeof(spki)) != SPKI_SIZE ||
            memcmp(spki, spki_head, SPKI_HEAD) != 0)
                return false;
        key->algorithm = KEY_ES256;
        *members = arena_printf(arena, "\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"",
            digest_base64url(arena, spki + SPKI_HEAD, POINT),
            digest_base64url(arena, spki + SPKI_HEAD + POINT, POINT));
        return true;
}

static bool
describe(struct arena *arena, struct key *key)
{
        const char *members;
        uint8_t hash[DIGEST_SIZE];

        switch (mbedtls_pk_get_type(&key->pk)) {
        case MBEDTLS_PK_RSA:
                if (!describe_rsa(arena, key, &members))
                        return false;
                break;
        case MBEDTLS_PK_ECKEY:
                if (!describe_p256(arena, key, &members))
                        return false;
                break;
        default:
                return false;
        }
        /* RFC 7638: the required members alone, in the order of their names, without blanks. */
        digest_sha256(arena_printf(arena, "{%s}", members), strlen(members) + 2, hash);
        key->id = digest_base64url(arena, hash, sizeof(hash));
        key->public_key = arena_printf(arena, "{%s,\"use\":\"sig\",\"alg\":\"%s\",\"kid\":\"%s\"}",
            members, key_algorithm_name(key->algorithm), key->id);
        return true;
}

static void
release(void *handle)
{
        struct key *key = handle;

        mbedtls_pk_free(&key->pk);
}

static int
parse(struct key *key, const char *pem)
{
        const uint8_t *text = (const uint8_t *)pem;
        size_t size = strlen(pem) + 1; /* the library wants the NUL of a PEM */

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
        return mbedtls_pk_parse_key(&key->pk, text, size, NULL, 0, draw, &key->random);
#else
        return mbedtls_pk_parse_key(&key->pk, text, size, NULL, 0);
#endif
}

int
key_parse(
    struct arena *arena, const char *pem, key_random *random, struct key **key, struct err *err)
{
        struct key *read = arena_alloc(arena, sizeof(*read));

        read->random = random;
        mbedtls_pk_init(&read->pk);
        arena_defer(arena, release, read);
        if (parse(read, pem) != 0 || !describe(arena, read))
                return err_set(err, ERR_SYSTEM,
                    "key: it is not the PEM of an RSA key with %d bits, or of one for P-256",
                    RSA_BITS);
        *key = read;
        return 0;
}

enum key_algorithm
key_algorithm_of(const struct key *key)
{
        return key->algorithm;
}

const char *
key_id(const struct key *key)
{
        return key->id;
}

const char *
key_public(const struct key *key)
{
        return key->public_key;
}

/* ---- signatures ---- */

/* Reads an integer of a signature of P-256, of at most POINT bytes after its leading zeros. */
static bool
read_half(uint8_t **at, const uint8_t *end, uint8_t half[POINT])
{
        size_t size;

        if (mbedtls_asn1_get_tag(at, end, &size, MBEDTLS_ASN1_INTEGER) != 0)
                return false;
        while (size > 0 && **at == 0) {
                ++*at;
                size--;
        }
        if (size > POINT)
                return false;
        memset(half, 0, POINT - size);
        memcpy(half + POINT - size, *at, size);
        *at += size;
        return true;
}

/* From ASN.1, which the library writes, to R and S. */
static bool
to_halves(uint8_t *der, size_t size, uint8_t halves[2 * POINT])
{
        const uint8_t *end = der + size;
        size_t inner;

        return mbedtls_asn1_get_tag(
                   &der, end, &inner, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) == 0 &&
               read_half(&der, end, halves) && read_half(&der, end, halves + POINT);
}

static uint8_t *
write_half(uint8_t *end, const uint8_t half[POINT])
{
        size_t size = POINT;

        while (size > 1 && *half == 0) {
                half++;
                size--;
        }
        end -= size;
        memcpy(end, half, size);
        if ((*half & 0x80) != 0) {
                *--end = 0;
                size++;
        }
        *--end = (uint8_t)size;
        *--end = MBEDTLS_ASN1_INTEGER;
        return end;
}

/* And back; returns where it begins in der, whose end it fills. */
static uint8_t *
from_halves(const uint8_t halves[2 * POINT], uint8_t der[DER_MAX])
{
        uint8_t *end = der + DER_MAX;
        uint8_t *at = write_half(write_half(end, halves + POINT), halves);
        size_t size = (size_t)(end - at);

        *--at = (uint8_t)size;
        *--at = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
        return at;
}

static int
sign_hash(struct key *key, const uint8_t hash[DIGEST_SIZE], uint8_t *signature, size_t *length)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
        return mbedtls_pk_sign(&key->pk, MBEDTLS_MD_SHA256, hash, DIGEST_SIZE, signature,
            MBEDTLS_PK_SIGNATURE_MAX_SIZE, length, draw, &key->random);
#else
        return mbedtls_pk_sign(
            &key->pk, MBEDTLS_MD_SHA256, hash, DIGEST_SIZE, signature, length, draw, &key->random);
#endif
}

int
key_sign(struct key *key, const void *data, size_t size, uint8_t signature[KEY_SIGNATURE_MAX],
    size_t *length, struct err *err)
{
        uint8_t hash[DIGEST_SIZE], made[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
        int result;

        digest_sha256(data, size, hash);
        result = sign_hash(key, hash, made, length);
        if (result != 0 || *length > KEY_SIGNATURE_MAX)
                return err_set(err, ERR_SYSTEM, "key: it could not sign (libmbedcrypto: -0x%04x)",
                    (unsigned)-result);
        if (key->algorithm == KEY_RS256) {
                memcpy(signature, made, *length);
                return 0;
        }
        if (!to_halves(made, *length, signature))
                return err_set(err, ERR_SYSTEM, "key: its signature is malformed");
        *length = 2 * POINT;
        return 0;
}

bool
key_verify(struct key *key, const void *data, size_t size, const void *signature, size_t length)
{
        uint8_t hash[DIGEST_SIZE], der[DER_MAX];
        const uint8_t *at = signature;

        if (length != (key->algorithm == KEY_RS256 ? RSA_SIZE : 2 * POINT))
                return false;
        digest_sha256(data, size, hash);
        if (key->algorithm == KEY_ES256) {
                at = from_halves(signature, der);
                length = (size_t)(der + sizeof(der) - at);
        }
        return mbedtls_pk_verify(&key->pk, MBEDTLS_MD_SHA256, hash, sizeof(hash), at, length) == 0;
}
