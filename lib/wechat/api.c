#include "wechat/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "base/err.h"
#include "wechat/errcode.h"
#include "format/json.h"
#include "base/mend.h"
#include "base/text.h"
#include "format/url.h"

enum {
        TOKEN_MAX = 1024,
        AVATAR_URL_MAX = 1000,
        PROFILE_TEXT_MAX = 512,
        PRIVILEGE_MAX = 64,
        PRIVILEGES_MAX = 64
};

struct account {
        const char *appid;
        const char *secret;
};

/* Returns the account that token responses with that scope belong to. */
static struct account
account_of(const struct conf *conf, const char *scope)
{
        if (strcmp(scope, WECHAT_SCOPE_WEBSITE) == 0)
                return (struct account){conf->website_appid, conf->website_secret};
        if (strcmp(scope, WECHAT_SCOPE_MINI) == 0)
                return (struct account){conf->mini_appid, conf->mini_secret};
        return (struct account){conf->appid, conf->secret};
}

bool
api_scope_has_profile(const char *scope)
{
        return strstr(scope, "snsapi_userinfo") != NULL ||
               strstr(scope, WECHAT_SCOPE_WEBSITE) != NULL;
}

char *
api_authorize_url(struct arena *arena, const struct conf *conf, const char *redirect_uri,
    const char *scope, const char *state)
{
        bool website = strcmp(scope, WECHAT_SCOPE_WEBSITE) == 0;

        return arena_printf(arena,
            "%s/connect/%s?appid=%s&redirect_uri=%s&response_type=code"
            "&scope=%s&state=%s#wechat_redirect",
            conf->open_url, website ? "qrconnect" : "oauth2/authorize",
            account_of(conf, scope).appid, url_encode(arena, redirect_uri), scope, state);
}

char *
api_token_url(struct arena *arena, const struct conf *conf, const char *scope, const char *code)
{
        struct account account = account_of(conf, scope);

        return arena_printf(arena,
            "%s/sns/oauth2/access_token?appid=%s&secret=%s&code=%s&grant_type=authorization_code",
            conf->api_url, account.appid, account.secret, url_encode(arena, code));
}

char *
api_refresh_url(
    struct arena *arena, const struct conf *conf, const char *scope, const char *refresh_token)
{
        return arena_printf(arena,
            "%s/sns/oauth2/refresh_token?appid=%s&grant_type=refresh_token&refresh_token=%s",
            conf->api_url, account_of(conf, scope).appid, url_encode(arena, refresh_token));
}

char *
api_mini_url(struct arena *arena, const struct conf *conf, const char *js_code)
{
        struct account account = account_of(conf, WECHAT_SCOPE_MINI);

        return arena_printf(arena,
            "%s/sns/jscode2session?appid=%s&secret=%s&js_code=%s&grant_type=authorization_code",
            conf->api_url, account.appid, account.secret, url_encode(arena, js_code));
}

char *
api_profile_url(struct arena *arena, const struct conf *conf, const struct token_response *grant)
{
        return arena_printf(arena, "%s/sns/userinfo?access_token=%s&openid=%s&lang=%s",
            conf->api_url, url_encode(arena, grant->access_token), grant->openid, conf->language);
}

char *
api_auth_url(
    struct arena *arena, const struct conf *conf, const char *access_token, const char *openid)
{
        return arena_printf(arena, "%s/sns/auth?access_token=%s&openid=%s", conf->api_url,
            url_encode(arena, access_token), openid);
}

/* Returns the request id from "… rid: 5f9f9ee7-2d2a1b1b-0a0a0a0a", limited to characters that may
 * appear in a page. */
static void
find_rid(const char *errmsg, char *rid, size_t room)
{
        const char *found = strstr(errmsg, "rid:");
        size_t size = 0;

        if (found == NULL)
                return;
        found += strlen("rid:");
        found += strspn(found, " ");
        size = strspn(found, "0123456789abcdefABCDEF-");
        if (size < room) {
                memcpy(rid, found, size);
                rid[size] = '\0';
        }
}

int
api_parse_answer(
    struct arena *arena, const char *body, size_t size, struct pairs *fields, struct err *err)
{
        const char *text;
        long long errcode;

        body = mend_text(arena, body, size, &size);
        if (json_parse(arena, body, size, fields, err) != 0)
                return err->kind != ERR_UPSTREAM
                           ? -1
                           : err_set(err, ERR_UPSTREAM,
                                 "WeChat's answer is not JSON: does a proxy or a firewall of the "
                                 "host answer in its place?");
        text = pairs_get(fields, "errcode");
        errcode = pairs_get_number(fields, "errcode", text == NULL ? 0 : -999);
        if (errcode == 0)
                return 0;
        if (errcode < -999999 || errcode > 99999999)
                errcode = -999;
        errcode_explain(arena, (int)errcode, pairs_get_text(fields, "errmsg"), err);
        find_rid(pairs_get_text(fields, "errmsg"), err->rid, sizeof(err->rid));
        return -1;
}

bool
api_is_token(const char *text)
{
        size_t size = 0;

        for (; text != NULL && text[size] != '\0'; size++)
                if (text[size] < 0x21 || text[size] > 0x7e)
                        return false;
        return size >= 1 && size <= TOKEN_MAX;
}

const char *
api_get_text(const struct pairs *fields, const char *name)
{
        for (size_t i = 0; i < fields->count; i++) {
                const struct pair *pair = &fields->items[i];

                if (strcmp(pair->name, name) == 0)
                        return pair->type == PAIR_TEXT && *pair->value != '\0' ? pair->value : NULL;
        }
        return NULL;
}

int
api_parse_token_response(struct arena *arena, const char *body, size_t size,
    struct token_response *grant, struct err *err)
{
        struct token_response g;
        struct pairs fields;

        pairs_init(&fields, arena);
        if (api_parse_answer(arena, body, size, &fields, err) != 0)
                return -1;
        g.access_token = api_get_text(&fields, "access_token");
        g.refresh_token = api_get_text(&fields, "refresh_token");
        g.expires_in = pairs_get_number(&fields, "expires_in", 0);
        g.openid = api_get_text(&fields, "openid");
        g.scope = api_get_text(&fields, "scope");
        g.unionid = api_get_text(&fields, "unionid");
        g.is_snapshotuser = pairs_get_number(&fields, "is_snapshotuser", 0) == 1;
        if (g.openid == NULL || !api_is_openid(g.openid))
                return err_set(err, ERR_UPSTREAM, "token response: no openid");
        if (!api_is_token(g.access_token))
                return err_set(err, ERR_UPSTREAM, "token response: no access_token");
        if (g.refresh_token != NULL && !api_is_token(g.refresh_token))
                return err_set(err, ERR_UPSTREAM, "token response: bad refresh_token");
        if (g.expires_in < 1 || g.expires_in > 366LL * 86400)
                return err_set(err, ERR_UPSTREAM, "token response: bad expires_in");
        if (g.scope == NULL || strspn(g.scope, "abcdefghijklmnopqrstuvwxyz_,") != strlen(g.scope))
                return err_set(err, ERR_UPSTREAM, "token response: no scope");
        if (g.unionid != NULL && !text_is_id(g.unionid, 1, WECHAT_UNIONID_MAX))
                return err_set(err, ERR_UPSTREAM, "token response: bad unionid");
        if (g.refresh_token == NULL)
                g.refresh_token = "";
        *grant = g;
        return 0;
}

int
api_parse_mini(struct arena *arena, const char *body, size_t size, struct token_response *grant,
    struct err *err)
{
        struct token_response g = {
            .access_token = "", .refresh_token = "", .scope = WECHAT_SCOPE_MINI};
        struct pairs fields;

        pairs_init(&fields, arena);
        if (api_parse_answer(arena, body, size, &fields, err) != 0)
                return -1;
        g.openid = api_get_text(&fields, "openid");
        g.unionid = api_get_text(&fields, "unionid");
        if (g.openid == NULL || !api_is_openid(g.openid))
                return err_set(err, ERR_UPSTREAM, "jscode2session: no openid");
        if (g.unionid != NULL && !text_is_id(g.unionid, 1, WECHAT_UNIONID_MAX))
                return err_set(err, ERR_UPSTREAM, "jscode2session: bad unionid");
        *grant = g;
        return 0;
}

/* Returns the avatar's link as https if it may be shown, else NULL. */
static const char *
safe_avatar(struct arena *arena, const char *url, const char *avatar_origin)
{
        const char *rest, *slash;
        size_t host;

        if (url == NULL || strlen(url) > AVATAR_URL_MAX ||
            url[strcspn(url, " \"'<>\\^`{|}")] != '\0')
                return NULL;
        for (const char *p = url; *p != '\0'; p++)
                if (*p < 0x21 || *p > 0x7e)
                        return NULL;
        if (avatar_origin != NULL && text_starts_with(url, avatar_origin) &&
            url[strlen(avatar_origin)] == '/')
                return url;
        if (text_starts_with(url, "https://"))
                rest = url + strlen("https://");
        else if (text_starts_with(url, "http://"))
                rest = url + strlen("http://");
        else
                return NULL;
        slash = strchr(rest, '/');
        host = slash == NULL ? 0 : (size_t)(slash - rest);
        if (strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789.-") != host || host < 10 ||
            memcmp(slash - 9, ".qlogo.cn", 9) != 0)
                return NULL;
        return arena_printf(arena, "https://%s", rest);
}

int
api_parse_profile(struct arena *arena, const char *body, size_t size, const char *openid,
    const char *avatar_origin, struct pairs *profile, struct err *err)
{
        static const char *const texts[] = {"nickname", "province", "city", "country"};
        struct pairs fields;
        const char *value;
        long long sex;

        pairs_init(&fields, arena);
        if (api_parse_answer(arena, body, size, &fields, err) != 0)
                return -1;
        value = api_get_text(&fields, "openid");
        if (value == NULL || strcmp(value, openid) != 0)
                return err_set(err, ERR_UPSTREAM, "profile: the answer is for another user");
        pairs_add(profile, "openid", openid);
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                if ((value = api_get_text(&fields, texts[i])) != NULL)
                        pairs_add(profile, texts[i],
                            arena_copy(arena, value, text_cut(value, PROFILE_TEXT_MAX)));
        value = api_get_text(&fields, "unionid");
        if (value != NULL && text_is_id(value, 1, WECHAT_UNIONID_MAX))
                pairs_add(profile, "unionid", value);
        sex = pairs_get_number(&fields, "sex", 0);
        pairs_add_number(profile, "sex", sex == 1 || sex == 2 ? sex : 0);
        pairs_add(profile, "headimgurl",
            safe_avatar(arena, api_get_text(&fields, "headimgurl"), avatar_origin));
        for (size_t i = 0; i < fields.count && i < PRIVILEGES_MAX; i++)
                if (strcmp(fields.items[i].name, "privilege") == 0 &&
                    fields.items[i].type == PAIR_ITEM &&
                    strlen(fields.items[i].value) <= PRIVILEGE_MAX)
                        pairs_add_typed(profile, "privilege", fields.items[i].value, PAIR_ITEM);
        return 0;
}

bool
api_is_openid(const char *text)
{
        return text_is_id(text, 1, WECHAT_OPENID_MAX);
}
