/*
 * api: WeChat's web authorization as text: its links, its answers, and how to react to its errors.
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

/* A token response (RFC 6749, section 5.1): the answer to the code exchange and to a refresh. */
struct token_response {
        const char *access_token;
        const char *refresh_token;
        long long expires_in; /* seconds, 7200 */
        const char *openid;
        const char *scope;
        const char *unionid; /* NULL if there is none */
        bool is_snapshotuser;
};

/* The scope of sessions opened by a mini program, for which WeChat has no name. snsapi_login is
 * that of a website application (open platform, "网站应用微信登录"). */
#define WECHAT_SCOPE_MINI "mini"
#define WECHAT_SCOPE_WEBSITE "snsapi_login"

/* The scopes of sessions opened by a message to the account, or by a scan of its QR code: neither
 * tells a name. */
#define WECHAT_SCOPE_MESSAGE "message"
#define WECHAT_SCOPE_SCENE "scene"

/* Does a token response with that scope cover the profile? */
bool api_scope_has_profile(const char *scope);

/* Returns the link that begins a sign-in; for WECHAT_SCOPE_WEBSITE, that of WeChat's QR page for
 * computers. WeChat matches it with a regular expression: the order and case of its parameters and
 * the fragment are fixed. */
char *api_authorize_url(struct arena *arena, const struct conf *conf, const char *redirect_uri,
    const char *scope, const char *state);

/* Return the URLs of the calls to api_url, for the account that the scope belongs to.
 * api_token_url() and api_mini_url() contain its AppSecret. */
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
 * Parses an answer of size bytes. 0: it is a success, and fields has its members. -1: err has kind,
 * errcode and rid; an errcode may be a number or a string.
 */
int api_parse_answer(struct arena *arena, const char *body, size_t size, struct pairs *fields,
    struct err *err) __attribute__((warn_unused_result));

/* Parses a token response. ERR_UPSTREAM: a field is missing or malformed. */
int api_parse_token_response(struct arena *arena, const char *body, size_t size,
    struct token_response *grant, struct err *err) __attribute__((warn_unused_result));

/* Parses an answer to jscode2session ("小程序登录") as a token response of WECHAT_SCOPE_MINI
 * without tokens; the session_key is ignored. ERR_UPSTREAM: no openid. */
int api_parse_mini(struct arena *arena, const char *body, size_t size, struct token_response *grant,
    struct err *err) __attribute__((warn_unused_result));

/*
 * Parses a profile: openid, nickname, sex (0, 1, 2), province, city, country, headimgurl, privilege
 * items, unionid; only members that are given and not empty. An avatar is kept only if it is https
 * on qlogo.cn, or on the origin avatar_origin (NULL: none). ERR_UPSTREAM: no openid, or another one
 * than openid.
 */
int api_parse_profile(struct arena *arena, const char *body, size_t size, const char *openid,
    const char *avatar_origin, struct pairs *profile, struct err *err)
    __attribute__((warn_unused_result));

/* Returns a text member's value; NULL if it is missing, empty or of another type. */
const char *api_get_text(const struct pairs *fields, const char *name);

/* Is it a token that may appear in a record and a link: visible ASCII, not too long? */
bool api_is_token(const char *text);

/* Is text an openid: 1–64 of letters, digits, '-' and '_'? */
bool api_is_openid(const char *text);

#endif
