/*
 * client: the programs that may ask whose token somebody has (RFC 7662): the names and secrets of
 * the setting introspection_clients.
 */
#ifndef WECHAT_CLIENT_H
#define WECHAT_CLIENT_H

#include <stdbool.h>

struct arena;
struct pairs;

enum { CLIENT_NAME_MAX = 64, CLIENT_SECRET_MIN = 32, CLIENT_SECRET_MAX = 128 };

/* A name and a secret, as a request gives them. */
struct client {
        const char *name;
        const char *secret;
};

/* Is text a list of clients, name:secret divided by blanks? Names and secrets are letters, digits,
 * '-' and '_', of the sizes above. A name may come more than once, while its secret is changed. */
bool client_is_list(const char *text);

/* The client of Authorization: Basic, whose name and secret are encoded as in a form (RFC 6749,
 * section 2.3.1). False: it is another header, or broken. */
bool client_parse_basic(struct arena *arena, const char *authorization, struct client *client);

/* The client of a form with client_id and client_secret. False: one is missing or comes twice. */
bool client_parse_form(const struct pairs *form, struct client *client);

/* Is it one of the list? How long that takes says nothing about the secrets. */
bool client_is_known(struct arena *arena, const char *list, const struct client *client);

#endif
