/*
 * entry: what the journal records of a push (settings journal, events_days).
 */
#ifndef WECHAT_ENTRY_H
#define WECHAT_ENTRY_H

struct app;
struct message;

/* Appends the push to the journal, if one is kept: json, which is all of it; or with journal =
 * kinds its time, type, event and openid alone. Errors as state_log(). */
int entry_log(struct app *app, const struct message *message, const char *json)
    __attribute__((warn_unused_result));

#endif
