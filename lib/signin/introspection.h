/*
 * introspection: what validate.cgi and validate-live.cgi are asked and answer. Who has a token asks
 * about it; or, by RFC 7662 (token introspection), a client asks about somebody's. The names are
 * those of that RFC's section 2.2 where it has them.
 */
#ifndef WECHAT_INTROSPECTION_H
#define WECHAT_INTROSPECTION_H

#include <stdbool.h>

struct app;
struct session;

struct validation {
        bool by_client;    /* a client asks, by RFC 7662 */
        bool basic;        /* and said who it is by Authorization: Basic */
        const char *token; /* the one that it asks about */
        const char *error; /* RFC 6749, section 5.2: "invalid_client", "invalid_request"; or NULL */
};

/* A .wants_body: only a client's question has one. Otherwise no method matters here and no body, as
 * a proxy passes on those of the request that it asks about. */
bool introspection_wants_body(const struct app *app);

/* Who asks, and about what. A client is one of the setting introspection_clients. */
struct validation introspection_read(struct app *app);

/* The session that is asked about. As session_of_request(). */
int introspection_find(struct app *app, const struct validation *asked, struct session *session)
    __attribute__((warn_unused_result));

/* Tells a client what is wrong with its question: 401 for invalid_client, else 400. */
int introspection_answer_error(struct app *app, const struct validation *asked)
    __attribute__((warn_unused_result));

/* 200 with who it is, as JSON and as the headers X-WX-OpenID and X-WX-Nickname. */
int introspection_answer_active(struct app *app, const struct validation *asked,
    const struct session *session) __attribute__((warn_unused_result));

/* {"active":false}, with a reason unless that is NULL: 200 for a client, 401 for who has the token.
 * asked: NULL for the latter, and then for a request with login=1 it is 303 to login.cgi, which
 * comes back to the page that a proxy was asked for. */
int introspection_answer_inactive(struct app *app, const struct validation *asked,
    const char *reason) __attribute__((warn_unused_result));

/* 200 with a session's token for a script (RFC 6749, section 5.1): access_token, token_type,
 * expires_in. */
int introspection_answer_token(struct app *app, const char *token, long long expires)
    __attribute__((warn_unused_result));

#endif
