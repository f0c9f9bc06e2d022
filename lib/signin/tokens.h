/*
 * tokens: WeChat's tokens for who is signed in, one record a session, under the session's name as
 * key. It ends with the session.
 */
#ifndef WECHAT_TOKENS_H
#define WECHAT_TOKENS_H

#include <stdbool.h>

struct app;
struct token_response;

/* Stores a session's grant, from created to expires (seconds since 1970); with replace in the place
 * of the one that is there. */
int tokens_write(struct app *app, const char *name, const struct token_response *grant,
    long long created, long long expires, bool replace) __attribute__((warn_unused_result));

/* One without access_token: there is none that WeChat could be asked about. ERR_NOT_FOUND: the
 * session has ended. */
int tokens_read(struct app *app, const char *name, struct token_response *grant)
    __attribute__((warn_unused_result));

#endif
