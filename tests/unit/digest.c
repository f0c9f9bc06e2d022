/* digest: vectors of FIPS 180-4, RFC 4231, RFC 4648. */
#include "table.h"

#include "format/digest.h"

static void
sha256_matches_fips_180(void **state)
{
        static const struct {
                const char *text, *hex;
        } rows[] = {
            {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
            {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
            {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
            {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
             "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
        };
        char hex[DIGEST_HEX_SIZE + 1];
        char *million = arena_alloc(*state, 1000000);

        for (size_t i = 0; i < COUNT(rows); i++) {
                digest_sha256_hex(rows[i].text, strlen(rows[i].text), hex);
                ROW(same(hex, rows[i].hex), i, rows[i].text);
        }
        memset(million, 'a', 1000000);
        digest_sha256_hex(million, 1000000, hex);
        assert_string_equal(
            hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        digest_sha256_hex("\0", 1, hex);
        assert_string_equal(
            hex, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        END_ROWS();
}

/* RFC 4231, section 4; test case 5 cuts its output and is left out. */
static void
hmac_matches_rfc_4231(void **state)
{
        static const uint8_t wanted[][DIGEST_SIZE] = {
            {0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53, 0x5c, 0xa8, 0xaf, 0xce, 0xaf, 0x0b,
                0xf1, 0x2b, 0x88, 0x1d, 0xc2, 0x00, 0xc9, 0x83, 0x3d, 0xa7, 0x26, 0xe9, 0x37, 0x6c,
                0x2e, 0x32, 0xcf, 0xf7},
            {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95,
                0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9,
                0x64, 0xec, 0x38, 0x43},
            {0x77, 0x3e, 0xa9, 0x1e, 0x36, 0x80, 0x0e, 0x46, 0x85, 0x4d, 0xb8, 0xeb, 0xd0, 0x91,
                0x81, 0xa7, 0x29, 0x59, 0x09, 0x8b, 0x3e, 0xf8, 0xc1, 0x22, 0xd9, 0x63, 0x55, 0x14,
                0xce, 0xd5, 0x65, 0xfe},
            {0x82, 0x55, 0x8a, 0x38, 0x9a, 0x44, 0x3c, 0x0e, 0xa4, 0xcc, 0x81, 0x98, 0x99, 0xf2,
                0x08, 0x3a, 0x85, 0xf0, 0xfa, 0xa3, 0xe5, 0x78, 0xf8, 0x07, 0x7a, 0x2e, 0x3f, 0xf4,
                0x67, 0x29, 0x66, 0x5b},
            {0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f, 0x0d, 0x8a, 0x26, 0xaa, 0xcb, 0xf5,
                0xb7, 0x7f, 0x8e, 0x0b, 0xc6, 0x21, 0x37, 0x28, 0xc5, 0x14, 0x05, 0x46, 0x04, 0x0f,
                0x0e, 0xe3, 0x7f, 0x54},
            {0x9b, 0x09, 0xff, 0xa7, 0x1b, 0x94, 0x2f, 0xcb, 0x27, 0x63, 0x5f, 0xbc, 0xd5, 0xb0,
                0xe9, 0x44, 0xbf, 0xdc, 0x63, 0x64, 0x4f, 0x07, 0x13, 0x93, 0x8a, 0x7f, 0x51, 0x53,
                0x5c, 0x3a, 0x35, 0xe2},
        };
        char key_0b[21] = "", key_aa[21] = "", long_key[132] = "", dd[51] = "", cd[51] = "";
        char key_25[26] = "";
        uint8_t mac[DIGEST_SIZE];

        memset(key_0b, 0x0b, 20);
        memset(key_aa, 0xaa, 20);
        memset(long_key, 0xaa, 131);
        memset(dd, 0xdd, 50);
        memset(cd, 0xcd, 50);
        for (int i = 0; i < 25; i++)
                key_25[i] = (char)(i + 1);
        const struct {
                const char *key, *text;
        } rows[] = {{key_0b, "Hi There"}, {"Jefe", "what do ya want for nothing?"}, {key_aa, dd},
            {key_25, cd}, {long_key, "Test Using Larger Than Block-Size Key - Hash Key First"},
            {long_key, "This is a test using a larger than block-size key and a larger than "
                       "block-size data. The key needs to be hashed before being used by the "
                       "HMAC algorithm."}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                digest_hmac(rows[i].key, rows[i].text, mac);
                ROW(memcmp(mac, wanted[i], sizeof(mac)) == 0, i, rows[i].text);
                ROW(same(digest_hmac_text(*state, rows[i].key, rows[i].text),
                        digest_base64url(*state, wanted[i], DIGEST_SIZE)),
                    i, rows[i].text);
                ROW(strlen(digest_hmac_text(*state, rows[i].key, rows[i].text)) ==
                        DIGEST_BASE64URL_SIZE,
                    i, "43 characters");
        }
        END_ROWS();
}

static void
base64url_comes_back_whatever_the_bytes(void **state)
{
        uint8_t bytes[300];

        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (uint8_t)(i * 167 + 13);
        for (size_t size = 0; size <= sizeof(bytes); size++) {
                char *text = digest_base64url(*state, bytes, size);
                size_t back_size = 999;
                char *back = digest_base64url_decode(*state, text, &back_size);

                ROW(strlen(text) == (size * 8 + 5) / 6, size, "length");
                ROW(text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_")] == '\0',
                    size, "alphabet");
                ROW(back != NULL && back_size == size && memcmp(back, bytes, size) == 0 &&
                        back[size] == '\0',
                    size, "back");
        }
        for (int byte = 0; byte < 256;
             byte++) { /* each possible last byte: a value has one encoding only */
                char text[3] = {'A', (char)byte, '\0'};

                if (byte != 0)
                        ROW((digest_base64url_decode(*state, text, NULL) != NULL) ==
                                (byte == 'A' || byte == 'Q' || byte == 'g' || byte == 'w'),
                            byte, "left-over bits");
        }
        END_ROWS();
}

static void
base64url_takes_nothing_else(void **state)
{
        static const char *const rows[] = {"=", "====", "A", "AAAAA", "AAA=", "AA==", "AA=", "A A",
            " AAA", "AAA ", "AAAA\n", "\tAAAA", "AA+A", "AA/A", "AA.A", "AA%3D", "AAB", "AB",
            "\xe5\xb0\x8f\xe5"};
        size_t size;

        for (size_t i = 0; i < COUNT(rows); i++)
                ROW(digest_base64url_decode(*state, rows[i], &size) == NULL, i, rows[i]);
        END_ROWS();
}

static void
equality_is_of_all_bytes(void **state)
{
        char a[65], b[65];

        (void)state;
        memset(a, 'x', 64);
        a[64] = '\0';
        for (size_t i = 0; i < 64; i++) {
                memcpy(b, a, sizeof(a));
                ROW(digest_equal(a, b), i, "equal");
                b[i] = 'y';
                ROW(!digest_equal(a, b), i, "differs");
                b[i] = '\0';
                ROW(!digest_equal(a, b) && !digest_equal(b, a), i, "shorter");
        }
        assert_true(digest_equal("", ""));
        END_ROWS();
}

/* FIPS 180-4 ("abc"), RFC 4231 (test case 2), RFC 4648 (section 10, as base64url). */
static void
digests_match_the_standards(void **state)
{
        static const struct {
                const char *plain;
                const char *text;
        } rows[] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"},
            {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
        static const char *const broken[] = {
            "Z", "Zg=", "Zg==", "Zh", "Zm9v!", "Zm9 v", "+/8", "Zm9vY"};
        char hex[DIGEST_HEX_SIZE + 1];

        digest_sha256_hex("abc", 3, hex);
        assert_string_equal(
            hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_string_equal(digest_hmac_text(*state, "Jefe", "what do ya want for nothing?"),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
        for (size_t i = 0; i < COUNT(rows); i++) {
                size_t size = 99;
                char *back = digest_base64url_decode(*state, rows[i].text, &size);

                ROW(same(digest_base64url(*state, rows[i].plain, strlen(rows[i].plain)),
                        rows[i].text),
                    i, rows[i].text);
                ROW(same(back, rows[i].plain) && size == strlen(rows[i].plain), i, rows[i].text);
        }
        for (size_t i = 0; i < COUNT(broken); i++)
                ROW(digest_base64url_decode(*state, broken[i], NULL) == NULL, i, broken[i]);
        assert_true(digest_equal("abc", "abc"));
        assert_false(digest_equal("abc", "abd"));
        assert_false(digest_equal("abc", "ab"));
        assert_false(digest_equal("", "a"));
        END_ROWS();
}

/* RFC 3174, section 7.3; RFC 4648, section 10. */
static void
sha1_and_base64_are_the_standards(void **state)
{
        static const struct {
                const char *text, *sha1, *base64;
        } rows[] = {{"", "da39a3ee5e6b4b0d3255bfef95601890afd80709", ""},
            {"f", "4a0a19218e082a343a1b17e5333409af9d98f0f5", "Zg=="},
            {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d", "YWJj"},
            {"foobar", "8843d7f92416211de9ebb963ff4ce28125932878", "Zm9vYmFy"}};
        static const char *const bad[] = {
            "Zg", "Zg=", "Zh==", "Zg==Zg==", "Zg== ", " Zg==", "Z g==", "Zg=\n=", "Z-_=", "===="};
        char hex[DIGEST_SHA1_HEX_SIZE + 1];
        size_t size;

        for (size_t i = 0; i < COUNT(rows); i++) {
                digest_sha1_hex(rows[i].text, strlen(rows[i].text), hex);
                ROW(same(hex, rows[i].sha1), i, hex);
                ROW(same(digest_base64(*state, rows[i].text, strlen(rows[i].text)), rows[i].base64),
                    i, rows[i].base64);
                ROW(same(digest_base64_decode(*state, rows[i].base64, &size), rows[i].text) &&
                        size == strlen(rows[i].text),
                    i, rows[i].text);
        }
        for (size_t i = 0; i < COUNT(bad); i++)
                ROW(digest_base64_decode(*state, bad[i], &size) == NULL, i, bad[i]);
        END_ROWS();
}

/* NIST SP 800-38A, F.2.5 and F.2.6: CBC-AES256. */
static void
aes_is_the_standard(void **state)
{
        static const uint8_t key[32] = {0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73,
            0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81, 0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7,
            0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4};
        static const uint8_t plain[16] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9,
            0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a};
        static const uint8_t sealed[16] = {0xf5, 0x8c, 0x4c, 0x04, 0xd6, 0xe5, 0xf1, 0xba, 0x77,
            0x9e, 0xab, 0xfb, 0x5f, 0x7b, 0xfb, 0xd6};
        uint8_t iv[16], data[16];

        (void)state;
        for (int i = 0; i < 16; i++)
                iv[i] = (uint8_t)i;
        memcpy(data, plain, sizeof(data));
        digest_aes_encrypt(key, iv, data, sizeof(data));
        assert_memory_equal(data, sealed, sizeof(data));
        digest_aes_decrypt(key, iv, data, sizeof(data));
        assert_memory_equal(data, plain, sizeof(data));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(digests_match_the_standards),
            TEST(sha256_matches_fips_180), TEST(hmac_matches_rfc_4231),
            TEST(base64url_comes_back_whatever_the_bytes), TEST(base64url_takes_nothing_else),
            TEST(sha1_and_base64_are_the_standards), TEST(aes_is_the_standard),
            TEST(equality_is_of_all_bytes)};

        return RUN(tests);
}
