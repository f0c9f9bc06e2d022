/*
 * client: a program that asks, by name and secret; and those that may ask about other people's
 * tokens (RFC 7662), from the setting introspection_clients.
 */
#ifndef WECHAT_CLIENT_H
#define WECHAT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct pairs;

enum { CLIENT_NAME_MAX = 64, CLIENT_SECRET_MIN = 32, CLIENT_SECRET_MAX = 128 };

/* Name and secret, as given in a request. */
struct client {
        const char *name;
        const char *secret;
};

/* Is text a list of clients, name:secret separated by blanks? Names and secrets consist of letters,
 * digits, '-' and '_', with the sizes above. A name may occur more than once, while its secret is
 * being changed. */
bool client_is_list(const char *text);

/* Has the list a client of that name, of size bytes? */
bool client_has_name(const char *list, const char *name, size_t size);

/* Reads the client from Authorization: Basic, with name and secret encoded as in a form (RFC 6749,
 * section 2.3.1). Returns false for another kind of header or a malformed one. */
bool client_parse_basic(struct arena *arena, const char *authorization, struct client *client);

/* Reads the client from the fields client_id and client_secret of a form. Returns false if one is
 * missing or given twice. */
bool client_parse_form(const struct pairs *form, struct client *client);

/* Reads the client of a request to an OAuth endpoint (RFC 6749, section 2.3.1): from Authorization:
 * Basic, or from client_id and client_secret in the form. A secret that is missing is "". name is
 * NULL if none is given. Returns false if one is given twice, or in both ways; but with Basic, the
 * form may repeat client_id. */
bool client_read(struct arena *arena, const char *authorization, const struct pairs *form,
    struct client *client);

/* Returns the name of the client with that secret; NULL if there is none. The time that this takes
 * does not depend on the secrets. */
const char *client_of_secret(struct arena *arena, const char *list, const char *secret);

/* Is the client in the list? The time that this takes does not depend on the secrets. */
bool client_is_known(struct arena *arena, const char *list, const struct client *client);

#endif
