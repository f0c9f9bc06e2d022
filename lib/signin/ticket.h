/*
 * ticket: what is made from a session that is in force: other sessions of the same person, which
 * end when it does, and tickets by which someone else gets one.
 */
#ifndef WECHAT_TICKET_H
#define WECHAT_TICKET_H

#include "state/store.h"

struct app;
struct pairs;
struct session;

/* Writes a ticket of that kind under key, by which someone else gets a session of the same person,
 * once, within so many seconds, while this one lasts: a record that names it ("session") and its
 * person ("generation"). more: further fields of the record. ERR_EXISTS: there is a ticket of that
 * key; ERR_FULL: too many are open, of all or of the person; ERR_DENIED: session_check_power(). */
int ticket_write(struct app *app, const struct session *session, enum store_kind kind,
    const char *key, int seconds, const struct pairs *more) __attribute__((warn_unused_result));

/* The session that a ticket names, which is in force. ERR_EXPIRED: it has ended. */
int ticket_read(struct app *app, const struct store_record *ticket, struct session *session)
    __attribute__((warn_unused_result));

/* Opens another session of the same person beside one that is in force, until that one's end. It
 * makes nobody a user. ERR_EXPIRED: that one has ended, or its user was forgotten. */
int ticket_join(struct app *app, const struct session *beside, const char *signin,
    const char **token) __attribute__((warn_unused_result));

/* The same for a page under local development: a session of scope SESSION_SCOPE_DEV, without
 * WeChat's tokens, until *expires (seconds since 1970): for so many seconds, and no longer than
 * that one. */
int ticket_join_page(struct app *app, const struct session *beside, int seconds, const char **token,
    long long *expires) __attribute__((warn_unused_result));

/* The same for the browser that asks, as session_open(). */
int ticket_join_browser(struct app *app, const struct session *beside, const char *signin)
    __attribute__((warn_unused_result));

#endif
