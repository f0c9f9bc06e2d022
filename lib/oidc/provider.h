/*
 * provider: what all endpoints of oidc.cgi share: the issuer, the clients, the keys, and answers to
 * programs.
 */
#ifndef WECHAT_PROVIDER_H
#define WECHAT_PROVIDER_H

#include "oidc/clients.h"
#include "oidc/key_set.h"

struct app;
struct cgi_request;
struct host;
struct pairs;

struct provider {
        const char *issuer;
        struct clients clients; /* after provider_read_clients() */
        struct key_set keys;    /* after provider_read_keys() */
};

/* Opens the owner's file of addresses (oidc_emails), before the sandbox. */
void provider_prepare(struct host *host);

/* Sets the issuer. ERR_NOT_FOUND: the site is no provider. */
int provider_open(struct app *app, struct provider *provider) __attribute__((warn_unused_result));

/* Reads the file of the clients. ERR_CONFIG: it is missing, or has a mistake. */
int provider_read_clients(struct app *app, struct provider *provider)
    __attribute__((warn_unused_result));

/* Reads the keys. ERR_CONFIG: none have been made. ERR_SYSTEM. */
int provider_read_keys(struct app *app, struct provider *provider)
    __attribute__((warn_unused_result));

/* Returns the path of an endpoint on this site; endpoint begins with '/'. */
char *provider_path(struct app *app, const char *endpoint);

/* Returns what was given: the form of a POST, else the query. */
const struct pairs *provider_given(const struct cgi_request *request);

/* ---- answers to programs ---- */

/* Lets scripts of any page read the answer: it depends on no cookie (RFC 9700, section 2.6). */
void provider_allow_origins(struct app *app);

/* Answers {"error": error} (RFC 6749, section 5.2). */
int provider_answer_error(struct app *app, int status, const char *error)
    __attribute__((warn_unused_result));

/* Answers that the access token is missing (error is NULL) or no good (RFC 6750, section 3). */
int provider_answer_bearer(struct app *app, int status, const char *error)
    __attribute__((warn_unused_result));

/*
 * Authenticates the program that sends a form (RFC 6749, section 2.3): by Basic, by client_id and
 * client_secret in the form, or, if it has no secret, by client_id alone. *client NULL: it is not
 * known, and the answer is given.
 */
int provider_authenticate(struct app *app, const struct provider *provider,
    const struct clients_item **client) __attribute__((warn_unused_result));

#endif
