/*
 * exchange: the calls of a sign-in to WeChat's API, each sequence over one connection, with the
 * reactions to errcodes. Programs that include this link libcurl; their .prepare is
 * upstream_prepare().
 */
#ifndef WECHAT_EXCHANGE_H
#define WECHAT_EXCHANGE_H

#include <stdbool.h>

struct app;
struct pairs;
struct session;
struct token_response;

struct exchange_failure {
        const char *again; /* the scope for a new sign-in if that helps, else NULL */
        bool refused;      /* WeChat refused the code; otherwise it may be spent */
};

/*
 * Exchanges the code for a token response, and that for a profile if the scope covers it and this
 * is no snapshot user; otherwise profile has only the openid (and unionid). -1: sets app->err and
 * *failure.
 */
int exchange_code(struct app *app, const char *scope, const char *code,
    struct token_response *grant, struct pairs *profile, struct exchange_failure *failure)
    __attribute__((warn_unused_result));

/* Exchanges the code of a mini program (wx.login) for a token response and a profile, which has
 * openid and unionid. */
int exchange_mini(struct app *app, const char *js_code, struct token_response *grant,
    struct pairs *profile) __attribute__((warn_unused_result));

/* Asks WeChat whether the session's authorization is still valid (/sns/auth), after refreshing
 * expired tokens. *granted is the answer, true for a session without tokens. -1: WeChat could not
 * be asked. */
int exchange_check(struct app *app, const struct session *session, bool *granted)
    __attribute__((warn_unused_result));

#endif
