#include "wechat/crypt.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "format/digest.h"
#include "base/err.h"

enum { PARTS_MAX = 4, LENGTH_SIZE = 4, PAD_BLOCK = 32 };

enum { HEAD_SIZE = CRYPT_RANDOM_SIZE + LENGTH_SIZE };

static int
compare(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *
crypt_signature(struct arena *arena, const char *const parts[], size_t count)
{
        const char *sorted[PARTS_MAX];
        char hex[DIGEST_SHA1_HEX_SIZE + 1];
        struct buf joined;

        buf_init(&joined, arena);
        memcpy(sorted, parts, count * sizeof(*sorted));
        qsort(sorted, count, sizeof(*sorted), compare);
        for (size_t i = 0; i < count; i++)
                buf_add_text(&joined, sorted[i]);
        digest_sha1_hex(joined.data, joined.size, hex);
        return arena_strdup(arena, hex);
}

bool
crypt_parse_key(struct arena *arena, const char *encoding_aes_key, struct crypt_key *key)
{
        static const char alphabet[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        char *text = arena_printf(arena, "%s=", encoding_aes_key);
        char *last = text + CRYPT_ENCODING_KEY_SIZE - 1;
        const char *bytes;
        size_t size;

        if (strlen(encoding_aes_key) != CRYPT_ENCODING_KEY_SIZE || strchr(alphabet, *last) == NULL)
                return false;
        *last = alphabet[(strchr(alphabet, *last) - alphabet) & ~3];
        bytes = digest_base64_decode(arena, text, &size);
        if (bytes == NULL || size != sizeof(key->bytes))
                return false;
        memcpy(key->bytes, bytes, size);
        return true;
}

static size_t
read_length(const uint8_t *bytes)
{
        return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

/* Returns the number of bytes before the padding; 0 if that is invalid. */
static size_t
size_without_padding(const uint8_t *data, size_t size)
{
        size_t pad = data[size - 1];

        if (pad < 1 || pad > PAD_BLOCK || pad > size)
                return 0;
        for (size_t i = 0; i < pad; i++)
                if (data[size - 1 - i] != pad)
                        return 0;
        return size - pad;
}

/* An opened envelope. */
struct opened {
        const uint8_t *message, *appid;
        size_t size, appid_size;
};

static int
open_envelope(struct arena *arena, const struct crypt_key *key, const char *encrypt,
    struct opened *opened, struct err *err)
{
        size_t sealed, whole, length;
        uint8_t *data = (uint8_t *)digest_base64_decode(arena, encrypt, &sealed);

        if (data == NULL || sealed < PAD_BLOCK || sealed % DIGEST_AES_BLOCK_SIZE != 0)
                return err_set(err, ERR_DENIED, "Encrypt: not base64 of whole blocks");
        digest_aes_decrypt(key->bytes, key->bytes, data, sealed);
        whole = size_without_padding(data, sealed);
        length = whole < HEAD_SIZE ? 0 : read_length(data + CRYPT_RANDOM_SIZE);
        /* One wrong key in 256 leaves valid padding, and then an impossible length. */
        if (whole < HEAD_SIZE || length > whole - HEAD_SIZE)
                return err_set(err, ERR_DENIED,
                    "Encrypt: cannot be opened: encoding_aes_key differs from the EncodingAESKey "
                    "of 消息与事件推送");
        *opened = (struct opened){
            data + HEAD_SIZE, data + HEAD_SIZE + length, length, whole - HEAD_SIZE - length};
        return 0;
}

int
crypt_open(struct arena *arena, const struct crypt_key *key, const char *appid, const char *encrypt,
    char **message, size_t *size, struct err *err)
{
        struct opened opened;

        if (open_envelope(arena, key, encrypt, &opened, err) != 0)
                return -1;
        if (appid != NULL &&
            (opened.appid_size != strlen(appid) || memcmp(opened.appid, appid, strlen(appid)) != 0))
                return err_set(err, ERR_DENIED,
                    "Encrypt: it is for another appid than the one in wechat.conf");
        *message = arena_copy(arena, opened.message, opened.size);
        *size = opened.size;
        return 0;
}

char *
crypt_appid(struct arena *arena, const struct crypt_key *key, const char *encrypt)
{
        struct opened opened;
        struct err ignored;

        return open_envelope(arena, key, encrypt, &opened, &ignored) == 0
                   ? arena_copy(arena, opened.appid, opened.appid_size)
                   : "";
}

char *
crypt_seal(struct arena *arena, const struct crypt_key *key, const char *appid,
    const uint8_t random[CRYPT_RANDOM_SIZE], const char *message)
{
        size_t length = strlen(message);
        size_t whole = HEAD_SIZE + length + strlen(appid);
        size_t pad = PAD_BLOCK - whole % PAD_BLOCK;
        uint8_t *data = arena_alloc(arena, whole + pad);

        memcpy(data, random, CRYPT_RANDOM_SIZE);
        for (int i = 0; i < LENGTH_SIZE; i++)
                data[CRYPT_RANDOM_SIZE + i] = (uint8_t)(length >> (24 - 8 * i));
        /* NOLINTBEGIN(bugprone-not-null-terminated-result): in an envelope there are lengths, no
         * NULs. */
        memcpy(data + HEAD_SIZE, message, length);
        memcpy(data + HEAD_SIZE + length, appid, strlen(appid));
        /* NOLINTEND(bugprone-not-null-terminated-result) */
        memset(data + whole, (int)pad, pad);
        digest_aes_encrypt(key->bytes, key->bytes, data, whole + pad);
        return digest_base64(arena, data, whole + pad);
}
