/*
 * tokens: WeChat's tokens of users who are signed in, one record for each session, with the
 * session's name as key. The record is deleted with the session.
 */
#ifndef WECHAT_TOKENS_H
#define WECHAT_TOKENS_H

#include <stdbool.h>

struct app;
struct token_response;

/* Stores a session's token response, valid from created to expires (seconds since 1970). With
 * replace it replaces the existing one. Errors as state_create() or state_replace(). */
int tokens_write(struct app *app, const char *name, const struct token_response *grant,
    long long created, long long expires, bool replace) __attribute__((warn_unused_result));

/* Reads a session's token response. If access_token is "", there is nothing to ask WeChat about.
 * ERR_NOT_FOUND: the session has ended. ERR_SYSTEM. */
int tokens_read(struct app *app, const char *name, struct token_response *grant)
    __attribute__((warn_unused_result));

#endif
