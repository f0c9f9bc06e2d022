/* reply: a handler's output, up to the XML and the JSON for WeChat, which must read back with the
 * same content. */
#include "fuzz.h"

#include "format/json.h"
#include "wechat/custom.h"
#include "wechat/message.h"
#include "wechat/reply.h"
#include "base/text.h"
#include "format/xml.h"

static struct pairs
values_of(struct arena *arena)
{
        struct pairs values;

        pairs_init(&values, arena);
        pairs_add(&values, "nickname", "a]]>b<&");
        pairs_add(&values, "openid", "oA");
        pairs_add(&values, "content", "x");
        pairs_add(&values, "scene", "");
        pairs_add(&values, "login_url", "https://www.example.com/?a=1&b=2");
        return values;
}

static void
check_xml(struct arena *arena, const struct pairs *reply, const char *xml)
{
        static const char *const media[] = {"image", "Image/MediaId", "voice", "Voice/MediaId"};
        struct pairs fields;
        struct err err;

        pairs_init(&fields, arena);
        CHECK(xml_parse(arena, xml, strlen(xml), &fields, &err) == 0);
        CHECK(strcmp(pairs_get_text(&fields, "ToUserName"), "oA") == 0);
        CHECK(strcmp(pairs_get_text(&fields, "FromUserName"), "gh_0") == 0);
        CHECK(pairs_get_number(&fields, "CreateTime", 0) == FUZZ_NOW);
        CHECK(pairs_count(&fields, "MsgType") == 1 && pairs_count(&fields, "ToUserName") == 1);
        for (size_t i = 0; i < 4; i += 2)
                if (strcmp(reply->items[0].name, media[i]) == 0 &&
                    strchr(reply->items[0].value, '\r') == NULL)
                        CHECK(strcmp(pairs_get_text(&fields, media[i + 1]),
                                  reply->items[0].value) == 0);
        if (strcmp(reply->items[0].name, "text") == 0)
                CHECK(*pairs_get_text(&fields, "Content") != '\0' &&
                      strlen(pairs_get_text(&fields, "Content")) <= REPLY_TEXT_MAX);
        CHECK(pairs_get_number(&fields, "ArticleCount", 1) >= 1 &&
              pairs_get_number(&fields, "ArticleCount", 1) <= REPLY_NEWS_MAX);
}

/* As a customer-service message: WeChat takes no escapes of characters (40033). */
static void
check_message(struct arena *arena, const struct pairs *reply, const struct pairs *values)
{
        struct pairs fields;
        struct err err = {.kind = ERR_NONE};
        size_t lost;
        char *json;

        if (custom_format(arena, reply, "oA", values, &json, &lost, &err) != 0) {
                CHECK(fuzz_is_error(&err) && strcmp(reply->items[0].name, "transfer") == 0);
                return;
        }
        if (*json == '\0')
                return;
        pairs_init(&fields, arena);
        CHECK(json_parse_tree(arena, json, strlen(json), &fields, &err) == 0);
        CHECK(strcmp(pairs_get_text(&fields, "touser"), "oA") == 0);
        CHECK(strchr(json, '\n') == NULL);
        for (const char *at = json; (at = strstr(at, "\\u")) != NULL; at++)
                CHECK(at > json && at[-1] == '\\');
        CHECK(strlen(pairs_get_text(&fields, "text/content")) <= REPLY_TEXT_MAX);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        struct message message = {.type = "text", .event = "", .openid = "oA", .scene = ""};
        struct pairs reply, *more = NULL, values = values_of(arena);
        struct err err = {.kind = ERR_NONE};
        size_t count;

        pairs_init(&message.fields, arena);
        pairs_add(&message.fields, "ToUserName", "gh_0");
        pairs_add(&message.fields, "FromUserName", "oA");
        pairs_init(&reply, arena);
        if (json_parse_tree(arena, text, size, &reply, &err) != 0 ||
            custom_take_then(arena, &reply, &more, &count, &err) != 0 ||
            reply_check(arena, &reply, size % 2 == 0, &err) != 0) {
                CHECK(fuzz_is_error(&err));
                return;
        }
        for (size_t i = 0; i < count; i++)
                check_message(arena, &more[i], &values);
        check_message(arena, &reply, &values);
        for (int i = 0; i < 2; i++) {
                size_t lost;
                const char *xml = reply_format(arena, &reply, &message, &values, FUZZ_NOW, &lost);

                if (*xml != '\0')
                        check_xml(arena, &reply, xml);
                message.type = message.event = "event";
        }
}
