/*
 * consent: have people agreed to what the site stores about them (setting consent = ask)?
 *
 * The time is the member "consented" of the user's file, and nothing else counts. Who it is shows
 * only at the end of a sign-in, so the agreement travels with the sign-in until then: signed in its
 * cookie, in a form, in a phone's answer. A program that has it sets app->consented, and the
 * session that is opened records it.
 *
 * The cookie wx_consent says that somebody who agreed was signed in with this browser. It only
 * spares people a question that the user's file would have answered.
 */
#ifndef WECHAT_CONSENT_H
#define WECHAT_CONSENT_H

#include <stdbool.h>

struct app;
struct pairs;

/* Must the user, given by its members, be asked before a session is opened? Not if the user or the
 * visitor (app->consented) has agreed, or if the site does not ask. */
bool consent_is_missing(const struct app *app, const struct pairs *user);

/* The same for the user of that openid, who may not be stored yet. ERR_SYSTEM. */
int consent_find_missing(struct app *app, const char *openid, bool *missing)
    __attribute__((warn_unused_result));

/* Checks that a session may be opened for the user. ERR_EXPIRED: they must be asked first. */
int consent_check(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* Sets app->consented if the site asks and the form's box (agree) is ticked. Returns whether it
 * did.
 */
bool consent_read_box(struct app *app);

/* Adds the member or field "consented" if the visitor has agreed in this sign-in: for what becomes,
 * or leads to, a user's file. */
void consent_add(const struct app *app, struct pairs *fields);

/* The cookie: has it been set; set it if the site asks; delete it if it is there. */
bool consent_is_remembered(const struct app *app);
void consent_remember(struct app *app);
void consent_forget(struct app *app);

#endif
