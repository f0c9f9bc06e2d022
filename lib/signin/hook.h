/*
 * hook: tells a program of the owner's (setting hook) what happened to a person. It is run behind
 * the answer (errand.h), once for each event, with JSON on stdin:
 *
 *   {"event":"sign_in","openid":"oAbc…","time":1795516188,"nickname":"小明",…}
 *
 *   event     sign_in; first_sign_in, in place of that; sign_out, block, unblock, approve, delete
 *   openid    of the person
 *   time      seconds since 1970
 *   nickname, unionid, scope, roles
 *             members of the user's file, if there are any; not of delete
 *   browser, address
 *             of a sign-in: "Chrome, Windows", "192.0.2.1"
 */
#ifndef WECHAT_HOOK_H
#define WECHAT_HOOK_H

#include <stdbool.h>

struct app;

/* Does this request tell a hook of events? */
bool hook_is_set(const struct app *app);

/* Adds an event, if there is a hook. Comes after the event; openid lasts as long as the request. An
 * error is logged. */
void hook_add(struct app *app, const char *event, const char *openid);

#endif
