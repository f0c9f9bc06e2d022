/*
 * saved: an authorization request that waits until the visitor has signed in, or has answered the
 * question for consent. Its record is deleted with the answer, and one that is left ends by itself.
 * Anybody can make one; so there is a limit, and the oldest makes way.
 */
#ifndef WECHAT_SAVED_H
#define WECHAT_SAVED_H

#include "base/pairs.h"

struct app;

/* So long a sign-in and the answer may take. */
enum { SAVED_SECONDS = 900 };

struct saved {
        const char *id;      /* 43 characters; NULL: it is not stored */
        const char *session; /* the name of the session that was there at first; "": none;
                              * saved_unseen: the request came without cookies */
        struct pairs given;  /* the request's parameters */
};

extern const char saved_unseen[];

/* Stores session and given, unless id is set already. ERR_SYSTEM. */
int saved_write(struct app *app, struct saved *saved) __attribute__((warn_unused_result));

/* Read a request; take it, so that it can be answered once. id may be NULL. saved_unseen: id is
 * NULL again, as of a request that comes now. ERR_EXPIRED: there is none. ERR_SYSTEM. */
int saved_read(struct app *app, const char *id, struct saved *saved)
    __attribute__((warn_unused_result));
int saved_take(struct app *app, const struct saved *saved) __attribute__((warn_unused_result));

/* Returns the path that goes on with it. */
char *saved_path(struct app *app, const struct saved *saved);

#endif
