/*
 * tidy: each sign-in and each push clears away a little of what has expired. What goes wrong there
 * is for the log only: who asked is served already.
 */
#ifndef WECHAT_TIDY_H
#define WECHAT_TIDY_H

struct app;

/* One shard of each kind and of the users, and some more of WeChat's tokens. */
void tidy_after_sign_in(struct app *app);

/* The same for pushes, users and the journal. */
void tidy_after_push(struct app *app);

#endif
