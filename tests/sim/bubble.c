#include "bubble.h"

#include <string.h>

#include "app.h"
#include "arena.h"
#include "crypt.h"
#include "xml.h"

/* What a reply of a type must have ("被动回复用户消息"). */
static const struct {
        const char *type;
        const char *member; /* NULL: nothing */
} types[] = {{"text", "Content"}, {"image", "Image/MediaId"}, {"voice", "Voice/MediaId"},
    {"video", "Video/MediaId"}, {"music", "Music/ThumbMediaId"}, {"news", "Articles/0/Title"},
    {"transfer_customer_service", NULL}};

static bool
refuse(const char **why, const char *text)
{
        *why = text;
        return false;
}

/* The reply in its envelope, which the signature must fit. */
static bool
open_envelope(struct app *app, const struct pairs *outer, char **xml, const char **why)
{
        const char *parts[4] = {app->conf.push_token, pairs_get_text(outer, "TimeStamp"),
            pairs_get_text(outer, "Nonce"), pairs_get_text(outer, "Encrypt")};
        struct crypt_key key;
        struct err none;
        size_t size;

        if (strcmp(pairs_get_text(outer, "MsgSignature"), crypt_signature(app->arena, parts, 4)) !=
            0)
                return refuse(why, "MsgSignature does not fit");
        if (!crypt_parse_key(app->arena, app->conf.encoding_aes_key, &key) ||
            crypt_open(app->arena, &key, app->conf.appid, parts[3], xml, &size, &none) != 0)
                return refuse(why, "Encrypt cannot be opened");
        return true;
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
                        return types[i].member == NULL ||
                                       *pairs_get_text(fields, types[i].member) != '\0'
                                   ? true
                                   : refuse(why, types[i].member);
        return refuse(why, "MsgType is not known");
}

bool
bubble_read(struct app *app, const char *answer, const char *openid, bool sealed, char **xml,
    struct pairs *fields, const char **why)
{
        struct pairs outer;
        struct err none;

        *xml = "";
        pairs_init(fields, app->arena);
        pairs_init(&outer, app->arena);
        if (*answer == '\0' || strcmp(answer, "success") == 0)
                return true;
        if (xml_parse(app->arena, answer, strlen(answer), &outer, &none) != 0)
                return refuse(why, "not XML");
        *xml = arena_strdup(app->arena, answer);
        if (pairs_get(&outer, "Encrypt") == NULL && sealed)
                return refuse(why, "not sealed");
        if (pairs_get(&outer, "Encrypt") != NULL && !open_envelope(app, &outer, xml, why))
                return false;
        if (xml_parse(app->arena, *xml, strlen(*xml), fields, &none) != 0)
                return refuse(why, "not XML inside");
        return check(fields, openid, why);
}
