#include "bubble.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "wechat/crypt.h"
#include "format/json.h"
#include "push.h"
#include "format/xml.h"

/* The member that a reply of a type must have (被动回复用户消息). Contrary to the documentation,
 * WeChat also shows music without a ThumbMediaId. */
static const struct {
        const char *type;
        const char *member; /* NULL: none */
} types[] = {{"text", "Content"}, {"image", "Image/MediaId"}, {"voice", "Voice/MediaId"},
    {"video", "Video/MediaId"}, {"music", "Music"}, {"news", "Articles/0/Title"},
    {"transfer_customer_service", NULL}};

static bool
refuse(const char **why, const char *text)
{
        *why = text;
        return false;
}

static bool
is_nothing(const char *answer)
{
        return *answer == '\0' || strcmp(answer, "success") == 0;
}

/* Reads the answer's members, in the format of the push. */
static bool
parse(struct app *app, bool json, const char *answer, struct pairs *fields)
{
        size_t size = strlen(answer);
        struct err none;

        return (json ? json_parse_tree(app->arena, answer, size, fields, &none)
                     : xml_parse(app->arena, answer, size, fields, &none)) == 0;
}

/* Checks the signature of an envelope, and decrypts the reply in it. */
static bool
open_envelope(struct app *app, const struct pairs *outer, char **reply, const char **why)
{
        const char *parts[4] = {app->conf.push_token, pairs_get_text(outer, "TimeStamp"),
            pairs_get_text(outer, "Nonce"), pairs_get_text(outer, "Encrypt")};
        struct crypt_key key;
        struct err none;
        size_t size;

        if (strcmp(pairs_get_text(outer, "MsgSignature"), crypt_signature(app->arena, parts, 4)) !=
            0)
                return refuse(why, "MsgSignature does not match");
        if (!crypt_parse_key(app->arena, app->conf.encoding_aes_key, &key) ||
            crypt_open(app->arena, &key, app->conf.appid, parts[3], reply, &size, &none) != 0)
                return refuse(why, "Encrypt cannot be opened");
        return true;
}

/* Is there a value with that name, or below it? */
static bool
has_member(const struct pairs *fields, const char *name)
{
        struct pairs inner;

        if (*pairs_get_text(fields, name) != '\0')
                return true;
        pairs_init(&inner, fields->arena);
        pairs_get_below(fields, name, &inner);
        for (size_t i = 0; i < inner.count; i++)
                if (*inner.items[i].value != '\0')
                        return true;
        return false;
}

static bool
check(const struct pairs *fields, const char *openid, const char **why)
{
        const char *type = pairs_get_text(fields, "MsgType");

        if (strcmp(pairs_get_text(fields, "ToUserName"), openid) != 0)
                return refuse(why, "ToUserName is not the user");
        if (*pairs_get_text(fields, "FromUserName") == '\0')
                return refuse(why, "FromUserName is missing");
        if (pairs_get_number(fields, "CreateTime", 0) <= 0)
                return refuse(why, "CreateTime is missing");
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
                if (strcmp(types[i].type, type) == 0)
                        return types[i].member == NULL || has_member(fields, types[i].member)
                                   ? true
                                   : refuse(why, types[i].member);
        return refuse(why, "MsgType is not known");
}

bool
bubble_read(struct app *app, const char *answer, const char *openid, const struct push_order *order,
    char **reply, struct pairs *fields, const char **why)
{
        bool sealed = strcmp(order->mode, "safe") == 0;
        struct pairs outer;

        *reply = "";
        pairs_init(fields, app->arena);
        pairs_init(&outer, app->arena);
        if (is_nothing(answer))
                return true;
        if (!parse(app, order->json, answer, &outer))
                return refuse(why, order->json ? "not JSON" : "not XML");
        *reply = arena_strdup(app->arena, answer);
        if (pairs_get(&outer, "Encrypt") == NULL && sealed)
                return refuse(why, "not sealed");
        if (pairs_get(&outer, "Encrypt") != NULL && !open_envelope(app, &outer, reply, why))
                return false;
        if (is_nothing(*reply)) {
                *reply = "";
                return true;
        }
        if (!parse(app, order->json, *reply, fields))
                return refuse(why, order->json ? "not JSON inside" : "not XML inside");
        return check(fields, openid, why);
}
