/*
 * ticket: what is derived from a valid session: other sessions of the same user, which end no
 * later, and tickets by which another browser or program gets one.
 */
#ifndef WECHAT_TICKET_H
#define WECHAT_TICKET_H

#include "state/state.h"

struct app;
struct pairs;
struct session;

/* Writes a ticket of that kind under key. Another browser or program can exchange it for a session
 * of the same user, once, within that many seconds, while this session is valid: the record names
 * the session ("session") and its user's generation ("generation"). more: further fields of the
 * record. ERR_EXISTS: there is a ticket with that key. ERR_FULL: too many are open, altogether or
 * of the user. ERR_DENIED: as session_check_power(). ERR_BUSY, ERR_SYSTEM: as state_create(). */
int ticket_write(struct app *app, const struct session *session, enum store_kind kind,
    const char *key, int seconds, const struct pairs *more) __attribute__((warn_unused_result));

/* Reads the session that a ticket names, which must be valid. ERR_EXPIRED: it has ended.
 * ERR_SYSTEM. */
int ticket_read(struct app *app, const struct store_record *ticket, struct session *session)
    __attribute__((warn_unused_result));

/* Opens another session of the same user beside a valid one, until that one's end. Never creates a
 * user. ERR_EXPIRED: that session has ended, or its user was forgotten. ERR_SYSTEM. */
int ticket_join(struct app *app, const struct session *beside, const char *signin,
    const char **token) __attribute__((warn_unused_result));

/* As ticket_join(), for a page under local development: a session with the scope SESSION_SCOPE_DEV,
 * without WeChat's tokens. It lasts that many seconds, but no longer than the other one; *expires
 * (seconds since 1970) is its end. */
int ticket_join_page(struct app *app, const struct session *beside, int seconds, const char **token,
    long long *expires) __attribute__((warn_unused_result));

/* As ticket_join(), for the browser that asks, which gets a cookie as in session_open(). */
int ticket_join_browser(struct app *app, const struct session *beside, const char *signin)
    __attribute__((warn_unused_result));

#endif
