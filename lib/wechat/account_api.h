/*
 * account_api: the calls with the account's own access_token, as text: URLs, bodies, answers, and
 * the signature of the JS-SDK.
 *
 * Facts: "获取稳定版接口调用凭据", "生成带参数的二维码", "JS-SDK 使用权限签名算法" (Official
 * Accounts documentation).
 */
#ifndef WECHAT_ACCOUNT_API_H
#define WECHAT_ACCOUNT_API_H

#include "format/digest.h"

struct arena;
struct conf;
struct err;
struct pairs;

/* Return URL and JSON of the call for the access_token; the JSON contains the AppSecret. */
char *api_stable_token_url(struct arena *arena, const struct conf *conf);
char *api_stable_token_json(struct arena *arena, const struct conf *conf);

/* Returns the URL of a call with that path. query: further fields, encoded; NULL: none. */
char *api_call_url(struct arena *arena, const struct conf *conf, const char *path,
    const char *access_token, const char *query);

/* Returns the JSON for a temporary QR code: scene has 1 to 64 letters, digits, '-' and '_', and the
 * code is valid for so many seconds, 2,592,000 at most. */
char *api_qrcode_json(struct arena *arena, const char *scene, int seconds);

/* Read the members of the answers. *seconds: how long token or ticket are valid; *url: what the QR
 * code holds. ERR_UPSTREAM: a member is missing or malformed. */
int api_parse_stable_token(const struct pairs *fields, const char **token, long long *seconds,
    struct err *err) __attribute__((warn_unused_result));
int api_parse_ticket(const struct pairs *fields, const char **ticket, long long *seconds,
    struct err *err) __attribute__((warn_unused_result));
int api_parse_qrcode(const struct pairs *fields, const char **url, struct err *err)
    __attribute__((warn_unused_result));

/* Computes the signature for wx.config(): url is the page's, up to '#'. */
void api_sign_page(struct arena *arena, const char *jsapi_ticket, const char *nonce,
    long long timestamp, const char *url, char signature[DIGEST_SHA1_HEX_SIZE + 1]);

#endif
