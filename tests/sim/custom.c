#include "custom.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "call.h"
#include "chat.h"
#include "docs.h"
#include "followers.h"
#include "media.h"
#include "users.h"

enum {
        TEXT_MAX_BYTES = 2048,
        ARTICLES_MAX = 8,
        HEARD_SECONDS = 48 * 3600,
        HEARD_MOST = 5,
        TAPPED_SECONDS = 60,
        TAPPED_MOST = 3,
        TYPING_SECONDS = 15,
        SPOKE_SECONDS = 30
};

static const char *
get(const struct call *call, const char *name)
{
        return pairs_get_text(&call->body, name);
}

/* ---- what is sent ---- */

static int
add_text(struct call *call, struct pairs *entry)
{
        const char *text = get(call, "text/content");

        pairs_add(entry, "text", text);
        return *text == '\0' ? 44004 : strlen(text) > TEXT_MAX_BYTES ? 45002 : 0;
}

/* Image, voice and video are files that were uploaded as such. */
static int
add_media(struct call *call, struct pairs *entry)
{
        const char *type = get(call, "msgtype");
        struct arena *arena = call->app->arena;
        const char *media = get(call, arena_printf(arena, "%s/media_id", type));

        pairs_add(entry, "media", media);
        pairs_add(entry, "title", get(call, arena_printf(arena, "%s/title", type)));
        pairs_add(entry, "description", get(call, arena_printf(arena, "%s/description", type)));
        return media_check(call, media, type);
}

static int
add_music(struct call *call, struct pairs *entry)
{
        pairs_add(entry, "title", get(call, "music/title"));
        pairs_add(entry, "description", get(call, "music/description"));
        pairs_add(entry, "url", get(call, "music/musicurl"));
        return media_check(call, get(call, "music/thumb_media_id"), "thumb");
}

static int
add_news(struct call *call, struct pairs *entry)
{
        static const char *const members[] = {"title", "description", "url"};
        size_t count = call_elements(&call->body, "news/articles");

        if (count == 0)
                return 44003;
        if (count > ARTICLES_MAX)
                return 45008;
        pairs_add_typed(entry, "news", "", PAIR_ARRAY);
        for (size_t i = 0; i < count; i++)
                for (size_t j = 0; j < sizeof(members) / sizeof(members[0]); j++)
                        pairs_add(entry,
                            arena_printf(call->app->arena, "news/%zu/%s", i, members[j]),
                            get(call, arena_printf(call->app->arena, "news/articles/%zu/%s", i,
                                          members[j])));
        return 0;
}

static int
add_choices(struct call *call, struct pairs *entry)
{
        size_t count = call_elements(&call->body, "msgmenu/list");
        struct buf text;

        buf_init(&text, call->app->arena);
        buf_add_text(&text, get(call, "msgmenu/head_content"));
        for (size_t i = 0; i < count; i++) {
                buf_add_byte(&text, '\n');
                buf_add_text(&text,
                    get(call, arena_printf(call->app->arena, "msgmenu/list/%zu/content", i)));
        }
        buf_add_byte(&text, '\n');
        buf_add_text(&text, get(call, "msgmenu/tail_content"));
        pairs_add(entry, "text", text.data);
        return count == 0 ? 44004 : 0;
}

static const struct {
        const char *type;
        const char *kind; /* of the entry in the chat */
        int (*add)(struct call *call, struct pairs *entry);
} types[] = {{"text", "text", add_text}, {"image", "image", add_media},
    {"voice", "voice", add_media}, {"video", "video", add_media}, {"music", "music", add_music},
    {"news", "news", add_news}, {"msgmenu", "text", add_choices}};

/* Makes the message's entry in the chat. Returns 0, an errcode, or -1. */
static int
read_message(struct call *call, struct pairs *entry)
{
        pairs_init(entry, call->app->arena);
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
                if (strcmp(types[i].type, get(call, "msgtype")) == 0) {
                        pairs_add(entry, "kind", types[i].kind);
                        return types[i].add(call, entry);
                }
        return 40008;
}

/* ---- when it may be sent ---- */

/* Takes one of the messages that may be sent after what the person did at the time that name has.
 * Returns 0, 45047: none is left, or 45015: the time is over. */
static int
take(const struct call *call, struct pairs *follower, const char *name, int seconds, int most)
{
        const char *sent = arena_printf(call->app->arena, "%s_sent", name);
        long long since = pairs_get_number(follower, name, 0);
        long long count = pairs_get_number(follower, sent, 0);

        if (since == 0 || call->app->now - since > seconds)
                return 45015;
        if (count >= most)
                return 45047;
        docs_set_number(follower, sent, count + 1);
        return 0;
}

static int
take_one(const struct call *call, struct pairs *follower)
{
        int tapped, heard;

        if (!followers_follows(follower))
                return 45015;
        tapped = take(call, follower, "tapped", TAPPED_SECONDS, TAPPED_MOST);
        if (tapped == 0)
                return 0;
        heard = take(call, follower, "heard", HEARD_SECONDS, HEARD_MOST);
        return heard == 45015 ? tapped : heard;
}

int
custom_send(struct call *call)
{
        const char *openid = get(call, "touser");
        struct pairs follower, entry;
        int wrong = call_has_escapes(call) ? 40033 : users_check(call, openid);

        if (wrong == 0)
                wrong = read_message(call, &entry);
        if (wrong != 0)
                return wrong;
        if (followers_read(call->app, openid, &follower) != 0)
                return -1;
        wrong = take_one(call, &follower);
        if (wrong != 0)
                return wrong;
        docs_set_number(&follower, "spoke", call->app->now);
        docs_set_number(&follower, "typing_until", 0);
        return followers_write(call->app, openid, &follower) != 0
                   ? -1
                   : chat_add(call->app, openid, &entry);
}

int
custom_typing(struct call *call)
{
        const char *openid = get(call, "touser"), *command = get(call, "command");
        long long now = call->app->now;
        struct pairs follower;
        bool begins;

        if (users_check(call, openid) != 0)
                return 40003;
        if (!text_has_word("Typing CancelTyping", command))
                return 45072;
        if (followers_read(call->app, openid, &follower) != 0)
                return -1;
        begins = strcmp(command, "Typing") == 0;
        if (!followers_follows(&follower) ||
            now - pairs_get_number(&follower, "spoke", 0) > SPOKE_SECONDS)
                return 45080;
        if (begins && pairs_get_number(&follower, "typing_until", 0) > now)
                return 45081;
        docs_set_number(&follower, "typing_until", begins ? now + TYPING_SECONDS : 0);
        return followers_write(call->app, openid, &follower);
}
