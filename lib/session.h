/*
 * session: who is signed in. The token, 43 characters, is the browser's; the store has its hash.
 */
#ifndef WECHAT_SESSION_H
#define WECHAT_SESSION_H

#include <stdbool.h>

#include "pairs.h"

struct app;
struct store_record;
struct wechat_grant;

struct session {
        const char *token;
        const char *openid;
        const char *scope;
        const char *signin; /* the state of the sign-in that opened it */
        long long created;  /* seconds since 1970 */
        long long expires;
        struct pairs user; /* the user's members (user.h) */
};

/* Stores the user, opens a session and sets its cookie. The browser's earlier session, if any,
 * ends. grant: kept for validate.cgi's live=1. profile: at least openid. */
int session_open(struct app *app, const struct wechat_grant *grant, const struct pairs *profile,
    const char *signin) __attribute__((warn_unused_result));

/* The session of a token that is in force now. ERR_NOT_FOUND: there is none, whatever the reason;
 * ERR_SYSTEM. token may be NULL. */
int session_read(struct app *app, const char *token, struct session *session)
    __attribute__((warn_unused_result));

/* The same for the request's cookie. */
int session_of_browser(struct app *app, struct session *session)
    __attribute__((warn_unused_result));

/* Ends a session: from here on it is not in force, and what let the same sign-in open another one
 * is gone. The browser's cookies go with it. */
int session_close(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

/* Deletes a user and all their sessions; one who is not there is no error. */
int session_forget_openid(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* The same for who is signed in here; the browser's cookies go with it. */
int session_forget_user(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

/* The name that a token's session has in the store and in the user's list; its grant is stored
 * under this name as key. */
const char *session_name(struct app *app, const char *token);

/* Sets the record's fields to the grant: openid, scope, access_token, refresh_token,
 * access_expires (seconds since 1970). */
void session_grant_record(
    struct app *app, const struct wechat_grant *grant, struct store_record *record);

/* The token that the forms of a signed-in page carry. */
const char *session_csrf(struct app *app, const struct session *session);

/* Does the posted form come from our own page: by its csrf field, or Sec-Fetch-Site: same-origin?
 */
bool session_is_own_form(struct app *app, const struct session *session);

#endif
