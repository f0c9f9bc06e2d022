/*
 * api: WeChat's web authorization as text: its links, its answers, what its errors ask for.
 *
 * Facts: "微信网页授权" (Official Accounts documentation) and "全局返回码说明".
 */
#ifndef WECHAT_API_H
#define WECHAT_API_H

#include <stdbool.h>
#include <stddef.h>

#include "wechat/errcode.h"
#include "base/pairs.h"

struct arena;
struct conf;
struct err;

enum { WECHAT_OPENID_MAX = 64, WECHAT_UNIONID_MAX = 128 };

/* A user's grant: the answer to the code exchange and to a refresh. */
struct token_response {
        const char *access_token;
        const char *refresh_token;
        long long expires_in; /* seconds, 7200 */
        const char *openid;
        const char *scope;
        const char *unionid; /* NULL where there is none */
        bool is_snapshotuser;
};

/* The scope of sessions that a mini program opened. WeChat has no name for it; snsapi_login is that
 * of a website application (open platform, "网站应用微信登录"). */
#define WECHAT_SCOPE_MINI "mini"
#define WECHAT_SCOPE_WEBSITE "snsapi_login"

/* Does a grant of that scope cover the profile? */
bool api_scope_has_profile(const char *scope);

/* The link that a sign-in begins with; for WECHAT_SCOPE_WEBSITE to WeChat's QR page for computers.
 * WeChat matches it by a regular expression: the order of its parameters, their case and the
 * fragment are fixed. */
char *api_authorize_url(struct arena *arena, const struct conf *conf, const char *redirect_uri,
    const char *scope, const char *state);

/* The links of the calls to api_url, by the account that the scope belongs to. The first and the
 * last hold its AppSecret. */
char *api_token_url(
    struct arena *arena, const struct conf *conf, const char *scope, const char *code);
char *api_refresh_url(
    struct arena *arena, const struct conf *conf, const char *scope, const char *refresh_token);
char *api_profile_url(
    struct arena *arena, const struct conf *conf, const struct token_response *grant);
char *api_auth_url(
    struct arena *arena, const struct conf *conf, const char *access_token, const char *openid);
char *api_mini_url(struct arena *arena, const struct conf *conf, const char *js_code);

/*
 * Reads an answer of size bytes. 0: it is a success and fields holds its members. -1: err has
 * kind, errcode and rid; an errcode is taken as a number or as a string.
 */
int api_parse_answer(struct arena *arena, const char *body, size_t size, struct pairs *fields,
    struct err *err) __attribute__((warn_unused_result));

/* An answer that is a grant. ERR_UPSTREAM: a field is missing or has not its form. */
int api_parse_token_response(struct arena *arena, const char *body, size_t size,
    struct token_response *grant, struct err *err) __attribute__((warn_unused_result));

/* An answer to jscode2session ("小程序登录"), as a grant of WECHAT_SCOPE_MINI that has no tokens:
 * the session_key in it is left where it is. ERR_UPSTREAM: no openid. */
int api_parse_mini(struct arena *arena, const char *body, size_t size, struct token_response *grant,
    struct err *err) __attribute__((warn_unused_result));

/*
 * An answer that is a profile: openid, nickname, sex (0, 1, 2), province, city, country,
 * headimgurl, privilege items, unionid; those that came and are not empty. An avatar stays only
 * when it is https on qlogo.cn, or on the origin avatar_origin (NULL: none). ERR_UPSTREAM: no
 * openid, or another than openid.
 */
int api_parse_profile(struct arena *arena, const char *body, size_t size, const char *openid,
    const char *avatar_origin, struct pairs *profile, struct err *err)
    __attribute__((warn_unused_result));

/* Is text an openid: 1–64 of letters, digits, '-' and '_'? */
bool api_is_openid(const char *text);

#endif
