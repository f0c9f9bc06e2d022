/*
 * grant: WeChat's tokens for who is signed in, one record a session, under the session's name as
 * key. It ends with the session.
 */
#ifndef WECHAT_GRANT_H
#define WECHAT_GRANT_H

#include <stdbool.h>

struct app;
struct wechat_grant;

/* Stores a session's grant, from created to expires (seconds since 1970); with replace in the place
 * of the one that is there. */
int grant_write(struct app *app, const char *name, const struct wechat_grant *grant,
    long long created, long long expires, bool replace) __attribute__((warn_unused_result));

/* One without access_token: there is none that WeChat could be asked about. ERR_NOT_FOUND: the
 * session has ended. */
int grant_read(struct app *app, const char *name, struct wechat_grant *grant)
    __attribute__((warn_unused_result));

#endif
