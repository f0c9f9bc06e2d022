/*
 * identity: what is said about a person: sub, ID tokens, the answer of userinfo, logout tokens.
 */
#ifndef WECHAT_IDENTITY_H
#define WECHAT_IDENTITY_H

struct app;
struct clients_item;
struct grant;
struct pairs;
struct provider;

/* Seconds for which a logout token is good (Back-Channel Logout, section 2.4). */
enum { IDENTITY_LOGOUT_SECONDS = 120 };

/* Sets *subject to the person's sub for the client. user: the members. Errors as claims_subject(),
 * and those of the file oidc_emails. */
int identity_subject(struct app *app, const struct provider *provider,
    const struct clients_item *client, const char *openid, const struct pairs *user,
    const char **subject) __attribute__((warn_unused_result));

/* Returns the sid of a session: a hash of its name. */
const char *identity_sid(struct app *app, const char *session);

/* Adds sub and the claims of scope, and those that the words of `claims` name, if the client may
 * have them. grant: checked (grant_check()). Errors as identity_subject(). */
int identity_fill(struct app *app, const struct provider *provider,
    const struct clients_item *client, const struct grant *grant, const char *scope,
    const char *claims, struct pairs *fields) __attribute__((warn_unused_result));

/* Makes the ID token that goes with an access token. nonce: "": without. ERR_CONFIG: there is no
 * key. Errors also as identity_subject(). */
int identity_token(struct app *app, const struct provider *provider,
    const struct clients_item *client, const struct grant *grant, const char *nonce,
    const char *access_token, const char **token) __attribute__((warn_unused_result));

/* Makes the token by which a program is told that a session has ended (Back-Channel Logout 1.0,
 * section 2.4). session: its name. ERR_CONFIG: there is no key. ERR_SYSTEM. */
int identity_logout_token(struct app *app, const struct provider *provider,
    const struct clients_item *client, const char *subject, const char *session, const char **token)
    __attribute__((warn_unused_result));

#endif
