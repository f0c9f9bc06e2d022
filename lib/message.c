#include "message.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "conf.h"
#include "digest.h"
#include "err.h"
#include "text.h"
#include "wechat.h"
#include "xml.h"

enum { TIMESTAMP_SIZE = 10, NONCE_MAX = 64, EVENT_MAX = 64 };

static bool
is_digits(const char *text, size_t least, size_t most)
{
        size_t size = strlen(text);

        return size >= least && size <= most && strspn(text, "0123456789") == size;
}

/* The parameter, which is there once. */
static int
get_parameter(const struct pairs *query, const char *name, const char **value, struct err *err)
{
        *value = pairs_get_once(query, name);
        if (*value != NULL)
                return 0;
        return err_set(err, ERR_DENIED, "%s: %s: this is no request of WeChat's", name,
            pairs_get(query, name) == NULL ? "missing" : "given twice");
}

/*
 * The forms are strict because the signature does not say where one part ends: other forms would
 * let a signature that was seen be used for other parts, or be extended (threat 14).
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

int
message_check_signature(
    const struct conf *conf, const struct pairs *query, long long now, struct err *err)
{
        const char *signature, *parts[3] = {conf->push_token};
        long long late;

        if (*conf->push_token == '\0')
                return err_set(err, ERR_DENIED,
                    "push_token is not set: put the Token of 消息与事件推送 into wechat.conf");
        if (get_parameter(query, "signature", &signature, err) != 0 ||
            get_signed(query, &parts[1], &parts[2], err) != 0)
                return -1;
        if (!digest_equal(signature, crypt_signature(query->arena, parts, 3)))
                return err_set(err, ERR_DENIED,
                    "signature: does not fit: push_token is not the Token of 消息与事件推送, or "
                    "the "
                    "request is not WeChat's");
        late = now - strtoll(parts[1], NULL, 10);
        if (late > MESSAGE_WINDOW_SECONDS || late < -MESSAGE_WINDOW_SECONDS)
                return err_set(err, ERR_DENIED,
                    "timestamp: %lld s %s this host's clock: the clock is off, or the request is "
                    "an old one",
                    late < 0 ? -late : late, late < 0 ? "ahead of" : "behind");
        return 0;
}

/* Opens with the present key, else with the one before it, which WeChat uses for a while after a
 * change. err is the present key's. */
static int
open_envelope(struct arena *arena, const struct conf *conf, const char *encrypt,
    struct message *message, char **xml, size_t *size, struct err *err)
{
        struct err before;

        if (!crypt_parse_key(arena, conf->encoding_aes_key, &message->key))
                return err_set(err, ERR_CONFIG,
                    "push_mode = %s needs encoding_aes_key, the EncodingAESKey of 消息与事件推送",
                    conf->push_mode);
        message->encrypted = true;
        if (crypt_open(arena, &message->key, conf->appid, encrypt, xml, size, err) == 0)
                return 0;
        if (!crypt_parse_key(arena, conf->encoding_aes_key_previous, &message->key))
                return -1;
        if (crypt_open(arena, &message->key, conf->appid, encrypt, xml, size, &before) != 0)
                return -1;
        err_clear(err);
        return 0;
}

/* The fields of an encrypted push. What stands beside Encrypt in the body is not looked at. */
static int
read_encrypted(struct arena *arena, const struct conf *conf, const struct pairs *query,
    const char *body, size_t size, struct message *message, struct err *err)
{
        const char *signature, *parts[4] = {conf->push_token};
        struct pairs outer;
        char *xml;

        if (strcmp(pairs_get_text(query, "encrypt_type"), "aes") != 0)
                return err_set(err, ERR_DENIED,
                    "the push is not encrypted, but push_mode is %s: set it to what 消息与事件推送 "
                    "says",
                    conf->push_mode);
        if (get_parameter(query, "msg_signature", &signature, err) != 0 ||
            get_signed(query, &parts[1], &parts[2], err) != 0)
                return -1;
        pairs_init(&outer, arena);
        if (xml_parse(arena, body, size, &outer, err) != 0)
                return -1;
        parts[3] = pairs_get_once(&outer, "Encrypt");
        if (parts[3] == NULL)
                return err_set(err, ERR_DENIED, "Encrypt: missing, or given twice");
        if (!digest_equal(signature, crypt_signature(arena, parts, 4)))
                return err_set(err, ERR_DENIED, "msg_signature: does not fit");
        if (open_envelope(arena, conf, parts[3], message, &xml, &size, err) != 0)
                return -1;
        return xml_parse(arena, xml, size, &message->fields, err);
}

static int
read_plain(
    struct arena *arena, const char *body, size_t size, struct message *message, struct err *err)
{
        if (xml_parse(arena, body, size, &message->fields, err) != 0)
                return -1;
        if (pairs_get(&message->fields, "MsgType") == NULL &&
            pairs_get(&message->fields, "Encrypt") != NULL)
                return err_set(err, ERR_DENIED,
                    "the push is encrypted, but push_mode is plain: set it to what 消息与事件推送 "
                    "says");
        return 0;
}

/* What the documentation names, MsgId or FromUserName with CreateTime, is equal for different
 * pushes at times: the other parts tell these apart. */
static char *
id_of(struct arena *arena, const struct message *message)
{
        static const char *const names[] = {
            "FromUserName", "CreateTime", "EventKey", "MsgID", "OpenID", "RevokeInfo"};
        const char *message_id = pairs_get_text(&message->fields, "MsgId");
        struct buf id;

        if (*message->event == '\0' && *message_id != '\0')
                return arena_printf(arena, "message %s %s", message->openid, message_id);
        buf_init(&id, arena);
        buf_add_text(&id, arena_printf(arena, "%s %s", message->type, message->event));
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                buf_add_byte(&id, '\n');
                buf_add_text(&id, pairs_get_text(&message->fields, names[i]));
        }
        return id.data;
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
        const char *type = pairs_get_once(fields, "MsgType");
        const char *event = pairs_get_once(fields, "Event");
        const char *from = pairs_get_once(fields, "FromUserName");
        const char *user = pairs_get_once(fields, "OpenID");
        const char *created = pairs_get_once(fields, "CreateTime");

        if (pairs_get_once(fields, "ToUserName") == NULL || from == NULL || type == NULL ||
            created == NULL)
                return err_set(err, ERR_REQUEST,
                    "push: ToUserName, FromUserName, CreateTime or MsgType is missing or given "
                    "twice");
        if (!text_is_id(type, 1, EVENT_MAX) || !is_digits(created, 1, 12))
                return err_set(err, ERR_REQUEST, "push: MsgType or CreateTime has not its form");
        message->type = text_lower(arena, type);
        message->event = "";
        if (strcmp(message->type, "event") == 0) {
                if (event == NULL || !text_is_id(event, 1, EVENT_MAX))
                        return err_set(
                            err, ERR_REQUEST, "push: Event is missing or has not its form");
                message->event = text_lower(arena, event);
        }
        message->openid = user == NULL ? from : user;
        if (!wechat_is_openid(message->openid))
                return err_set(err, ERR_REQUEST, "push: the user's openid has not its form");
        message->created = strtoll(created, NULL, 10);
        message->scene = scene_of(message);
        message->id = id_of(arena, message);
        return 0;
}

int
message_read(struct arena *arena, const struct conf *conf, const struct pairs *query,
    const char *body, size_t size, struct message *message, struct err *err)
{
        struct message read = {.encrypted = false};
        int result;

        pairs_init(&read.fields, arena);
        if (strcmp(conf->push_mode, "plain") == 0)
                result = read_plain(arena, body, size, &read, err);
        else
                result = read_encrypted(arena, conf, query, body, size, &read, err);
        if (result != 0 || fill(arena, &read, err) != 0)
                return -1;
        *message = read;
        return 0;
}

char *
message_seal(struct arena *arena, const struct conf *conf, const struct message *message,
    const char *reply, const char *nonce, const uint8_t random[CRYPT_RANDOM_SIZE], long long now)
{
        char *timestamp = arena_printf(arena, "%lld", now);
        const char *parts[4] = {conf->push_token, timestamp, nonce};
        struct buf xml;

        if (!message->encrypted || *reply == '\0')
                return arena_strdup(arena, reply);
        parts[3] = crypt_seal(arena, &message->key, conf->appid, random, reply);
        buf_init(&xml, arena);
        xml_add_open(&xml, "xml");
        xml_add_text(&xml, "Encrypt", parts[3]);
        xml_add_text(&xml, "MsgSignature", crypt_signature(arena, parts, 4));
        xml_add_number(&xml, "TimeStamp", now);
        xml_add_text(&xml, "Nonce", nonce);
        xml_add_close(&xml, "xml");
        return xml.data;
}
