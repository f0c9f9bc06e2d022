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
        bool by_header;    /* the request named it by a header, which no other site's form can */
        struct pairs user; /* the user's members (user.h) */
};

/* Has WeChat told nickname and avatar, and has the user not taken that back? */
bool session_has_profile(const struct session *session);

/* Stores the user and opens a session. *token: NULL, or the token that it is to have; the one that
 * it has comes back. grant: kept for validate.cgi's live=1. profile: what WeChat says of the user,
 * at least openid; NULL: nothing new. signin: the state of the sign-in, or the name of another way.
 */
int session_create(struct app *app, const struct wechat_grant *grant, const struct pairs *profile,
    const char *signin, const char **token) __attribute__((warn_unused_result));

/* The same for the browser that asks: it gets the token, which may be NULL, as its cookie, and its
 * earlier session, if any, ends. */
int session_open(struct app *app, const char *token, const struct wechat_grant *grant,
    const struct pairs *profile, const char *signin) __attribute__((warn_unused_result));

/* The session of a token that is in force now. ERR_NOT_FOUND: there is none, whatever the reason;
 * ERR_SYSTEM. token may be NULL. */
int session_read(struct app *app, const char *token, struct session *session)
    __attribute__((warn_unused_result));

/* The same for the request's cookie. */
int session_of_browser(struct app *app, struct session *session)
    __attribute__((warn_unused_result));

/* The token by which a header of the request names a session: Authorization: Bearer, else
 * X-WX-Session. NULL: there is none of our kind, 43 characters of base64url. What else stands there
 * is for others: the password of the site, another application's token. */
const char *session_header_token(const struct app *app);

/* The same as session_of_browser() by session_header_token(), or where that is NULL by the cookie.
 */
int session_of_request(struct app *app, struct session *session)
    __attribute__((warn_unused_result));

/* Writes a ticket under key, by which someone else gets a session of the same person, once, within
 * so many seconds, while this one lasts: a record of the store that names it ("session"). more:
 * further fields of the record. ERR_EXISTS: there is a ticket of that key; ERR_FULL: too many are
 * open. */
int session_write_ticket(struct app *app, const struct session *session, const char *key,
    int seconds, const struct pairs *more) __attribute__((warn_unused_result));

/* The grant of the session that such a record names. ERR_EXPIRED: that has ended. */
int session_read_ticket(struct app *app, const struct store_record *ticket,
    struct wechat_grant *grant) __attribute__((warn_unused_result));

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

/* The grant of the session of that name, and when that was opened (seconds since 1970). One without
 * access_token: there is none that WeChat could be asked about. ERR_NOT_FOUND: the session has
 * ended. */
int session_read_grant(struct app *app, const char *name, struct wechat_grant *grant,
    long long *opened) __attribute__((warn_unused_result));

/* Puts another grant in its place. */
int session_replace_grant(struct app *app, const struct session *session,
    const struct wechat_grant *grant) __attribute__((warn_unused_result));

/* What the session's pages hand over to one another; none where nothing was. It ends with the
 * session. */
int session_read_values(struct app *app, const struct session *session, struct pairs *values)
    __attribute__((warn_unused_result));
int session_write_values(struct app *app, const struct session *session, const struct pairs *values)
    __attribute__((warn_unused_result));

/* The token that the forms of a signed-in page carry. */
const char *session_csrf(struct app *app, const struct session *session);

/* Does the posted form come from our own page, or from who has the token: by its csrf field, by
 * Sec-Fetch-Site: same-origin, or as the session was named by a header? */
bool session_is_own_form(struct app *app, const struct session *session);

#endif
