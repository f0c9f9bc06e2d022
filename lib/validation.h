/*
 * validation: what validate.cgi and validate-live.cgi answer. The names are RFC 7662's (token
 * introspection, section 2.2) where it has them.
 */
#ifndef WECHAT_VALIDATION_H
#define WECHAT_VALIDATION_H

#include <stdbool.h>

struct app;
struct session;

/* A .wants_body: no method matters here and no body, as a proxy passes on those of the request that
 * it asks about. */
bool validation_wants_body(const struct app *app);

/* 200 with who it is, as JSON and as the headers X-WX-OpenID and X-WX-Nickname. */
int validation_answer_active(struct app *app, const struct session *session)
    __attribute__((warn_unused_result));

/* 401 {"active":false}, with a reason unless that is NULL; for a request with login=1 303 to
 * login.cgi, which comes back to the page that a proxy was asked for. */
int validation_answer_inactive(struct app *app, const char *reason)
    __attribute__((warn_unused_result));

/* 200 with a session's token for a script (RFC 6749, section 5.1): access_token, token_type,
 * expires_in. */
int validation_answer_token(struct app *app, const char *token) __attribute__((warn_unused_result));

#endif
