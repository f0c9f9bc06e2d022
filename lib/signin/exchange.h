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
struct token_response;

struct exchange_failure {
        const char *again; /* the scope to begin a new sign-in with where that helps, else NULL */
        bool refused; /* WeChat answered that it does not take the code; else it may be spent */
};

/* The .prepare of programs that use the functions below (app.h); app->own is then theirs. Looks
 * WeChat's address up while the sockets for that are to be had. */
void exchange_prepare(struct app *app);

/*
 * Code to grant, and where the grant covers it and is no snapshot user's, grant to profile; else
 * profile holds the openid (and unionid) only. -1: app->err and *failure.
 */
int exchange_code(struct app *app, const char *scope, const char *code,
    struct token_response *grant, struct pairs *profile, struct exchange_failure *failure)
    __attribute__((warn_unused_result));

/* The code of a mini program (wx.login) to grant and profile, which holds openid and unionid. */
int exchange_mini(struct app *app, const char *js_code, struct token_response *grant,
    struct pairs *profile) __attribute__((warn_unused_result));

/* Asks WeChat whether the session's grant holds (/sns/auth), refreshing it first where it has
 * expired. *granted is the answer, true for a session that has no such grant; -1: WeChat could not
 * be asked. */
int exchange_check(struct app *app, const struct session *session, bool *granted)
    __attribute__((warn_unused_result));

#endif
