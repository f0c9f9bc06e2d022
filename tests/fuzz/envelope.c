/*
 * envelope: safe mode, with a real key. The first byte, modulo 4, says what the rest is: 0, the
 * body; 1, the content of Encrypt, to be signed; 2, bytes to be encrypted and signed; 3, a push, to
 * be put into an envelope as WeChat does.
 */
#include "push.h"

#include "format/digest.h"
#include "format/xml.h"

static const uint8_t random_bytes[CRYPT_RANDOM_SIZE] = "0123456789abcde";

static char *
wrap(struct arena *arena, const char *encrypt)
{
        return arena_printf(arena,
            "<xml><ToUserName>gh_0</ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>", encrypt);
}

/* Encrypts bytes without changes, filled up to whole blocks with zeros. */
static char *
encrypt_bytes(struct arena *arena, const struct crypt_key *key, const uint8_t *data, size_t size)
{
        size_t whole =
            (size + DIGEST_AES_BLOCK_SIZE - 1) / DIGEST_AES_BLOCK_SIZE * DIGEST_AES_BLOCK_SIZE;
        uint8_t *bytes = arena_alloc(arena, whole + 1);

        if (size > 0)
                memcpy(bytes, data, size);
        digest_aes_encrypt(key->bytes, key->bytes, bytes, whole);
        return digest_base64(arena, bytes, whole);
}

static void
read_push(struct arena *arena, const struct conf *conf, const char *encrypt, const char *body)
{
        struct pairs query = push_query(arena, conf, encrypt);
        struct message_account account = push_account(arena, conf);
        struct err err = {.kind = ERR_NONE};
        struct message message;

        if (message_parse(arena, &account, &query, body, strlen(body), &message, &err) == 0) {
                push_check(&message);
                CHECK(message.encrypted);
                return;
        }
        CHECK(fuzz_is_error(&err));
        CHECK(err.kind == ERR_DENIED || err.kind == ERR_REQUEST);
        CHECK(strstr(err.text, conf->encoding_aes_key) == NULL);
}

/* An encrypted reply decrypts to the same text, and has the right signature. */
static void
check_sealed(
    struct arena *arena, const struct conf *conf, const struct crypt_key *key, const char *text)
{
        const char *parts[4] = {conf->push_token, PUSH_TIMESTAMP, PUSH_NONCE};
        struct message message = {
            .account = push_account(arena, conf), .encrypted = true, .key = *key};
        struct pairs fields;
        struct err err;
        char *answer, *back;
        size_t size;

        pairs_init(&fields, arena);
        CHECK(message_seal(
                  arena, &message, text, PUSH_NONCE, random_bytes, FUZZ_NOW, &answer, &err) == 0);
        if (*text == '\0') {
                CHECK(*answer == '\0');
                return;
        }
        CHECK(xml_parse(arena, answer, strlen(answer), &fields, &err) == 0);
        CHECK(crypt_open(arena, key, conf->appid, pairs_get_text(&fields, "Encrypt"), &back, &size,
                  &err) == 0);
        CHECK(size == strlen(text) && strcmp(back, text) == 0);
        CHECK(crypt_open(arena, key, "wxffffffffffffffff", pairs_get_text(&fields, "Encrypt"),
                  &back, &size, &err) == -1);
        parts[3] = pairs_get_text(&fields, "Encrypt");
        CHECK(
            strcmp(pairs_get_text(&fields, "MsgSignature"), crypt_signature(arena, parts, 4)) == 0);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        struct conf conf = push_conf(arena, "safe");
        struct crypt_key key;
        char *text, *encrypt = NULL;
        int what = size == 0 ? 0 : data[0] % 4;

        CHECK(crypt_parse_key(arena, conf.encoding_aes_key, &key));
        if (size == 0)
                return;
        text = arena_copy(arena, data + 1, size - 1);
        switch (what) {
        case 0:
                read_push(arena, &conf, "", text);
                return;
        case 1:
                encrypt = text;
                break;
        case 2:
                encrypt = encrypt_bytes(arena, &key, data + 1, size - 1);
                break;
        default:
                encrypt = crypt_seal(arena, &key, conf.appid, random_bytes, text);
                check_sealed(arena, &conf, &key, text);
        }
        read_push(arena, &conf, encrypt, wrap(arena, encrypt));
}
