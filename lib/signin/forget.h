/*
 * forget: a person and all that is kept of them.
 */
#ifndef WECHAT_FORGET_H
#define WECHAT_FORGET_H

struct app;
struct session;

/* Deletes a user, all their sessions, the lines of the journal that name them, and empties the
 * replies that are kept for repeats, so that a repeat still has no second effect; one who is not
 * there is no error. Their file may be broken. After an error it can be tried again. */
int forget_openid(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* The same for who is signed in here; the browser's cookies go with it. */
int forget_session(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

#endif
