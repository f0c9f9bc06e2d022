/* Shared by the targets that read pushes: the settings of both sides, and WeChat's query. */
#ifndef FUZZ_PUSH_H
#define FUZZ_PUSH_H

#include "fuzz.h"

#include "conf/conf.h"
#include "wechat/crypt.h"
#include "wechat/message.h"
#include "wechat/api.h"

#define PUSH_TIMESTAMP "1764000000" /* FUZZ_NOW */
#define PUSH_NONCE "20061"

static inline struct conf
push_conf(struct arena *arena, const char *mode)
{
        struct conf conf;

        conf_init(arena, "/home/site", &conf);
        conf.appid = "wx0123456789abcdef";
        conf.push_token = "inventedPushToken";
        conf.encoding_aes_key = "inventedEncodingAESKey0123456789abcdefghijk";
        conf.push_mode = mode;
        return conf;
}

/* Returns the query that WeChat sends with this Encrypt; NULL: without one. */
static inline struct pairs
push_query(struct arena *arena, const struct conf *conf, const char *encrypt)
{
        const char *parts[4] = {conf->push_token, PUSH_TIMESTAMP, PUSH_NONCE, encrypt};
        struct pairs query;

        pairs_init(&query, arena);
        pairs_add(&query, "timestamp", PUSH_TIMESTAMP);
        pairs_add(&query, "nonce", PUSH_NONCE);
        pairs_add(&query, "signature", crypt_signature(arena, parts, 3));
        if (encrypt != NULL) {
                pairs_add(&query, "encrypt_type", "aes");
                pairs_add(&query, "msg_signature", crypt_signature(arena, parts, 4));
        }
        return query;
}

/* Returns the account to which such a query belongs. */
static inline struct message_account
push_account(struct arena *arena, const struct conf *conf)
{
        struct pairs query = push_query(arena, conf, NULL);
        struct message_account account;
        struct err err;

        CHECK(message_check_signature(conf, &query, FUZZ_NOW, &account, &err) == 0);
        return account;
}

/* Checks what must hold for each push that was accepted. */
static inline void
push_check(const struct message *message)
{
        CHECK(api_is_openid(message->openid));
        CHECK(message->created >= 0 && message->created < 1000000000000LL);
        CHECK(*message->type != '\0' && fuzz_is_visible(message->type));
        CHECK(fuzz_is_visible(message->event));
        CHECK((strcmp(message->type, "event") == 0) == (*message->event != '\0'));
        CHECK(strpbrk(message->type, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
        CHECK(*message->id != '\0');
        CHECK(pairs_count(&message->fields, "FromUserName") == 1);
        CHECK(pairs_count(&message->fields, "MsgType") == 1);
        for (size_t i = 0; i < message->fields.count; i++)
                CHECK(fuzz_is_clean(message->fields.items[i].value, "\t\r\n\x7f"));
}

#endif
