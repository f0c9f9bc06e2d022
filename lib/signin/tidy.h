/*
 * tidy: each sign-in and each push deletes a little of what has expired. Errors are only logged:
 * the visitor has been served already.
 */
#ifndef WECHAT_TIDY_H
#define WECHAT_TIDY_H

struct app;

/* Sweeps one shard of each kind and of the users, and some more of WeChat's tokens. */
void tidy_after_sign_in(struct app *app);

/* Sweeps one shard of the pushes and the users, and the journal. */
void tidy_after_push(struct app *app);

#endif
