#include "wechat/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "conf/conf.h"
#include "format/digest.h"
#include "base/err.h"
#include "wechat/fields.h"
#include "base/text.h"
#include "wechat/api.h"
#include "format/xml_build.h"

enum { TIMESTAMP_SIZE = 10, NONCE_MAX = 64, EVENT_MAX = 64, CREATED_MAX = 12 };

static bool
is_digits(const char *text, size_t least, size_t most)
{
        size_t size = strlen(text);

        return size >= least && size <= most && strspn(text, "0123456789") == size;
}

/* Returns the parameter, which must be given once. */
static int
get_parameter(const struct pairs *query, const char *name, const char **value, struct err *err)
{
        *value = pairs_get_once(query, name);
        if (*value != NULL)
                return 0;
        return err_set(err, ERR_DENIED, "%s: %s: this is no request of WeChat's", name,
            pairs_get(query, name) == NULL ? "missing" : "given twice");
}

/* Returns the text of a field that is given once and not empty; otherwise NULL. */
static const char *
get_field(const struct pairs *fields, const char *name)
{
        const char *value = pairs_get_once(fields, name);

        return value == NULL || *value == '\0' ? NULL : value;
}

/*
 * The forms are strict because the signature does not show where one part ends: with other forms,
 * somebody could use a known signature for other parts, or extend it (threat 14).
 */
static int
get_signed(const struct pairs *query, const char **timestamp, const char **nonce, struct err *err)
{
        if (get_parameter(query, "timestamp", timestamp, err) != 0 ||
            get_parameter(query, "nonce", nonce, err) != 0)
                return -1;
        if (!is_digits(*timestamp, TIMESTAMP_SIZE, TIMESTAMP_SIZE))
                return err_set(err, ERR_DENIED, "timestamp: not 10 digits");
        if (!text_is_id(*nonce, 1, NONCE_MAX))
                return err_set(err, ERR_DENIED, "nonce: not 1 to %d letters and digits", NONCE_MAX);
        return 0;
}

/* The account's settings, and the mini program's. */
static void
get_accounts(const struct conf *conf, struct message_account accounts[2])
{
        accounts[0] = (struct message_account){.name = "",
            .appid = conf->appid,
            .token = conf->push_token,
            .key = conf->encoding_aes_key,
            .key_previous = conf->encoding_aes_key_previous,
            .sealed = strcmp(conf->push_mode, "plain") != 0,
            .setting = "push_mode",
            .mode = conf->push_mode};
        accounts[1] = (struct message_account){.name = "mini program: ",
            .appid = conf->mini_appid,
            .token = conf->mini_push_token,
            .key = conf->mini_encoding_aes_key,
            .key_previous = "",
            .sealed = *conf->mini_encoding_aes_key != '\0',
            .setting = "mini_encoding_aes_key",
            .mode = *conf->mini_encoding_aes_key != '\0' ? "set" : "not set"};
}

/* Returns the account whose token signed; NULL if neither did. */
static const struct message_account *
find_signer(struct arena *arena, const struct message_account accounts[2], const char *signature,
    const char *timestamp, const char *nonce)
{
        for (size_t i = 0; i < 2; i++) {
                const char *parts[3] = {accounts[i].token, timestamp, nonce};

                if (*accounts[i].token != '\0' &&
                    digest_equal(signature, crypt_signature(arena, parts, 3)))
                        return &accounts[i];
        }
        return NULL;
}

int
message_check_signature(const struct conf *conf, const struct pairs *query, long long now,
    struct message_account *account, struct err *err)
{
        const char *signature, *timestamp, *nonce;
        const struct message_account *signer;
        struct message_account accounts[2];
        long long late;

        get_accounts(conf, accounts);
        if (*conf->push_token == '\0' && *conf->mini_push_token == '\0')
                return err_set(err, ERR_DENIED,
                    "push_token is not set: put the Token of 消息与事件推送 into wechat.conf");
        if (get_parameter(query, "signature", &signature, err) != 0 ||
            get_signed(query, &timestamp, &nonce, err) != 0)
                return -1;
        signer = find_signer(query->arena, accounts, signature, timestamp, nonce);
        if (signer == NULL)
                return err_set(err, ERR_DENIED,
                    "signature: does not match: push_token%s is not the Token of 消息与事件推送, "
                    "or "
                    "the "
                    "request is not WeChat's",
                    *conf->mini_push_token == '\0' ? "" : " or mini_push_token");
        late = now - strtoll(timestamp, NULL, 10);
        if (late > MESSAGE_WINDOW_SECONDS || late < -MESSAGE_WINDOW_SECONDS)
                return err_set(err, ERR_DENIED,
                    "timestamp: %lld s %s this host's clock: the clock is off, or the request is "
                    "an old one",
                    late < 0 ? -late : late, late < 0 ? "ahead of" : "behind");
        *account = *signer;
        return 0;
}

/* Decrypts with the current key, else with the previous one, which WeChat uses for a while after a
 * change. err is that of the current key. */
static int
open_envelope(struct arena *arena, const struct message_account *account, const char *encrypt,
    struct message *message, char **text, size_t *size, struct err *err)
{
        struct err before;

        const char *appid = *account->appid == '\0' ? NULL : account->appid;

        if (!crypt_parse_key(arena, account->key, &message->key))
                return err_set(err, ERR_CONFIG,
                    "push_mode = %s needs encoding_aes_key, the EncodingAESKey of 消息与事件推送",
                    account->mode);
        message->encrypted = true;
        if (crypt_open(arena, &message->key, appid, encrypt, text, size, err) == 0)
                return 0;
        if (crypt_parse_key(arena, account->key_previous, &message->key) &&
            crypt_open(arena, &message->key, appid, encrypt, text, size, &before) == 0) {
                err_clear(err);
                return 0;
        }
        return err_set(err, err->kind, "%s%s", account->name, arena_strdup(arena, err->text));
}

/* Reads the content of an encrypted push. What stands beside Encrypt in the body is ignored. */
static int
unwrap(struct arena *arena, const struct message_account *account, const struct pairs *query,
    const char **body, size_t *size, struct message *message, struct err *err)
{
        const char *signature, *parts[4] = {account->token};
        struct pairs outer;
        bool is_json;
        char *inside;

        if (strcmp(pairs_get_text(query, "encrypt_type"), "aes") != 0)
                return err_set(err, ERR_DENIED,
                    "%sthe push is not encrypted, but %s is %s: set it to what 消息与事件推送 says",
                    account->name, account->setting, account->mode);
        if (get_parameter(query, "msg_signature", &signature, err) != 0 ||
            get_signed(query, &parts[1], &parts[2], err) != 0)
                return -1;
        pairs_init(&outer, arena);
        if (fields_read(arena, *body, *size, &outer, &is_json, err) != 0)
                return -1;
        parts[3] = get_field(&outer, "Encrypt");
        if (parts[3] == NULL)
                return err_set(err, ERR_DENIED, "Encrypt: missing, or given twice");
        if (!digest_equal(signature, crypt_signature(arena, parts, 4)))
                return err_set(err, ERR_DENIED, "msg_signature: does not match");
        if (open_envelope(arena, account, parts[3], message, &inside, size, err) != 0)
                return -1;
        /* The settings need not name the appid, but the reply has to. */
        if (*account->appid == '\0')
                message->account.appid = crypt_appid(arena, &message->key, parts[3]);
        *body = inside;
        return 0;
}

/* The documentation identifies events by FromUserName and CreateTime, which are equal for two cards
 * taken in one second. But WeChat repeats an event byte for byte: only the envelope differs. */
static char *
id_of(struct arena *arena, const struct message *message, const char *text, size_t size)
{
        const char *message_id = pairs_get_text(&message->fields, "MsgId");
        char hex[DIGEST_HEX_SIZE + 1];

        if (*message->event == '\0' && *message_id != '\0')
                return arena_printf(arena, "message %s %s", message->openid, message_id);
        digest_sha256_hex(text, size, hex);
        return arena_printf(arena, "event %s", hex);
}

static const char *
scene_of(const struct message *message)
{
        static const char prefix[] = "qrscene_";
        const char *key = pairs_get_text(&message->fields, "EventKey");

        if (strcmp(message->event, "scan") == 0)
                return key;
        if (strcmp(message->event, "subscribe") == 0 && text_starts_with(key, prefix))
                return key + strlen(prefix);
        return "";
}

static int
fill(struct arena *arena, struct message *message, struct err *err)
{
        const struct pairs *fields = &message->fields;
        const char *type = get_field(fields, "MsgType");
        const char *event = get_field(fields, "Event");
        const char *from = get_field(fields, "FromUserName");
        const char *user = get_field(fields, "OpenID");
        const char *created = get_field(fields, "CreateTime");

        if (get_field(fields, "ToUserName") == NULL || from == NULL || type == NULL ||
            created == NULL)
                return err_set(err, ERR_REQUEST,
                    "push: ToUserName, FromUserName, CreateTime or MsgType is missing, empty or "
                    "given twice");
        if (!text_is_id(type, 1, EVENT_MAX) || !is_digits(created, 1, CREATED_MAX))
                return err_set(err, ERR_REQUEST, "push: MsgType or CreateTime is malformed");
        message->type = text_lower(arena, type);
        message->event = "";
        if (strcmp(message->type, "event") == 0) {
                if (event == NULL || !text_is_id(event, 1, EVENT_MAX))
                        return err_set(err, ERR_REQUEST, "push: Event is missing or malformed");
                message->event = text_lower(arena, event);
        }
        message->openid = user == NULL ? from : user;
        if (!api_is_openid(message->openid))
                return err_set(err, ERR_REQUEST, "push: the user's openid is malformed");
        message->created = strtoll(created, NULL, 10);
        message->scene = scene_of(message);
        return 0;
}

int
message_parse(struct arena *arena, const struct message_account *account, const struct pairs *query,
    const char *body, size_t size, struct message *message, struct err *err)
{
        struct message read = {.account = *account};

        pairs_init(&read.fields, arena);
        if (account->sealed && unwrap(arena, account, query, &body, &size, &read, err) != 0)
                return -1;
        if (fields_read(arena, body, size, &read.fields, &read.is_json, err) != 0)
                return -1;
        if (!account->sealed && pairs_get(&read.fields, "MsgType") == NULL &&
            pairs_get(&read.fields, "Encrypt") != NULL)
                return err_set(err, ERR_DENIED,
                    "%sthe push is encrypted, but %s is %s: set it to what 消息与事件推送 says",
                    account->name, account->setting, account->mode);
        if (fill(arena, &read, err) != 0)
                return -1;
        read.id = id_of(arena, &read, body, size);
        *message = read;
        return 0;
}

/* The envelope of a reply, as XML. */
static char *
wrap(struct arena *arena, const struct message *message, const char *reply, const char *nonce,
    const uint8_t random[CRYPT_RANDOM_SIZE], long long now)
{
        char *timestamp = arena_printf(arena, "%lld", now);
        const char *parts[4] = {message->account.token, timestamp, nonce};
        struct buf xml;

        parts[3] = crypt_seal(arena, &message->key, message->account.appid, random, reply);
        buf_init(&xml, arena);
        xml_add_open(&xml, "xml");
        xml_add_text(&xml, "Encrypt", parts[3]);
        xml_add_text(&xml, "MsgSignature", crypt_signature(arena, parts, 4));
        xml_add_number(&xml, "TimeStamp", now);
        xml_add_text(&xml, "Nonce", nonce);
        xml_add_close(&xml, "xml");
        return xml.data;
}

int
message_seal(struct arena *arena, const struct message *message, const char *reply,
    const char *nonce, const uint8_t random[CRYPT_RANDOM_SIZE], long long now, char **answer,
    struct err *err)
{
        char *text;

        if (*reply == '\0') {
                *answer = message->is_json ? "success" : "";
                return 0;
        }
        text = arena_strdup(arena, reply);
        if (message->is_json && fields_to_json(arena, reply, &text, err) != 0)
                return -1;
        if (message->encrypted) {
                text = wrap(arena, message, text, nonce, random, now);
                if (message->is_json && fields_to_json(arena, text, &text, err) != 0)
                        return -1;
        }
        *answer = text;
        return 0;
}
