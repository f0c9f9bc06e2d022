/*
 * message: parses WeChat's pushes and checks that they come from WeChat.
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

/* The receiver: the account or the mini program. Each has its own server configuration. */
struct message_account {
        const char *name; /* prefix for log lines: "" or "mini program: " */
        const char *appid;
        const char *token;
        const char *key, *key_previous; /* EncodingAESKey; "": none */
        bool sealed;                    /* according to the settings, pushes are encrypted */
        const char *setting, *mode;     /* for the log: the setting that says so, and its value */
};

struct message {
        struct message_account account;
        struct pairs fields; /* the whole push, with WeChat's names (fields.h) */
        const char *type;    /* MsgType in lower case: "text", "event", … */
        const char *event;   /* Event in lower case; "" for a message */
        const char *openid;  /* the user: OpenID if it is given, else FromUserName */
        const char *scene;   /* that of the scanned code, in subscribe and SCAN; otherwise "" */
        long long created;   /* CreateTime, seconds since 1970 */
        const char *id; /* the same for WeChat's repeats of a push, different for other pushes */
        bool is_json;   /* it is JSON, and so is its reply */
        bool encrypted; /* the reply has to be encrypted as well */
        struct crypt_key key; /* with this key, which opened the push */
};

/*
 * Checks that the query comes from WeChat, and now: signature, timestamp and nonce are each given
 * once and well formed, the signature matches push_token or mini_push_token, and the timestamp is
 * within MESSAGE_WINDOW_SECONDS of now. The token that matches decides which account this is.
 * ERR_DENIED says which check failed and what to do.
 */
int message_check_signature(const struct conf *conf, const struct pairs *query, long long now,
    struct message_account *account, struct err *err) __attribute__((warn_unused_result));

/*
 * Parses a push, of size bytes followed by a NUL, whose query has been checked. The account's
 * settings decide whether it must be encrypted; if so, msg_signature is checked before anything is
 * decrypted, and only the decrypted content counts. ERR_DENIED: not encrypted, a wrong signature,
 * or for another account; ERR_REQUEST: neither XML nor JSON of a push; ERR_CONFIG: push_mode needs
 * an encoding_aes_key.
 */
int message_parse(struct arena *arena, const struct message_account *account,
    const struct pairs *query, const char *body, size_t size, struct message *message,
    struct err *err) __attribute__((warn_unused_result));

/*
 * Makes the answer from a reply to message, which is XML: the reply itself, or its envelope if the
 * push was encrypted, as JSON if the push was JSON. random: fresh bytes; nonce: the query's, or any
 * other. Without a reply the answer is "", in JSON "success". ERR_SYSTEM.
 */
int message_seal(struct arena *arena, const struct message *message, const char *reply,
    const char *nonce, const uint8_t random[CRYPT_RANDOM_SIZE], long long now, char **answer,
    struct err *err) __attribute__((warn_unused_result));

#endif
