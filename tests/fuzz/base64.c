/* base64: each value has exactly one encoding; EncodingAESKeys. */
#include "fuzz.h"

#include "wechat/crypt.h"
#include "format/digest.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        struct crypt_key key, again;
        size_t length;
        char *bytes;

        bytes = digest_base64_decode(arena, text, &length);
        if (bytes != NULL)
                CHECK(strcmp(digest_base64(arena, bytes, length), text) == 0);
        bytes = digest_base64url_decode(arena, text, &length);
        if (bytes != NULL)
                CHECK(strcmp(digest_base64url(arena, bytes, length), text) == 0);
        bytes = digest_base64_decode(arena, digest_base64(arena, data, size), &length);
        CHECK(bytes != NULL && length == size && memcmp(bytes, text, size) == 0);
        bytes = digest_base64url_decode(arena, digest_base64url(arena, data, size), &length);
        CHECK(bytes != NULL && length == size && memcmp(bytes, text, size) == 0);
        if (crypt_parse_key(arena, text, &key)) {
                char *whole = digest_base64(arena, key.bytes, sizeof(key.bytes));

                CHECK(strlen(text) == CRYPT_ENCODING_KEY_SIZE);
                whole[CRYPT_ENCODING_KEY_SIZE] = '\0';
                CHECK(strncmp(whole, text, CRYPT_ENCODING_KEY_SIZE - 1) == 0);
                CHECK(crypt_parse_key(arena, whole, &again));
                CHECK(memcmp(&key, &again, sizeof(key)) == 0);
        }
}
