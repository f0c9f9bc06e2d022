/*
 * admission: who may come in. The rule (setting people) is applied whenever somebody signs in,
 * whatever the way, by session_create(). Sessions that are derived from another one (ticket.h) go
 * by that one.
 *
 * Owners (setting owners) are always let in. Of the others nobody comes in whom an owner has
 * blocked. With people = approved, newcomers are put on the waiting list until an owner approves,
 * and the owners get a message where the account may send one; those who have signed in before come
 * in. With people = followers, the person must be known as a follower of the account: by a push, by
 * having written to it, or by WeChat's answer (following.h).
 */
#ifndef WECHAT_ADMISSION_H
#define WECHAT_ADMISSION_H

#include <stdbool.h>

struct app;
struct pairs;

/* ADMISSION_DAYS: how long somebody stays on the waiting list. ADMISSION_MAX: newcomers of the
 * whole site who are put on it in an hour. ADMISSION_TOLD_MAX: of how many of them the
 * owners are told. */
enum { ADMISSION_DAYS = 30, ADMISSION_MAX = 200, ADMISSION_TOLD_MAX = 10 };

/* Is the person one of the owners? */
bool admission_is_owner(const struct app *app, const char *openid);

/* Has an owner blocked the user, given by its members? Never one of the owners. */
bool admission_is_blocked(const struct app *app, const struct pairs *user);

/* Is the user, given by its members, known as a follower of the account? */
bool admission_is_follower(const struct pairs *user);

/*
 * May the person of that profile (at least the openid) come in, by a sign-in with that scope? 0:
 * yes. ERR_BLOCKED, ERR_FOLLOW; ERR_WAITING: the person is on the waiting list now. For these
 * app->page has what the page of that kind shows. ERR_BUSY: too many newcomers. ERR_SYSTEM.
 */
int admission_ask(struct app *app, const struct pairs *profile, const char *scope)
    __attribute__((warn_unused_result));

#endif
