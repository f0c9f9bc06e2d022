/*
 * tokens: WeChat's tokens of people who are signed in, one record for each session, with the
 * session's name as key. It is deleted with the session.
 */
#ifndef WECHAT_TOKENS_H
#define WECHAT_TOKENS_H

#include <stdbool.h>

struct app;
struct token_response;

/* Stores a session's token response, valid from created to expires (seconds since 1970). With
 * replace it replaces the existing one. */
int tokens_write(struct app *app, const char *name, const struct token_response *grant,
    long long created, long long expires, bool replace) __attribute__((warn_unused_result));

/* Reads a session's token response. Without an access_token, there is none that WeChat could be
 * asked about. ERR_NOT_FOUND: the session has ended. */
int tokens_read(struct app *app, const char *name, struct token_response *grant)
    __attribute__((warn_unused_result));

#endif
