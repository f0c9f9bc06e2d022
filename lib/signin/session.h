/*
 * session: who is signed in. The token, 43 characters, is the browser's; the store has its hash.
 */
#ifndef WECHAT_SESSION_H
#define WECHAT_SESSION_H

#include <stdbool.h>

#include "base/pairs.h"

struct app;
struct token_response;

/* The scope of a session that a page under local development has: it may read, and ends within an
 * hour. */
#define SESSION_SCOPE_DEV "dev"

struct session {
        const char *token; /* NULL where only the name is known */
        const char *name;  /* in the store and in the user's list */
        const char *generation;
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

/* Stores the user and opens a session, as WeChat has said who it is. *token: NULL, or the token
 * that it is to have; the one that it has comes back. grant: kept for validate.cgi's live=1.
 * profile: what WeChat says of the user, at least openid. signin: the state of the sign-in, or the
 * name of another way. ERR_EXPIRED: the user was forgotten at the same moment. */
int session_create(struct app *app, const struct token_response *grant, const struct pairs *profile,
    const char *signin, const char **token) __attribute__((warn_unused_result));

/* The same for the browser that asks: it gets the token, which may be NULL, as its cookie, and its
 * earlier session, if any, ends. */
int session_open(struct app *app, const char *token, const struct token_response *grant,
    const struct pairs *profile, const char *signin) __attribute__((warn_unused_result));

/* What both are made of, for ticket.h as well. A random token where *token is NULL; the records of
 * a session of that token, whose name, signin, generation and expires are given, while ended names
 * those that go; the browser's cookie. */
int session_draw_token(struct app *app, const char **token) __attribute__((warn_unused_result));
int session_write(struct app *app, const char *token, const struct token_response *grant,
    const struct session *session, const struct pairs *ended) __attribute__((warn_unused_result));
int session_give_browser(struct app *app, const char *token, long long expires)
    __attribute__((warn_unused_result));

/*
 * Is the session of that name still in force, after something was written for it? Who ends a
 * session deletes what is there; what was written a moment later would stay. So who has written
 * looks once more: if it is not, the session of the name written is deleted, and ERR_EXPIRED.
 */
int session_check(struct app *app, const char *name, const char *written)
    __attribute__((warn_unused_result));

/* Deletes the session of that name and what is kept with it; all sessions that are named by values.
 */
int session_delete(struct app *app, const char *name) __attribute__((warn_unused_result));
int session_delete_all(struct app *app, const struct pairs *names)
    __attribute__((warn_unused_result));

/* The session of a token that is in force now. ERR_NOT_FOUND: there is none, whatever the reason;
 * ERR_SYSTEM. token may be NULL. */
int session_read(struct app *app, const char *token, struct session *session)
    __attribute__((warn_unused_result));

/* The same by name; there is no token then. */
int session_read_name(struct app *app, const char *name, struct session *session)
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

/* The same for the request's cookie where somebody asks to be forgotten: also where the user's file
 * cannot be read; then session->user is empty. */
int session_to_forget(struct app *app, struct session *session) __attribute__((warn_unused_result));

/* For what more than reading takes: ERR_DENIED where it is the session of a page under local
 * development. */
int session_check_power(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

/* Ends a session: from here on it is not in force, and what let the same sign-in open another one
 * is gone. The browser's cookies go with it. */
int session_close(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

/* The name that a token's session has in the store and in the user's list; its grant is stored
 * under this name as key. */
const char *session_name(struct app *app, const char *token);

/* Puts another grant in the place of the session's. ERR_EXPIRED: the session has ended. */
int session_replace_grant(struct app *app, const struct session *session,
    const struct token_response *grant) __attribute__((warn_unused_result));

/* What the session's pages hand over to one another; none where nothing was. It ends with the
 * session. ERR_EXPIRED: that has ended meanwhile. */
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
