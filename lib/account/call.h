/*
 * call: calls to WeChat's API in the account's own name, with its (base) access_token, and its
 * jsapi_ticket. Programs that include this link libcurl; their .prepare is upstream_prepare().
 *
 * Of many processes that need the token at the same moment one asks WeChat; those that still have
 * one use it, since WeChat accepts it for five more minutes, and the others wait. A token that
 * WeChat refuses is renewed once.
 *
 * Facts: "获取稳定版接口调用凭据", "获取 jsapi_ticket", "生成带参数的二维码" (Official Accounts
 * documentation).
 */
#ifndef WECHAT_CALL_H
#define WECHAT_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "account/kept.h"

struct app;
struct http_file;

/* A call. Without json and file it is a GET. */
struct account_request {
        const char *path;  /* "/cgi-bin/menu/get" */
        const char *query; /* without access_token: "openid=…&lang=zh_CN"; NULL: none */
        const char *json;  /* the body; its texts hold characters, as WeChat refuses \u
                            * escapes (40033) */
        const struct http_file *file; /* the body is a form with this file */
        bool wants_file;              /* the answer may be a file; otherwise it has to be JSON */
        size_t answer_max;            /* bytes; 0: HTTP_BODY_MAX */
        int timeout_ms;               /* 0: what is left of HTTP_TOTAL_MS */
};

struct account_answer {
        char *body; /* JSON as WeChat sent it, or a file's bytes; a NUL follows */
        size_t size;
        const char *type; /* its Content-Type */
        bool is_file;     /* it is not JSON, but the file that was asked for */
};

/*
 * Makes a call. While WeChat is busy (-1), again after one, two and four seconds, as long as the
 * time allows. An errcode: -1, with what to do about it in app->err (errcode.h), and *answer is
 * set; for all other errors answer->body is NULL: ERR_TIMEOUT, ERR_UPSTREAM, ERR_CONFIG, ERR_BUSY,
 * ERR_SYSTEM.
 */
int account_call(struct app *app, const struct account_request *request,
    struct account_answer *answer) __attribute__((warn_unused_result));

/* Gives the token or the ticket in force, for other programs; asks WeChat if it is due. Errors as
 * account_call(). */
int account_get(struct app *app, enum kept_kind kind, struct kept *kept)
    __attribute__((warn_unused_result));

/* Creates a QR code of the account for a scene (1 to 64 letters, digits, '-' and '_') that is valid
 * for so many seconds. *url: what the QR code holds. Errors as account_call(). */
int account_create_qrcode(struct app *app, const char *scene, int seconds, const char **url)
    __attribute__((warn_unused_result));

#endif
