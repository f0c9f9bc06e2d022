/*
 * owner_session: is it one of the site's owners (setting owners) who asks, and do they still hold
 * the phone? Their sign-in counts for twelve hours.
 */
#ifndef WECHAT_OWNER_SESSION_H
#define WECHAT_OWNER_SESSION_H

#include <stdbool.h>

struct app;
struct session;

enum { OWNER_SECONDS = 12 * 3600 };

enum owner_rank {
        OWNER_NONE,    /* nobody is signed in */
        OWNER_OTHER,   /* somebody else is, or the session is of a page under local development */
        OWNER_EARLIER, /* an owner, who has to sign in again */
        OWNER_NOW
};

/* Finds the session of the browser, and whose it is. session is filled unless the rank is
 * OWNER_NONE. ERR_SYSTEM: the state cannot be read. */
int owner_session_find(struct app *app, struct session *session, enum owner_rank *rank)
    __attribute__((warn_unused_result));

#endif
