/*
 * retention: deletes people who have been away for longer than the setting people_days.
 */
#ifndef WECHAT_RETENTION_H
#define WECHAT_RETENTION_H

struct app;

/* At most one person is deleted in this time, because that reads the whole journal. */
enum { RETENTION_SECONDS = 60 };

/* Called when a sign-in or a push has succeeded: looks at a part of the users, and deletes one who
 * is away (member.h), as forget_openid() does. Owners stay. Does nothing if people_days is 0.
 * Errors are only logged: a later request tries again. */
void retention_sweep(struct app *app);

#endif
