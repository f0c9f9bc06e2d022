/*
 * introspection: the questions and answers of validate.cgi and validate-live.cgi. The holder of a
 * token asks about it; or a client asks about somebody else's (RFC 7662, token introspection).
 * Names follow section 2.2 of that RFC, if it has them.
 */
#ifndef WECHAT_INTROSPECTION_H
#define WECHAT_INTROSPECTION_H

#include <stdbool.h>

struct app;
struct session;

struct introspection {
        bool by_client;    /* a client asks, by RFC 7662 */
        bool basic;        /* and identified itself by Authorization: Basic */
        const char *token; /* the token that it asks about */
        const char *error; /* RFC 6749, section 5.2: "invalid_client", "invalid_request"; or NULL */
};

/* A .wants_body: only a client's question has a body. In all other cases method and body are
 * ignored, since a proxy passes on those of the request that it asks about. */
bool introspection_wants_body(const struct app *app);

/* Reads who asks, and about what. Clients are listed in the setting introspection_clients. */
struct introspection introspection_read(struct app *app);

/* Finds the session that is asked about, as session_of_request(). */
int introspection_find(struct app *app, const struct introspection *asked, struct session *session)
    __attribute__((warn_unused_result));

/* Answers a client's invalid question: 401 for invalid_client, else 400. */
int introspection_answer_error(struct app *app, const struct introspection *asked)
    __attribute__((warn_unused_result));

/* Answers 200 with the user, as JSON and in the headers X-WX-OpenID, X-WX-Nickname and, if the user
 * has roles, X-WX-Roles; nickname and roles are percent-encoded there. "name" is the name under
 * which the user is shown (display_name.h), "nickname" WeChat's. With role= in the query: the
 * same with 403 and "error" for a user who has none of those roles. */
int introspection_answer_active(struct app *app, const struct introspection *asked,
    const struct session *session) __attribute__((warn_unused_result));

/* Answers {"active":false}, with a reason unless that is NULL: 200 for a client, 401 for the holder
 * of a token. asked is NULL for the latter; a request with login=1 is then answered with 303 to
 * login.cgi, which comes back to the page named by a proxy. */
int introspection_answer_inactive(struct app *app, const struct introspection *asked,
    const char *reason) __attribute__((warn_unused_result));

/* Answers 200 with a session's token for a script (RFC 6749, section 5.1): access_token,
 * token_type, expires_in. */
int introspection_answer_token(struct app *app, const char *token, long long expires)
    __attribute__((warn_unused_result));

#endif
