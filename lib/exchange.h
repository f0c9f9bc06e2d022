/*
 * exchange: the conversations with WeChat's API, each over one connection, with the reactions to
 * its errcodes. Only programs that include this link libcurl.
 */
#ifndef WECHAT_EXCHANGE_H
#define WECHAT_EXCHANGE_H

#include <stdbool.h>

struct app;
struct pairs;
struct session;
struct wechat_grant;

/*
 * Code to grant, and unless the grant is snsapi_base or a snapshot user's, grant to profile; else
 * profile holds the openid (and unionid) only. -1: app->err, and *again is the scope to begin a new
 * sign-in with where that helps, else NULL.
 */
int exchange_code(struct app *app, const char *code, struct wechat_grant *grant,
    struct pairs *profile, const char **again) __attribute__((warn_unused_result));

/* Asks WeChat whether the session's grant holds (/sns/auth), refreshing it first where it has
 * expired. *granted is the answer; -1: WeChat could not be asked. */
int exchange_check(struct app *app, const struct session *session, bool *granted)
    __attribute__((warn_unused_result));

#endif
