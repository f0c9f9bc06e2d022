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

#include "crypt.h"
#include "pairs.h"

struct arena;
struct conf;
struct err;

enum { MESSAGE_WINDOW_SECONDS = 300 };

struct message {
        struct pairs fields;  /* all of the push, under WeChat's names (xml.h) */
        const char *type;     /* MsgType in lower case: "text", "event", … */
        const char *event;    /* Event in lower case; "" for a message */
        const char *openid;   /* the user: OpenID where it is given, else FromUserName */
        const char *scene;    /* the scanned code's: of subscribe and SCAN; "" otherwise */
        long long created;    /* CreateTime, seconds since 1970 */
        const char *id;       /* equal for WeChat's repeats of one push, different for others */
        bool encrypted;       /* the reply has to be sealed, too */
        struct crypt_key key; /* with the key that opened the push */
};

/*
 * Does the query come from WeChat, and now? signature, timestamp and nonce are each there once and
 * of their form, the signature fits push_token, the timestamp is within MESSAGE_WINDOW_SECONDS of
 * now. ERR_DENIED: says which of these is not so, and what to do.
 */
int message_check_signature(const struct conf *conf, const struct pairs *query, long long now,
    struct err *err) __attribute__((warn_unused_result));

/*
 * Reads a push whose query was checked. push_mode decides whether it must be encrypted; then
 * msg_signature is checked before anything is opened, and only what was inside counts. ERR_DENIED:
 * not encrypted, a wrong signature, not for us; ERR_REQUEST: not a push's XML; ERR_CONFIG:
 * push_mode needs an encoding_aes_key.
 */
int message_read(struct arena *arena, const struct conf *conf, const struct pairs *query,
    const char *body, size_t size, struct message *message, struct err *err)
    __attribute__((warn_unused_result));

/* The answer for a reply to message: the reply itself, or its envelope where the push was
 * encrypted. random: fresh bytes; nonce: the query's, or any other. "" stays "". */
char *message_seal(struct arena *arena, const struct conf *conf, const struct message *message,
    const char *reply, const char *nonce, const uint8_t random[CRYPT_RANDOM_SIZE], long long now);

#endif
