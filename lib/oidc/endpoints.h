/*
 * endpoints: the handlers of oidc.cgi, one for each path (cgi-bin/oidc.c). Each answers the
 * request, or returns -1 with app->err.
 */
#ifndef WECHAT_ENDPOINTS_H
#define WECHAT_ENDPOINTS_H

struct app;
struct provider;

/* What the provider can do (Discovery, section 3; RFC 8414), and its public keys (RFC 7517). */
int endpoint_metadata(struct app *app, struct provider *provider)
    __attribute__((warn_unused_result));
int endpoint_jwks(struct app *app, struct provider *provider) __attribute__((warn_unused_result));

/* A browser brings an authorization request (Core, section 3.1.2); and brings it again when the
 * visitor has signed in, or answers the question for consent. */
int endpoint_authorize(struct app *app, struct provider *provider)
    __attribute__((warn_unused_result));
int endpoint_continue(struct app *app, struct provider *provider)
    __attribute__((warn_unused_result));

/* A program redeems a code, or refreshes its tokens (RFC 6749, sections 4.1.3 and 6). */
int endpoint_token(struct app *app, struct provider *provider) __attribute__((warn_unused_result));

/* A program asks about the person of an access token (Core, section 5.3). */
int endpoint_userinfo(struct app *app, struct provider *provider)
    __attribute__((warn_unused_result));

/* A program asks whether a token of its own is valid (RFC 7662), or gives it up (RFC 7009). */
int endpoint_introspect(struct app *app, struct provider *provider)
    __attribute__((warn_unused_result));
int endpoint_revoke(struct app *app, struct provider *provider) __attribute__((warn_unused_result));

/* A program sends the visitor to sign out of this site, too (RP-Initiated Logout 1.0). */
int endpoint_logout(struct app *app, struct provider *provider) __attribute__((warn_unused_result));

#endif
