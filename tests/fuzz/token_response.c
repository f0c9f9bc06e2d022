/* token_response: the answer to a code, and to a refresh_token. */
#include "fuzz.h"

#include "conf/conf.h"
#include "wechat/api.h"

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *body = arena_copy(arena, data, size);
        struct err err = {.kind = ERR_NONE};
        struct token_response grant;
        struct conf conf;

        if (api_parse_token_response(arena, body, size, &grant, &err) != 0) {
                CHECK(fuzz_is_error(&err));
                return;
        }
        CHECK(api_is_openid(grant.openid));
        CHECK(*grant.access_token != '\0' && fuzz_is_visible(grant.access_token));
        CHECK(grant.refresh_token != NULL && fuzz_is_visible(grant.refresh_token));
        CHECK(grant.expires_in >= 1 && grant.expires_in <= 366LL * 86400);
        CHECK(*grant.scope != '\0' && fuzz_is_visible(grant.scope));
        CHECK(grant.unionid == NULL || (*grant.unionid != '\0' && fuzz_is_visible(grant.unionid)));
        /* URLs made from it contain nothing that ends a parameter or a line. */
        conf_init(arena, "/home/site", &conf);
        CHECK(fuzz_is_visible(api_profile_url(arena, &conf, &grant)));
        CHECK(fuzz_is_visible(api_refresh_url(arena, &conf, grant.scope, grant.refresh_token)));
        CHECK(fuzz_is_visible(api_auth_url(arena, &conf, grant.access_token, grant.openid)));
}
