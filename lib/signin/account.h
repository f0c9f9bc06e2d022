/*
 * account: calls to WeChat in the account's own name, with its (base) access_token.
 *
 * The token is stored in the state. It is renewed before it ends, by one process; until then the
 * others use the old one, which WeChat accepts for five more minutes. It is in no log and no page.
 *
 * Facts: "获取稳定版接口调用凭据", "生成带参数的二维码" (Official Accounts documentation).
 */
#ifndef WECHAT_ACCOUNT_H
#define WECHAT_ACCOUNT_H

struct app;

/* The program's .prepare is exchange_prepare(). */

/* Creates a QR code of the account for a scene (1 to 64 letters, digits, '-' and '_') that is valid
 * for so many seconds. *url: what the QR code holds. A token that WeChat refuses is renewed once.
 * Errors are those of WeChat's errcodes (errcode.c); ERR_TIMEOUT, ERR_UPSTREAM, ERR_SYSTEM. */
int account_create_qrcode(struct app *app, const char *scene, int seconds, const char **url)
    __attribute__((warn_unused_result));

#endif
