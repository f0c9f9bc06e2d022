/* crypt: the official examples, keys, and texts that are not envelopes. */
#include "table.h"

#include "wechat/crypt.h"
#include "format/digest.h"

/* From WeChat's pages on message push (developers.weixin.qq.com). */
static const struct {
        const char *parts[4];
        size_t count;
        const char *signature;
} signatures[] = {
    {{"AAAAA", "1714036504", "1514711492"}, 3, "f464b24fc39322e44b38aa78f5edd27bd1441696"},
    {{"AAAAA", "1714037059", "486452656"}, 3, "899cf89e464efb63f54ddac96b0a0a235f53aa78"},
    {{"AAAAA", "1714112445", "415670741",
         "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus"
         "8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj"
         "+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7m"
         "StwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="},
        4, "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"}};

static const struct vector {
        const char *key, *random, *appid, *message, *encrypt;
} envelopes[] = {
    {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "707722b803182950", "wxba5fad812f8e6fb9",
        "{\"demo_resp\":\"good luck\"}",
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L3"
        "2tmxSQ=="},
    {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a8eedb185eb2fecf", "wxba5fad812f8e6fb9",
        "{\"ToUserName\":\"gh_97417a04a28d\",\"FromUserName\":\"o9AgO5Kd5ggO"
        "C-bXrbNODIiE3bGY\",\"CreateTime\":1714112445,\"MsgType\":\"event\","
        "\"Event\":\"debug_demo\",\"debug_str\":\"hello world\"}",
        "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus"
        "8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj"
        "+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7m"
        "StwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="}};

static void
signatures_are_the_official_ones(void **state)
{
        for (size_t i = 0; i < COUNT(signatures); i++)
                ROW(same(crypt_signature(*state, signatures[i].parts, signatures[i].count),
                        signatures[i].signature),
                    i, signatures[i].signature);
        END_ROWS();
}

static void
envelopes_are_the_official_ones(void **state)
{
        for (size_t i = 0; i < COUNT(envelopes); i++) {
                const struct vector *v = &envelopes[i];
                struct crypt_key key;
                struct err err;
                char *message;
                size_t size;

                assert_true(crypt_parse_key(*state, v->key, &key));
                ROW(same(crypt_seal(*state, &key, v->appid, (const uint8_t *)v->random, v->message),
                        v->encrypt),
                    i, "sealed");
                ROW(crypt_open(*state, &key, v->appid, v->encrypt, &message, &size, &err) == 0 &&
                        same(message, v->message) && size == strlen(v->message),
                    i, "opened");
                ROW(crypt_open(*state, &key, "wx", v->encrypt, &message, &size, &err) == -1 &&
                        err.kind == ERR_DENIED,
                    i, "another appid");
                ROW(crypt_open(*state, &key, NULL, v->encrypt, &message, &size, &err) == 0 &&
                        same(message, v->message),
                    i, "any appid");
                ROW(same(crypt_appid(*state, &key, v->encrypt), v->appid), i, "its appid");
        }
        END_ROWS();
}

static void
keys_are_43_characters(void **state)
{
        static const char stem[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"; /* 42 */
        struct crypt_key key, other;

        assert_true(crypt_parse_key(*state, arena_printf(*state, "%sA", stem), &key));
        assert_true(crypt_parse_key(*state, arena_printf(*state, "%sD", stem), &other));
        assert_memory_equal(&key, &other, sizeof(key));
        assert_true(crypt_parse_key(*state, arena_printf(*state, "%sE", stem), &other));
        assert_memory_not_equal(&key, &other, sizeof(key));
        assert_false(crypt_parse_key(*state, "", &key));
        assert_false(crypt_parse_key(*state, stem, &key));
        assert_false(crypt_parse_key(*state, arena_printf(*state, "%sAA", stem), &key));
        assert_false(crypt_parse_key(*state, arena_printf(*state, "%s=", stem), &key));
        assert_false(crypt_parse_key(*state, arena_printf(*state, "%.41s-A", stem), &key));
}

/* Encrypts bytes without changes, to make envelopes that crypt_seal() never makes. */
static char *
seal_bytes(void **state, const struct crypt_key *key, const void *bytes, size_t size)
{
        uint8_t *data = (uint8_t *)arena_copy(*state, bytes, size);

        digest_aes_encrypt(key->bytes, key->bytes, data, size);
        return digest_base64(*state, data, size);
}

static void
what_is_no_envelope_is_refused(void **state)
{
        enum { SIZE = 64 };
        struct crypt_key key;
        struct err err;
        uint8_t good[SIZE] = {0}, bad[SIZE];
        char *message;
        size_t size;

        assert_true(crypt_parse_key(*state, envelopes[0].key, &key));
        good[19] = 10;
        memcpy(good + 30, "wx", 2);
        memset(good + 32, 32, 32);
        assert_int_equal(crypt_open(*state, &key, "wx", seal_bytes(state, &key, good, SIZE),
                             &message, &size, &err),
            0);
        assert_int_equal(size, 10);
        for (size_t i = 16; i < SIZE; i++) { /* each byte except the random ones and the message */
                if (i >= 20 && i < 30)
                        continue;
                memcpy(bad, good, SIZE);
                bad[i] ^= 1;
                ROW(crypt_open(*state, &key, "wx", seal_bytes(state, &key, bad, SIZE), &message,
                        &size, &err) == -1 &&
                        err.kind == ERR_DENIED,
                    i, "one bit");
        }
        static const char *const texts[] = {"", "AAAA", "====", "not base64!", "QUJD\n", " QUJD"};

        for (size_t i = 0; i < COUNT(texts); i++)
                ROW(crypt_open(*state, &key, "wx", texts[i], &message, &size, &err) == -1, i,
                    texts[i]);
        memset(bad, 16, SIZE); /* nothing but padding */
        ROW(crypt_open(*state, &key, "", seal_bytes(state, &key, bad, 16), &message, &size, &err) ==
                -1,
            0, "16 bytes");
        memset(bad, 32, SIZE);
        ROW(crypt_open(*state, &key, "", seal_bytes(state, &key, bad, 32), &message, &size, &err) ==
                -1,
            0, "nothing but padding");
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(signatures_are_the_official_ones),
            TEST(envelopes_are_the_official_ones), TEST(keys_are_43_characters),
            TEST(what_is_no_envelope_is_refused)};

        return RUN(tests);
}
