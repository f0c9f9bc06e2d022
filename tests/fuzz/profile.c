/* profile: WeChat's answer with nickname and avatar. */
#include "fuzz.h"

#include "format/json.h"
#include "format/json_build.h"
#include "wechat/api.h"

#define SIMULATOR "http://127.0.0.1:8008"

static bool
is_avatar(const char *url)
{
        const char *slash;

        if (!fuzz_is_visible(url) || strpbrk(url, "\"'<>\\^`{|}") != NULL)
                return false;
        if (strncmp(url, SIMULATOR "/", strlen(SIMULATOR) + 1) == 0)
                return true;
        slash = strncmp(url, "https://", 8) == 0 ? strchr(url + 8, '/') : NULL;
        if (slash == NULL || slash - url < 8 + 10 || memcmp(slash - 9, ".qlogo.cn", 9) != 0)
                return false;
        for (const char *p = url + 8; p < slash; p++) /* no user, no port, no other host */
                if (strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", *p) == NULL)
                        return false;
        return true;
}

static void
check_member(const struct pair *pair)
{
        CHECK(fuzz_is_clean(pair->name, "") && fuzz_is_clean(pair->value, ""));
        CHECK(strlen(pair->value) <= 1000);
        if (strcmp(pair->name, "headimgurl") == 0)
                CHECK(is_avatar(pair->value));
        if (strcmp(pair->name, "sex") == 0)
                CHECK(strlen(pair->value) == 1 && strchr("012", *pair->value) != NULL);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *body = arena_copy(arena, data, size);
        struct err err = {.kind = ERR_NONE};
        struct pairs profile, back;
        char *text;

        pairs_init(&profile, arena);
        pairs_init(&back, arena);
        if (api_parse_profile(arena, body, size, "oA", SIMULATOR, &profile, &err) != 0) {
                CHECK(fuzz_is_error(&err));
                CHECK(profile.count == 0);
                return;
        }
        CHECK(strcmp(pairs_get_text(&profile, "openid"), "oA") == 0);
        CHECK(pairs_count(&profile, "openid") == 1);
        for (size_t i = 0; i < profile.count; i++)
                check_member(&profile.items[i]);
        /* Written as a user's file, it reads as the same. */
        CHECK(json_build(arena, &profile, &text, &err) == 0);
        CHECK(json_parse(arena, text, strlen(text), &back, &err) == 0);
        CHECK(fuzz_same(&profile, &back));
}
