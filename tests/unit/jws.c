/* key, jws: the examples of RFC 7515, keys that are not ours, and all that a stranger may try. */
#include "table.h"

#include "format/digest.h"
#include "format/jws.h"
#include "format/key.h"
#include "host/os.h"

/* The private keys of RFC 7515, appendices A.2.1 and A.3.1, as PEM. */
static const char rfc_rsa[] = "-----BEGIN RSA PRIVATE KEY-----\n"
                              "MIIEowIBAAKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd/wWJcyQoTbji9k0\n"
                              "l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL+yRT+SFd2lZS+pC\n"
                              "gNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb/7OMg0LOL+bSf63kpaSHSX\n"
                              "ndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD\n"
                              "Zlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxXFvUK+DWNmoudF8NAco9/h9iaGNj8\n"
                              "q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQIDAQABAoIBABKucaRpzQorw35S\n"
                              "bEUAVx8dYXUdZOlJcHtiWQ+dC6V8ljxAHj/PLyzTveyI5QO/xkObCyjIL303l2cf\n"
                              "UhPu2MFaJdjVzqACXuOrLot/eSFvxjvqVidTtAZExqFRJ9mylUVAoLvhowVWmC1O\n"
                              "n95fZCXxTUtxNEG1Xcc7m0rtzJKs45J+N/V9DP1edYH6USyPSWGp6wuA+KgHRnKK\n"
                              "Vf9GRx80JQY7nVNkL17eHoTWEwga+lwi0FEoW9Y7lDtWXYmKBWhUE+U8PGxlJf8f\n"
                              "40493HDw1WRQ/aSLoS4QTp3rn7gYgeHEvfJdkkf0UMhlknlo53M09EFPdadQ4TlU\n"
                              "bjqKc50CgYEA4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH/5IB3jw3bcxGn6QLvnE\n"
                              "tfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw/Py5PJdTJNPY8cQn7ouZ2KKDcmnPG\n"
                              "BY5t7yLc1QlQ5xHdwW1VhvKn+nXqhJTBgIPgtldC+KDV5z+y2XDwGUcCgYEAuQPE\n"
                              "fgmVtjL0Uyyx88GZFF1fOunH3+7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYs\n"
                              "p1ZSe7zFYHj7C6ul7TjeLQeZD/YwD66t62wDmpe/HlB+TnBA+njbglfIsRLtXlnD\n"
                              "zQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdcCgYAHAp9XcCSrn8wVkMVkKdb7\n"
                              "DOX4IKjzdahm+ctDAJN4O/y7OW5FKebvUjdAIt2GuoTZ71iTG+7F0F+lP88jtjP4\n"
                              "U4qe7VHoewl4MKOfXZKTe+YCS1XbNvfgwJ3Ltyl1OH9hWvu2yza7q+d5PCsDzqtm\n"
                              "27kxuvULVeya+TEdAB1ijQKBgQCH/3r6YrVH/uCWGy6bzV1nGNOdjKc9tmkfOJmN\n"
                              "54dxdixdpozCQ6U4OxZrsj3FcOhHBsqAHvX2uuYjagqvo3cOj1TRqNocX40omfCC\n"
                              "Mx3bD1yPPf/6TI2XECva/ggqEY2mYzmIiA5LVVmc5nrybr+lssFKneeyxN2Wq93S\n"
                              "0iJMdQKBgCGHewxzoa1r8ZMD0LETNrToK423K377UCYqXfg5XMclbrjPbEC3YI1Z\n"
                              "NqMtuhdBJqUnBi6tjKMF+34Xf0CUN8ncuXGO2CAYvO8PdyCixHX52ybaDjy1FtCE\n"
                              "6yUXjoKNXKvUm7MWGsAYH6f4IegOetN5NvmUMFStCSkh7ixZLkN1\n"
                              "-----END RSA PRIVATE KEY-----\n";

static const char rfc_p256[] = "-----BEGIN EC PRIVATE KEY-----\n"
                               "MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49\n"
                               "AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b\n"
                               "focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
                               "-----END EC PRIVATE KEY-----\n";

/* Of a curve as long as P-256 (secp256k1, brainpoolP256r1), of a longer one, and a short one of
 * RSA. */
static const char other_curve[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHQCAQEEIFS2znBsGaBBRwzBS3BT2H4wuso9n7QyWLJUo/PL64yOoAcGBSuBBAAK\n"
    "oUQDQgAEBGpPWjIaq9RWY8uumsJxYE7+Q0BSxkldF19U427iIjnRgn0TV2yDvV/d\n"
    "XBZIADoOIZOdTS0Du9YQdvhn8+um0g==\n"
    "-----END EC PRIVATE KEY-----\n";

static const char brainpool[] = "-----BEGIN EC PRIVATE KEY-----\n"
                                "MHgCAQEEIGOgqWJv10+anHRpnrd5VMdPh+H6m30bIe/PdIWbj1bzoAsGCSskAwMC\n"
                                "CAEBB6FEA0IABI4s86rKC8zkpl0ABhbZILxMO2ozmpRfCUSEUXTzLDX4OppcnT6c\n"
                                "irjGc5qoSkzqfGnesW1XBOrKi7YeNeNC+tc=\n"
                                "-----END EC PRIVATE KEY-----\n";

static const char long_curve[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MIGkAgEBBDAiinSn4yfd/hVF/H+8LqXz01lIk4QNz7vHvtg/58vCNBhuAM8jVKM4\n"
    "5bOKwJZzchmgBwYFK4EEACKhZANiAARiV29QTPc3PrQ7Jza3pacyvJgo4T/dvgcO\n"
    "oJOfSnq1gn1oykDT8VFjU4d7aWPdUtQhosaHRjgmcQL/isIfDFV04jfl8L6f7Y9P\n"
    "p0Liy0v7BOOjY8Wz7kD1PX8Vlhq6kBo=\n"
    "-----END EC PRIVATE KEY-----\n";

static const char short_rsa[] = "-----BEGIN RSA PRIVATE KEY-----\n"
                                "MIICXQIBAAKBgQDJlA2h4WtsnkGYVkTcSMmCrgRw5QpdmbZSW6IkdQUCo90Hpkug\n"
                                "8W22MWvVv03h/87YJlBrm7RMihXTdqQpklX78eRRJbUw0EC3qr8qWujdgsN6ssas\n"
                                "gbiTplyTredsMnqYpNlsqj3jIpc619otk6J6pVDeSzZsaR87RmQhBhKf+QIDAQAB\n"
                                "AoGBAJLqUik61wWaLiquLY/ziNKyq8/wTua7QjOyT3GMzDMJZO3PWO2bKKASUwq9\n"
                                "XDEsNQA6pIBZQkZKme++V5Vo7zrehkhzRXbpSuUxv8jkAqtxxs2nlLKdoH7mRhR/\n"
                                "pqkshpr+tXmzPBGefEAo+yu8RG92YIXGrq5mUjptMrDHI9qFAkEA8Ac16+4koIwX\n"
                                "qw5BGqNpoIbMBfsYplsWfh1ndJ4VoYSSxE+RzbqI7YFhyU9rPfFd8LR0tEFyBcj1\n"
                                "K2nK3yiFrwJBANb93TvhAiYwIN3D2/HAJD5S6ri5R2f9M4tyfIyUKKI7EqnR8cDw\n"
                                "d/zPfqJbdmBjfaqjC/pwWuG72u1+9DTrxtcCQBi9dYZa5nWR2wKrlnRLcaC1JCRd\n"
                                "rD3BV8EqALbZcHtUcdhAJ1QgLOrmEhEw2WnqDfe4cer+b+U+wF54Kgv0XksCQQDA\n"
                                "Nk3yeBQ00jjALJjbBb8hnX5PUw8dUMohtWTXRqshiBEClTpAFn4gH98HByDJwoma\n"
                                "4pUV/hey1AJC7YsmOVoXAkBrHC4gO0lLhs8pyOmSg7rG2AGnpL97Yme8FNddmhUz\n"
                                "psxuo9KdLmPZmA+DtSg+6QKxvLhkZ2jXanGT++Ij70+q\n"
                                "-----END RSA PRIVATE KEY-----\n";

/* Both examples have this payload. */
#define RFC_PAYLOAD                                                                                \
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"                         \
        "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

static const struct {
        const char *pem;
        enum key_algorithm algorithm;
        const char *id; /* computed by another program */
        const char *input, *signature;
} rfc[] = {
    {rfc_rsa, KEY_RS256, "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8",
        "eyJhbGciOiJSUzI1NiJ9." RFC_PAYLOAD,
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
        "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
        "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
        "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
        "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
        "p0igcN_IoypGlUPQGe77Rw"},
    {rfc_p256, KEY_ES256, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
        "eyJhbGciOiJFUzI1NiJ9." RFC_PAYLOAD,
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
        "pmWQxfKTUJqPP3-Kg6NU1Q"},
};

static struct key *
parse(struct arena *arena, const char *pem)
{
        struct err err = {.kind = ERR_NONE};
        struct key *key;

        if (key_parse(arena, pem, os_random, &key, &err) != 0)
                fail_msg("%s", err.text);
        return key;
}

/* ---- keys ---- */

static void
keys_are_those_of_rfc_7515(void **state)
{
        for (size_t i = 0; i < COUNT(rfc); i++) {
                struct key *key = parse(*state, rfc[i].pem);
                size_t length;
                char *signature = digest_base64url_decode(*state, rfc[i].signature, &length);

                ROW(key_algorithm_of(key) == rfc[i].algorithm, i, "algorithm");
                ROW(same(key_id(key), rfc[i].id), i, key_id(key));
                ROW(key_verify(key, rfc[i].input, strlen(rfc[i].input), signature, length), i,
                    "the signature of the RFC");
        }
        assert_string_equal(key_public(parse(*state, rfc_p256)),
            "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":"
            "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
            "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\",\"use\":\"sig\","
            "\"alg\":\"ES256\",\"kid\":\"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U\"}");
        assert_non_null(strstr(key_public(parse(*state, rfc_rsa)),
            "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wW"));
        END_ROWS();
}

/* RSASSA-PKCS1-v1_5 has one signature of each text, whatever is drawn. */
static void
rs256_signs_as_the_rfc_does(void **state)
{
        struct key *key = parse(*state, rfc_rsa);
        struct err err = {.kind = ERR_NONE};
        uint8_t signature[KEY_SIGNATURE_MAX];
        size_t length;

        assert_int_equal(
            key_sign(key, rfc[0].input, strlen(rfc[0].input), signature, &length, &err), 0);
        assert_string_equal(digest_base64url(*state, signature, length), rfc[0].signature);
}

static void
other_keys_are_refused(void **state)
{
        static const struct {
                const char *what, *pem;
        } rows[] = {{"nothing", ""}, {"no key", "hello"},
            {"cut off", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEII6bEJ5xkJi"},
            {"secp256k1", other_curve}, {"brainpoolP256r1", brainpool}, {"P-384", long_curve},
            {"1024 bits", short_rsa}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct key *key = NULL;

                ROW(key_parse(*state, rows[i].pem, os_random, &key, &err) == -1 && key == NULL &&
                        err.kind == ERR_SYSTEM && strstr(err.text, "MHcC") == NULL,
                    i, rows[i].what);
        }
        END_ROWS();
}

static int
draw_nothing(void *bytes, size_t size, struct err *err)
{
        memset(bytes, 0, size);
        return err_set(err, ERR_SYSTEM, "no random bytes");
}

/* A key that is made signs, each time with what its algorithm says; and nothing is made or signed
 * without random bytes. */
static void
made_keys_sign(void **state)
{
        for (int i = 0; i < KEY_ALGORITHMS; i++) {
                static const size_t lengths[] = {256, 64};
                struct err err = {.kind = ERR_NONE};
                uint8_t signature[KEY_SIGNATURE_MAX];
                struct key *key;
                size_t length;
                char *pem = NULL;

                assert_int_equal(
                    key_generate(*state, (enum key_algorithm)i, os_random, &pem, &err), 0);
                key = parse(*state, pem);
                ROW(key_algorithm_of(key) == (enum key_algorithm)i, i, "algorithm");
                ROW(strlen(key_id(key)) == KEY_ID_SIZE, i, "id");
                for (int round = 0; round < 10; round++) {
                        const char *text = arena_printf(*state, "text %d", round);

                        ROW(key_sign(key, text, strlen(text), signature, &length, &err) == 0 &&
                                length == lengths[i] &&
                                key_verify(key, text, strlen(text), signature, length),
                            round, text);
                        ROW(!key_verify(key, text, strlen(text) - 1, signature, length), round,
                            "another text");
                        signature[round % (int)length] ^= 1;
                        ROW(!key_verify(key, text, strlen(text), signature, length), round,
                            "another signature");
                }
                ROW(key_generate(*state, (enum key_algorithm)i, draw_nothing, &pem, &err) == -1 &&
                        err.kind == ERR_SYSTEM,
                    i, "made without random bytes");
                assert_int_equal(key_parse(*state, pem, draw_nothing, &key, &err), 0);
                ROW(key_sign(key, "a", 1, signature, &length, &err) == -1, i,
                    "signed without random bytes");
        }
        END_ROWS();
}

/* The halves of a signature for ES256 are of 32 bytes also where ASN.1 has fewer, which it has for
 * these texts if the number is not drawn (RFC 6979); and numbers that are none of a signature
 * verify nothing. */
static void
halves_have_32_bytes(void **state)
{
        static const char *const texts[] = {
            "text 7", "text 124", "text 248", "text 312", "text 393", "text 456"};
        struct key *key = parse(*state, rfc_p256);
        uint8_t signature[KEY_SIGNATURE_MAX] = {0};

        for (size_t i = 0; i < COUNT(texts); i++) {
                struct err err = {.kind = ERR_NONE};
                size_t length;

                ROW(key_sign(key, texts[i], strlen(texts[i]), signature, &length, &err) == 0 &&
                        length == 64 &&
                        key_verify(key, texts[i], strlen(texts[i]), signature, length),
                    i, texts[i]);
        }
        memset(signature, 0, sizeof(signature));

        assert_false(key_verify(key, "a", 1, signature, 64));
        signature[31] = signature[63] = 1;
        assert_false(key_verify(key, "a", 1, signature, 64));
        memset(signature, 0xff, 64);
        assert_false(key_verify(key, "a", 1, signature, 64));
        for (size_t length = 0; length < 64; length++)
                ROW(!key_verify(key, "a", 1, signature, length), length, "short");
        END_ROWS();
}

static void
algorithms_have_names(void **state)
{
        static const char *const others[] = {
            "", "none", "HS256", "rs256", "RS256 ", "RS512", "PS256"};
        enum key_algorithm algorithm;

        (void)state;
        for (int i = 0; i < KEY_ALGORITHMS; i++)
                ROW(key_algorithm_read(key_algorithm_name((enum key_algorithm)i), &algorithm) &&
                        algorithm == (enum key_algorithm)i,
                    i, "ours");
        for (size_t i = 0; i < COUNT(others); i++)
                ROW(!key_algorithm_read(others[i], &algorithm), i, others[i]);
        END_ROWS();
}

/* ---- signed JSON ---- */

/* Our own keys. */
struct ring {
        struct key *keys[2];
};

static struct key *
find(void *context, const char *id)
{
        struct ring *ring = context;

        for (size_t i = 0; i < COUNT(ring->keys); i++)
                if (strcmp(key_id(ring->keys[i]), id) == 0)
                        return ring->keys[i];
        return NULL;
}

static const char payload[] =
    "{\"iss\":\"https://a.example\",\"sub\":\"o1\",\"exp\":7,\"ok\":true}";

static const char *
sign(struct arena *arena, struct key *key, const char *type)
{
        struct err err = {.kind = ERR_NONE};
        char *text = NULL;

        if (jws_sign(arena, key, type, payload, &text, &err) != 0)
                fail_msg("%s", err.text);
        return text;
}

static void
what_is_signed_is_verified(void **state)
{
        struct ring ring = {{parse(*state, rfc_rsa), parse(*state, rfc_p256)}};

        for (size_t i = 0; i < COUNT(ring.keys); i++) {
                struct err err = {.kind = ERR_NONE};
                struct pairs claims;
                const char *text = sign(*state, ring.keys[i], "JWT");
                size_t size;
                const char *header = digest_base64url_decode(
                    *state, arena_copy(*state, text, strcspn(text, ".")), &size);

                assert_string_equal(
                    header, arena_printf(*state, "{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
                                key_algorithm_name(rfc[i].algorithm), rfc[i].id));
                pairs_init(&claims, *state);
                assert_int_equal(jws_verify(*state, text, "JWT", find, &ring, &claims, &err), 0);
                assert_string_equal(pairs_get(&claims, "sub"), "o1");
                assert_int_equal(pairs_get_number(&claims, "exp", 0), 7);
                pairs_init(&claims, *state);
                assert_int_equal(
                    jws_verify(*state, text, "logout+jwt", find, &ring, &claims, &err), -1);
                assert_int_equal(err.kind, ERR_DENIED);
                assert_int_equal(claims.count, 0);
        }
}

/* Makes a text with that header and a signature by key of what stands before it. */
static const char *
forge(struct arena *arena, struct key *key, const char *header, const char *body)
{
        struct err err = {.kind = ERR_NONE};
        uint8_t signature[KEY_SIGNATURE_MAX];
        size_t length;
        const char *input =
            arena_printf(arena, "%s.%s", digest_base64url(arena, header, strlen(header)),
                digest_base64url(arena, body, strlen(body)));

        if (key_sign(key, input, strlen(input), signature, &length, &err) != 0)
                abort();
        return arena_printf(arena, "%s.%s", input, digest_base64url(arena, signature, length));
}

#define RSA_ID "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8"
#define EC_ID "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"

/* Each is signed by our RSA key: so what is refused is the header. */
static void
headers_choose_no_algorithm(void **state)
{
        static const struct {
                const char *header;
                bool good;
        } rows[] = {{"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}", true},
            {"{\"alg\":\"RS256\",\"typ\":\"jwt\",\"kid\":\"" RSA_ID "\",\"x\":1}", true},
            {"{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}", false},
            {"{\"alg\":\"None\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}", false},
            {"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}", false},
            {"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}", false},
            {"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" EC_ID "\"}", false},
            {"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" EC_ID "\"}", false},
            {"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"other\"}", false},
            {"{\"alg\":\"RS256\",\"typ\":\"JWT\"}", false},
            {"{\"alg\":\"RS256\",\"kid\":\"" RSA_ID "\"}", false},
            {"{\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}", false},
            {"{\"alg\":[\"RS256\"],\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}", false},
            {"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\",\"crit\":[\"exp\"]}",
                false},
            {"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\",\"crit\":[]}", false},
            {"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\",\"crit\":{\"a\":1}}",
                false},
            {"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"} x", false},
            {"[\"RS256\"]", false}, {"", false}};
        struct ring ring = {{parse(*state, rfc_rsa), parse(*state, rfc_p256)}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                struct pairs claims;

                pairs_init(&claims, *state);
                ROW((jws_verify(*state, forge(*state, ring.keys[0], rows[i].header, payload), "JWT",
                         find, &ring, &claims, &err) == 0) == rows[i].good,
                    i, rows[i].header);
                ROW(rows[i].good || (err.kind == ERR_DENIED && claims.count == 0), i, err.text);
        }
        END_ROWS();
}

static void
no_byte_of_a_text_can_be_changed(void **state)
{
        struct ring ring = {{parse(*state, rfc_rsa), parse(*state, rfc_p256)}};
        const char *text = sign(*state, ring.keys[1], "JWT");
        struct pairs claims;

        pairs_init(&claims, *state);
        for (size_t i = 0; text[i] != '\0'; i++) {
                struct err err = {.kind = ERR_NONE};
                char *changed = arena_strdup(*state, text);

                changed[i] = changed[i] == 'A' ? 'B' : 'A';
                ROW(jws_verify(*state, changed, "JWT", find, &ring, &claims, &err) == -1 &&
                        err.kind == ERR_DENIED,
                    i, changed);
                changed = arena_copy(*state, text, i);
                ROW(jws_verify(*state, changed, "JWT", find, &ring, &claims, &err) == -1 &&
                        err.kind == ERR_DENIED,
                    i, changed);
        }
        assert_int_equal(claims.count, 0);
        END_ROWS();
}

static void
malformed_texts_are_refused(void **state)
{
        struct ring ring = {{parse(*state, rfc_rsa), parse(*state, rfc_p256)}};
        const char *good = sign(*state, ring.keys[1], "JWT");
        const char *first = arena_copy(*state, good, strcspn(good, "."));
        char *large = arena_alloc(*state, JWS_MAX + 2);
        const char *rows[] = {"", ".", "..", "...", "a.b.c", arena_printf(*state, "%s.", good),
            arena_printf(*state, "%s.x", good), arena_printf(*state, "%s=", good),
            arena_printf(*state, " %s", good), arena_printf(*state, "%s\n", good),
            arena_printf(*state, "%s..", first), arena_printf(*state, "..%s", first),
            arena_printf(*state, ".%s", good), large,
            forge(*state, ring.keys[0],
                "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}", "no object")};
        struct pairs claims;

        memset(large, 'a', JWS_MAX + 1);
        /* Signed by us, and longer than we sign. */
        rows[0] = forge(*state, ring.keys[0],
            "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" RSA_ID "\"}",
            arena_printf(*state, "{\"a\":\"%s\"}", large));
        pairs_init(&claims, *state);
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};

                ROW(jws_verify(*state, rows[i], "JWT", find, &ring, &claims, &err) == -1 &&
                        err.kind == ERR_DENIED,
                    i, rows[i]);
        }
        assert_int_equal(claims.count, 0);
        END_ROWS();
}

/* OpenID Connect Core, appendix A.3 and A.4: the access token and the code of its examples. */
static void
half_hashes_are_those_of_openid_connect(void **state)
{
        assert_string_equal(jws_half_hash(*state, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ");
        assert_string_equal(
            jws_half_hash(*state, "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
            "LDktKdoQak3Pk0cnXxCltA");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(keys_are_those_of_rfc_7515),
            TEST(rs256_signs_as_the_rfc_does), TEST(other_keys_are_refused), TEST(made_keys_sign),
            TEST(halves_have_32_bytes), TEST(algorithms_have_names),
            TEST(what_is_signed_is_verified), TEST(headers_choose_no_algorithm),
            TEST(no_byte_of_a_text_can_be_changed), TEST(malformed_texts_are_refused),
            TEST(half_hashes_are_those_of_openid_connect)};

        return RUN(tests);
}
