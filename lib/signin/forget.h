/*
 * forget: deletes a user and everything stored about them.
 */
#ifndef WECHAT_FORGET_H
#define WECHAT_FORGET_H

struct app;
struct member_away;
struct session;

/* Deletes a user, all their sessions, their picture, and the journal lines that name them; empties the replies
 * stored for repeats, so that a repeat still has no second effect. A user who does not exist is not
 * an error; the user's file may be broken. After an error it can be called again. */
int forget_openid(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* As forget_openid(), for a user who is away (member.h). One who has come back meanwhile stays:
 * that is not an error. */
int forget_away(struct app *app, const char *openid, const struct member_away *away)
    __attribute__((warn_unused_result));

/* As forget_openid(), for the user of this session; also deletes the browser's cookies. ERR_DENIED:
 * as session_check_power(). */
int forget_session(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

#endif
