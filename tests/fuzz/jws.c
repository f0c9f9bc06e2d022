/* jws: a signed text that somebody brings. What we have not signed is refused, whatever it says; and
 * the target signs the input itself, so that also what is behind the signature is read. */
#include "fuzz.h"

#include "format/digest.h"
#include "format/jws.h"

/* The key of RFC 7515, appendix A.3, which everybody knows. */
static const char pem[] = "-----BEGIN EC PRIVATE KEY-----\n"
                          "MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49\n"
                          "AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b\n"
                          "focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
                          "-----END EC PRIVATE KEY-----\n";

/* The same bytes each time, so that an input does the same again. */
static int
draw(void *bytes, size_t size, struct err *err)
{
        (void)err;
        memset(bytes, 0x5a, size);
        return 0;
}

static struct key *
find(void *context, const char *id)
{
        struct key *key = context;

        return strcmp(key_id(key), id) == 0 ? key : NULL;
}

/* Signs header and payload as they are, whatever they are. */
static const char *
sign(struct arena *arena, struct key *key, const char *header, const char *payload)
{
        const char *input =
            arena_printf(arena, "%s.%s", digest_base64url(arena, header, strlen(header)),
                digest_base64url(arena, payload, strlen(payload)));
        uint8_t signature[KEY_SIGNATURE_MAX];
        struct err err = {.kind = ERR_NONE};
        size_t length;

        CHECK(key_sign(key, input, strlen(input), signature, &length, &err) == 0 && length == 64);
        return arena_printf(arena, "%s.%s", input, digest_base64url(arena, signature, length));
}

/* Returns whether the text is accepted. */
static bool
verify(struct arena *arena, struct key *key, const char *text)
{
        struct err err = {.kind = ERR_NONE};
        struct pairs claims;

        pairs_init(&claims, arena);
        if (jws_verify(arena, text, "JWT", find, key, &claims, &err) == 0)
                return true;
        CHECK(fuzz_is_error(&err) && err.kind == ERR_DENIED && claims.count == 0);
        return false;
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        struct err err = {.kind = ERR_NONE};
        const char *header, *payload, *text;
        struct key *key;

        CHECK(key_parse(arena, pem, draw, &key, &err) == 0);
        text = arena_copy(arena, data, size);
        header = fuzz_text(arena, &data, &size);
        payload = arena_copy(arena, data, size);
        CHECK(!verify(arena, key, text));
        text = sign(arena, key, header, payload);
        if (strlen(text) > JWS_MAX || !verify(arena, key, text))
                return;
        /* What was accepted named the key and its algorithm. */
        CHECK(strstr(header, "ES256") != NULL || strstr(header, "\\u") != NULL);
        CHECK(!verify(arena, key, arena_copy(arena, text, strlen(text) - 1)));
}
