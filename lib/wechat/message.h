/*
 * message: what WeChat pushes: is it WeChat's, and what does it say.
 *
 * Facts: "接入指南", "接收普通消息", "接收事件推送", "消息加解密说明" (Official Accounts
 * documentation).
 */
#ifndef WECHAT_MESSAGE_H
#define WECHAT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wechat/crypt.h"
#include "base/pairs.h"

struct arena;
struct conf;
struct err;

enum { MESSAGE_WINDOW_SECONDS = 300 };

/* Who is written to: the account, or the mini program. Each has its own server configuration. */
struct message_account {
        const char *name; /* for the log, before what is wrong: "" or "mini program: " */
        const char *appid;
        const char *token;
        const char *key, *key_previous; /* EncodingAESKey; "": none */
        bool sealed;                    /* the settings say that pushes come sealed */
        const char *setting, *mode;     /* which setting says so, and what, for the log */
};

struct message {
        struct message_account account;
        struct pairs fields;  /* all of the push, under WeChat's names (fields.h) */
        const char *type;     /* MsgType in lower case: "text", "event", … */
        const char *event;    /* Event in lower case; "" for a message */
        const char *openid;   /* the user: OpenID where it is given, else FromUserName */
        const char *scene;    /* the scanned code's: of subscribe and SCAN; "" otherwise */
        long long created;    /* CreateTime, seconds since 1970 */
        const char *id;       /* equal for WeChat's repeats of one push, different for others */
        bool is_json;         /* it came as JSON, and so does its reply go */
        bool encrypted;       /* the reply has to be sealed, too */
        struct crypt_key key; /* with the key that opened the push */
};

/*
 * Does the query come from WeChat, and now? signature, timestamp and nonce are each there once and
 * of their form, the signature fits push_token or mini_push_token, the timestamp is within
 * MESSAGE_WINDOW_SECONDS of now. The token that fits says which account this is. ERR_DENIED: says
 * which of these is not so, and what to do.
 */
int message_check_signature(const struct conf *conf, const struct pairs *query, long long now,
    struct message_account *account, struct err *err) __attribute__((warn_unused_result));

/*
 * Reads a push, of size bytes with a NUL after them, whose query was checked. The account's
 * settings decide whether it must be encrypted; then msg_signature is checked before anything is
 * opened, and only what was inside counts. ERR_DENIED: not encrypted, a wrong signature, not for
 * us; ERR_REQUEST: neither XML nor JSON of a push; ERR_CONFIG: push_mode needs an encoding_aes_key.
 */
int message_parse(struct arena *arena, const struct message_account *account,
    const struct pairs *query, const char *body, size_t size, struct message *message,
    struct err *err) __attribute__((warn_unused_result));

/*
 * The answer for a reply to message, which is XML: the reply itself, or its envelope where the push
 * was encrypted, as JSON where the push was. random: fresh bytes; nonce: the query's, or any other.
 * "" for no reply, in JSON "success". ERR_SYSTEM.
 */
int message_seal(struct arena *arena, const struct message *message, const char *reply,
    const char *nonce, const uint8_t random[CRYPT_RANDOM_SIZE], long long now, char **answer,
    struct err *err) __attribute__((warn_unused_result));

#endif
