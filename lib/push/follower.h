/*
 * follower: what a push changes in its user's file. An event is added in one place: the table in
 * follower.c.
 */
#ifndef WECHAT_FOLLOWER_H
#define WECHAT_FOLLOWER_H

struct app;
struct message;

/* Changes the user's file, or deletes it with their sessions. Done twice it is as done once.
 * ERR_SYSTEM. */
int follower_update(struct app *app, const struct message *message)
    __attribute__((warn_unused_result));

#endif
