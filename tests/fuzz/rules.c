/* rules: replies.json, and the replies of its rules to a few pushes. */
#include "fuzz.h"

#include "wechat/message.h"
#include "wechat/reply.h"
#include "wechat/rules.h"
#include "format/xml.h"

/* type, event, EventKey, scene, Content */
static const char *const pushes[][5] = {{"text", "", NULL, "", "hello"}, {"text", "", NULL, "", ""},
    {"image", "", NULL, "", NULL}, {"event", "subscribe", "qrscene_7", "7", NULL},
    {"event", "click", "MENU", "", NULL}, {"event", "scan", "", "", NULL}};

static struct message
message_of(struct arena *arena, const char *const parts[5])
{
        struct message message = {.type = parts[0], .event = parts[1], .scene = parts[3]};

        pairs_init(&message.fields, arena);
        pairs_add(&message.fields, "ToUserName", "gh_0");
        pairs_add(&message.fields, "FromUserName", "oA");
        pairs_add(&message.fields, "EventKey", parts[2]);
        pairs_add(&message.fields, "Content", parts[4]);
        message.openid = "oA";
        return message;
}

static struct pairs
values_of(struct arena *arena)
{
        struct pairs values;

        pairs_init(&values, arena);
        pairs_add(&values, "nickname", "<]]>&");
        pairs_add(&values, "openid", "oA");
        pairs_add(&values, "content", "");
        pairs_add(&values, "scene", "");
        pairs_add(&values, "login_url", "https://www.example.com/");
        return values;
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *text = arena_copy(arena, data, size);
        struct pairs values = values_of(arena);
        struct err err = {.kind = ERR_NONE};
        struct rules rules;

        if (rules_parse(arena, text, size, "replies.json", &rules, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_CONFIG);
                CHECK(strncmp(err.text, "replies.json, ", 14) == 0);
                return;
        }
        for (size_t i = 0; i < sizeof(pushes) / sizeof(pushes[0]); i++) {
                struct message message = message_of(arena, pushes[i]);
                struct pairs reply, fields;
                size_t lost;
                char *xml;

                pairs_init(&reply, arena);
                pairs_init(&fields, arena);
                rules_find(&rules, &message, &reply);
                CHECK(reply_check(arena, &reply, true, &err) == 0);
                xml = reply_format(arena, &reply, &message, &values, FUZZ_NOW, &lost);
                if (*xml == '\0')
                        continue;
                CHECK(xml_parse(arena, xml, strlen(xml), &fields, &err) == 0);
                CHECK(strcmp(pairs_get_text(&fields, "ToUserName"), "oA") == 0);
        }
}
