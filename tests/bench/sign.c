/* A program that only signs: sign KEY-FILE. It reads an RSA key (PEM), signs 600 bytes as RS256
 * does, about an ID token's, once, and prints the signature. */
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>

#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>

enum { TEXT_SIZE = 600, HASH_SIZE = 32 };

static int
draw(void *context, unsigned char *bytes, size_t size)
{
        (void)context;
        return getrandom(bytes, size, 0) == (ssize_t)size ? 0 : -1;
}

static int
parse(mbedtls_pk_context *pk, const char *path)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
        return mbedtls_pk_parse_keyfile(pk, path, NULL, draw, NULL);
#else
        return mbedtls_pk_parse_keyfile(pk, path, NULL);
#endif
}

static int
sign(mbedtls_pk_context *pk, const uint8_t *hash, uint8_t *signature, size_t *size)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
        return mbedtls_pk_sign(pk, MBEDTLS_MD_SHA256, hash, HASH_SIZE, signature,
            MBEDTLS_PK_SIGNATURE_MAX_SIZE, size, draw, NULL);
#else
        return mbedtls_pk_sign(pk, MBEDTLS_MD_SHA256, hash, HASH_SIZE, signature, size, draw, NULL);
#endif
}

int
main(int argc, char **argv)
{
        uint8_t text[TEXT_SIZE] = {0}, hash[HASH_SIZE], signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
        mbedtls_pk_context pk;
        size_t size = 0;

        mbedtls_pk_init(&pk);
        if (argc != 2 || parse(&pk, argv[1]) != 0 ||
            mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), text, TEXT_SIZE, hash) != 0 ||
            sign(&pk, hash, signature, &size) != 0)
                return 1;
        printf("Status: 200 OK\r\n\r\n");
        for (size_t i = 0; i < size; i++)
                printf("%02x", signature[i]);
        return 0;
}
