/*
 * follower: what a push changes in its user's file. To add an event, add it to the table in
 * follower.c.
 */
#ifndef WECHAT_FOLLOWER_H
#define WECHAT_FOLLOWER_H

struct app;
struct message;

/* Changes the user's file, or deletes it with the user's sessions. Doing it twice has the same
 * effect as once. ERR_SYSTEM. */
int follower_update(struct app *app, const struct message *message)
    __attribute__((warn_unused_result));

/* Adds a message, and a follower who came or went, to the counts of today. */
void follower_count(struct app *app, const struct message *message);

#endif
