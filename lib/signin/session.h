/*
 * session: who is signed in. The browser has the token, 43 characters; the store has its hash.
 */
#ifndef WECHAT_SESSION_H
#define WECHAT_SESSION_H

#include <stdbool.h>

#include "base/pairs.h"

struct app;
struct token_response;

/* The scope of a session for a page under local development: it allows reading, and ends within an
 * hour. */
#define SESSION_SCOPE_DEV "dev"

struct session {
        const char *token; /* NULL if only the name is known */
        const char *name;  /* its name in the store and in the user's list */
        const char *generation;
        const char *openid;
        const char *scope;
        const char *signin;  /* the state of the sign-in that opened it */
        const char *browser; /* "Chrome, Windows"; "" if unknown (desktop.h) */
        const char *address; /* the client's, at that time; "" if unknown */
        long long created;   /* seconds since 1970 */
        long long expires;
        long long used; /* its last use that was noted (idle.h), or created */
        long long ends; /* at the latest expires; earlier, unless it is used (idle.h) */
        bool by_header; /* the request names it in a header, which another site's form cannot do */
        struct pairs user; /* the user's members (user.h) */
};

/* Has WeChat sent a nickname, which the user has not revoked since? */
bool session_has_profile(const struct session *session);

/* Stores the user and opens a session after WeChat has identified the user, if the user may come in
 * (admission.h). *token: the token to use, or NULL for a new one; returns the token. grant: kept
 * for validate.cgi's live=1. profile: WeChat's data about the user, at least the openid. signin:
 * the state of the sign-in, or the name of another way. An agreement (app->consented) is recorded.
 * ERR_EXPIRED: the user was forgotten, or blocked, at the same moment. Errors also as
 * admission_ask(). */
int session_create(struct app *app, const struct token_response *grant, const struct pairs *profile,
    const char *signin, const char **token) __attribute__((warn_unused_result));

/* As session_create(), for the browser that asks: it gets the token as its cookie (token may be
 * NULL), and its earlier session, if any, ends. ERR_EXPIRED also if the user must be asked first
 * (consent.h). */
int session_open(struct app *app, const char *token, const struct token_response *grant,
    const struct pairs *profile, const char *signin) __attribute__((warn_unused_result));

/* As session_open(), for somebody whom a push of WeChat's named; there is nothing else to store.
 * scope: WECHAT_SCOPE_MESSAGE or WECHAT_SCOPE_SCENE. */
int session_open_openid(struct app *app, const char *openid, const char *scope)
    __attribute__((warn_unused_result));

/* The parts of both, also for ticket.h: draw a random token if *token is NULL; write the records of
 * a session with that token, of which name, signin, generation and expires are set, and delete the
 * sessions in ended; set the browser's cookie and delete its earlier session. */
int session_draw_token(struct app *app, const char **token) __attribute__((warn_unused_result));
int session_write(struct app *app, const char *token, const struct token_response *grant,
    const struct session *session, const struct pairs *ended) __attribute__((warn_unused_result));
int session_give_browser(struct app *app, const char *token, long long expires)
    __attribute__((warn_unused_result));

/*
 * Checks that the session of that name is still valid after something was written for it. Ending a
 * session deletes what exists at that moment; anything written a moment later would stay. So the
 * writer checks again: if the session has ended, the session named written is deleted, and the
 * result is ERR_EXPIRED.
 */
int session_check(struct app *app, const char *name, const char *written)
    __attribute__((warn_unused_result));

/* Delete the session of that name and everything stored with it; or all sessions named by the
 * values. Programs that got tokens in it are told (programs.h). */
int session_delete(struct app *app, const char *name) __attribute__((warn_unused_result));
int session_delete_all(struct app *app, const struct pairs *names)
    __attribute__((warn_unused_result));

/* Ends sessions of one person, named by the values: deletes them, and takes them from the person's
 * list, so that they do not count among the MEMBER_SESSIONS_MAX. They are over even if the list
 * cannot be written, which is logged. ERR_SYSTEM: a record could not be deleted. */
int session_end(struct app *app, const char *openid, const struct pairs *names)
    __attribute__((warn_unused_result));

/* Finds the valid session of a token. ERR_NOT_FOUND: there is none, for whatever reason: a user
 * whom an owner has blocked has none. ERR_SYSTEM. token may be NULL. */
int session_read(struct app *app, const char *token, struct session *session)
    __attribute__((warn_unused_result));

/* Reads the record of a session, whether it is valid or not; session->user is empty. ERR_NOT_FOUND,
 * ERR_SYSTEM. */
int session_read_record(struct app *app, const char *name, struct session *session)
    __attribute__((warn_unused_result));

/* Sets used and ends of a session that was read. ERR_NOT_FOUND: it is over, since it was not used.
 * ERR_SYSTEM. */
int session_check_use(struct app *app, struct session *session) __attribute__((warn_unused_result));

/* As session_read(), by name; session->token is NULL. */
int session_read_name(struct app *app, const char *name, struct session *session)
    __attribute__((warn_unused_result));

/* The same for the request's cookie. */
int session_of_browser(struct app *app, struct session *session)
    __attribute__((warn_unused_result));

/* Returns the token in a header of the request: Authorization: Bearer, else X-WX-Session. NULL if
 * there is none of this kind, 43 characters of base64url. Other values belong to others: the site's
 * password protection, another application's token. */
const char *session_header_token(const struct app *app);

/* As session_read(), by session_header_token(), or if that is NULL by the cookie. */
int session_of_request(struct app *app, struct session *session)
    __attribute__((warn_unused_result));

/* As session_of_browser(), for a visitor who asks to be forgotten: works even if the user's file
 * cannot be read; session->user is then empty. */
int session_to_forget(struct app *app, struct session *session) __attribute__((warn_unused_result));

/* For actions other than reading: ERR_DENIED if the session belongs to a page under local
 * development. */
int session_check_power(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

/* Ends a session: it is no longer valid, and the record that let the same sign-in open another one
 * is deleted. Deletes the browser's cookies as well. */
int session_close(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

/* The same because the user wants it, which the owner's hook is told (hook.h). */
int session_sign_out(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

/* Returns the name of a token's session in the store and in the user's list; WeChat's tokens are
 * stored under this name as key. */
const char *session_name(struct app *app, const char *token);

/* Replaces the session's token response. ERR_EXPIRED: the session has ended. */
int session_replace_grant(struct app *app, const struct session *session,
    const struct token_response *grant) __attribute__((warn_unused_result));

/* Read and write the values that the session's pages hand to each other; none if nothing was
 * written. They are deleted with the session. ERR_EXPIRED: it has ended meanwhile. */
int session_read_values(struct app *app, const struct session *session, struct pairs *values)
    __attribute__((warn_unused_result));
int session_write_values(struct app *app, const struct session *session, const struct pairs *values)
    __attribute__((warn_unused_result));

/* Returns the token that the forms of a signed-in page carry. */
const char *session_csrf(struct app *app, const struct session *session);

/* Does the posted form come from our own page, or from the holder of the token? It does if its csrf
 * field is right, if Sec-Fetch-Site is same-origin, or if a header names the session. */
bool session_is_own_form(struct app *app, const struct session *session);

#endif
