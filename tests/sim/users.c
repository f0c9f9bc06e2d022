#include "users.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "call.h"
#include "docs.h"
#include "followers.h"
#include "people.h"
#include "tags.h"

enum { OPENID_SIZE = 28, BATCH_MAX = 100, PAGE_MAX = 10000, REMARK_MAX = 30 };

int
users_check(const struct call *call, const char *openid)
{
        return followers_is_known(call->app, &call->switches, openid) ? 0 : 40003;
}

/* As users_check(), but 46004 for an openid that could be one. */
static int
check_user(const struct call *call, const char *openid)
{
        if (*openid != 'o' || !text_is_id(openid, OPENID_SIZE, OPENID_SIZE))
                return 40003;
        return users_check(call, openid) == 0 ? 0 : 46004;
}

/* Adds the members of a follower under prefix. The names of those that are empty today are in
 * nothing. */
static void
add_follower(struct call *call, const char *prefix, const struct pairs *follower)
{
        static const char *const nothing[] = {
            "nickname", "city", "province", "country", "headimgurl"};
        static const char *const texts[] = {"remark", "subscribe_scene", "qr_scene_str"};
        struct arena *arena = call->app->arena;
        struct pairs *answer = &call->answer;

        for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
                pairs_add(answer, arena_printf(arena, "%s%s", prefix, nothing[i]), "");
        pairs_add_number(answer, arena_printf(arena, "%ssex", prefix), 0);
        pairs_add(answer, arena_printf(arena, "%slanguage", prefix), "zh_CN");
        pairs_add_number(answer, arena_printf(arena, "%ssubscribe_time", prefix),
            pairs_get_number(follower, "subscribe_time", 0));
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                pairs_add(answer, arena_printf(arena, "%s%s", prefix, texts[i]),
                    pairs_get_text(follower, texts[i]));
        pairs_add_number(answer, arena_printf(arena, "%sgroupid", prefix), 0);
        pairs_add_number(answer, arena_printf(arena, "%sqr_scene", prefix),
            pairs_get_number(follower, "qr_scene", 0));
}

static int
add_info(struct call *call, const char *prefix, const char *openid)
{
        const struct sim_person *person = people_of_openid(openid);
        struct arena *arena = call->app->arena;
        struct pairs follower;
        bool follows;

        if (followers_read(call->app, openid, &follower) != 0)
                return -1;
        follows = followers_follows(&follower);
        pairs_add_number(
            &call->answer, arena_printf(arena, "%ssubscribe", prefix), follows ? 1 : 0);
        pairs_add(&call->answer, arena_printf(arena, "%sopenid", prefix), openid);
        if (person != NULL && *person->unionid != '\0')
                pairs_add(&call->answer, arena_printf(arena, "%sunionid", prefix), person->unionid);
        if (follows)
                add_follower(call, prefix, &follower);
        return tags_add_list(
            call->app, openid, arena_printf(arena, "%stagid_list", prefix), &call->answer);
}

int
users_info(struct call *call)
{
        const char *openid = call_query(call, "openid");
        int wrong = check_user(call, openid);

        return wrong != 0 ? wrong : add_info(call, "", openid);
}

int
users_batch(struct call *call)
{
        size_t count = call_elements(&call->body, "user_list");
        struct arena *arena = call->app->arena;

        if (count == 0 || count > BATCH_MAX)
                return 40032;
        pairs_add_typed(&call->answer, "user_info_list", "", PAIR_ARRAY);
        for (size_t i = 0; i < count; i++) {
                const char *openid =
                    pairs_get_text(&call->body, arena_printf(arena, "user_list/%zu/openid", i));
                int wrong = check_user(call, openid);

                if (wrong == 0)
                        wrong =
                            add_info(call, arena_printf(arena, "user_info_list/%zu/", i), openid);
                if (wrong != 0)
                        return wrong;
        }
        return 0;
}

/* Do they follow? Only people can leave. Returns 1, 0, or -1. */
static int
follows(struct call *call, const char *openid)
{
        struct pairs follower;

        if (people_of_openid(openid) == NULL)
                return 1;
        if (followers_read(call->app, openid, &follower) != 0)
                return -1;
        return followers_follows(&follower) ? 1 : 0;
}

int
users_list(struct call *call)
{
        const char *after = call_query(call, "next_openid"), *openid, *last = "";
        long long most = pairs_get_number(&call->switches, "page_size", PAGE_MAX);
        long long total = 0, count = 0;
        bool begun = *after == '\0';
        struct pairs openids;

        if (!begun && users_check(call, after) != 0)
                return 40003;
        pairs_init(&openids, call->app->arena);
        for (size_t i = 0; (openid = followers_at(call->app, &call->switches, i)) != NULL; i++) {
                int result = follows(call, openid);

                if (result < 0)
                        return -1;
                total += result;
                if (result == 1 && begun && count < most) {
                        pairs_add_typed(&openids, "data/openid", openid, PAIR_ITEM);
                        last = openid;
                        count++;
                }
                begun = begun || strcmp(openid, after) == 0;
        }
        pairs_add_number(&call->answer, "total", total);
        pairs_add_number(&call->answer, "count", count);
        docs_copy(&openids, "data", &call->answer, "data");
        pairs_add(&call->answer, "next_openid", last);
        return 0;
}

int
users_remark(struct call *call)
{
        const char *openid = pairs_get_text(&call->body, "openid");
        const char *remark = pairs_get_text(&call->body, "remark");
        int wrong = users_check(call, openid);
        struct pairs follower;

        if (wrong != 0)
                return wrong;
        if (followers_read(call->app, openid, &follower) != 0)
                return -1;
        if (!followers_follows(&follower))
                return 40003;
        if (call_characters(remark) >= REMARK_MAX)
                return 40097;
        docs_set(&follower, "remark", remark);
        return followers_write(call->app, openid, &follower);
}
