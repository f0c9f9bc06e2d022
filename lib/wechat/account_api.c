#include "wechat/account_api.h"

#include <string.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "base/err.h"
#include "base/pairs.h"
#include "format/url.h"
#include "wechat/api.h"

enum { VALID_SECONDS_MAX = 86400, QRCODE_URL_MAX = 256 };

char *
api_stable_token_url(struct arena *arena, const struct conf *conf)
{
        return arena_printf(arena, "%s/cgi-bin/stable_token", conf->api_url);
}

char *
api_stable_token_json(struct arena *arena, const struct conf *conf)
{
        return arena_printf(arena,
            "{\"grant_type\":\"client_credential\",\"appid\":\"%s\",\"secret\":\"%s\","
            "\"force_refresh\":false}",
            conf->appid, conf->secret);
}

char *
api_call_url(struct arena *arena, const struct conf *conf, const char *path,
    const char *access_token, const char *query)
{
        return arena_printf(arena, "%s%s?access_token=%s%s%s", conf->api_url, path,
            url_encode(arena, access_token), query == NULL || *query == '\0' ? "" : "&",
            query == NULL ? "" : query);
}

char *
api_qrcode_json(struct arena *arena, const char *scene, int seconds)
{
        return arena_printf(arena,
            "{\"expire_seconds\":%d,\"action_name\":\"QR_STR_SCENE\",\"action_info\":"
            "{\"scene\":{\"scene_str\":\"%s\"}}}",
            seconds, scene);
}

static int
parse_secret(const struct pairs *fields, const char *name, const char *call, const char **text,
    long long *seconds, struct err *err)
{
        const char *found = api_get_text(fields, name);
        long long left = pairs_get_number(fields, "expires_in", 0);

        if (!api_is_token(found) || left < 1 || left > VALID_SECONDS_MAX)
                return err_set(err, ERR_UPSTREAM, "%s: no %s or expires_in", call, name);
        *text = found;
        *seconds = left;
        return 0;
}

int
api_parse_stable_token(
    const struct pairs *fields, const char **token, long long *seconds, struct err *err)
{
        return parse_secret(fields, "access_token", "stable_token", token, seconds, err);
}

int
api_parse_ticket(
    const struct pairs *fields, const char **ticket, long long *seconds, struct err *err)
{
        return parse_secret(fields, "ticket", "getticket", ticket, seconds, err);
}

int
api_parse_qrcode(const struct pairs *fields, const char **url, struct err *err)
{
        const char *text = api_get_text(fields, "url");

        if (text == NULL || strlen(text) > QRCODE_URL_MAX || strncmp(text, "http", 4) != 0)
                return err_set(err, ERR_UPSTREAM, "qrcode/create: no url");
        *url = text;
        return 0;
}

void
api_sign_page(struct arena *arena, const char *jsapi_ticket, const char *nonce, long long timestamp,
    const char *url, char signature[DIGEST_SHA1_HEX_SIZE + 1])
{
        const char *text = arena_printf(arena, "jsapi_ticket=%s&noncestr=%s&timestamp=%lld&url=%s",
            jsapi_ticket, nonce, timestamp, url);

        digest_sha1_hex(text, strlen(text), signature);
}
