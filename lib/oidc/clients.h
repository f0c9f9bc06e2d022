/*
 * clients: the programs that sign people in by OpenID Connect, as the site's owner has registered
 * them (clients_file.h).
 */
#ifndef WECHAT_CLIENTS_H
#define WECHAT_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pairs.h"
#include "format/key.h"

struct arena;

/* CLIENTS_MAX: programs in a file. CLIENTS_ID_MAX: bytes of a client_id. CLIENTS_URI_MAX: of an
 * address. CLIENTS_URIS_MAX: addresses in a list of them. CLIENTS_NAME_MAX: bytes of a name.
 * CLIENTS_SECRET_SIZE: characters of a secret that we make, with 256 random bits. */
enum {
        CLIENTS_MAX = 200,
        CLIENTS_ID_MAX = 64,
        CLIENTS_URI_MAX = 2000,
        CLIENTS_URIS_MAX = 32,
        CLIENTS_NAME_MAX = 120,
        CLIENTS_SECRET_SIZE = 43
};

/* What sub is: claims.h. */
enum clients_subject { SUBJECT_OPENID, SUBJECT_UNIONID, SUBJECT_PAIRWISE };

/* Which address the scope email gives: claims.h. */
enum clients_email { EMAIL_NONE, EMAIL_FILE, EMAIL_PLACEHOLDER };

struct clients_item {
        const char *id;             /* client_id: of A-Z a-z 0-9 . _ ~ - */
        const char *name;           /* client_name; without it, the id */
        const char *uri;            /* client_uri: for the owner; nobody else sees it */
        const char *logo;           /* logo_uri: a path of this site or https; "": none */
        struct pairs redirect_uris; /* the values: at least one */
        struct pairs logout_uris;   /* post_logout_redirect_uris */
        const char *back_channel;   /* backchannel_logout_uri; "": none */
        const char *front_channel;  /* frontchannel_logout_uri; "": none */
        bool back_channel_session;  /* backchannel_logout_session_required: it always gets sid */
        bool front_channel_session; /* frontchannel_logout_session_required: it gets iss and sid */
        bool is_public;             /* it has no secret (token_endpoint_auth_method none) */
        const char *secret_sha256;  /* client_secret_sha256: 64 lower-case hex digits; "" */
        const char *scope;          /* what it may ask for: words, separated by blanks */
        bool may_refresh;           /* grant_types has refresh_token */
        bool skip_consent;          /* it is the owner's own: people are not asked */
        bool allow_plain_pkce;      /* code_challenge_method plain */
        bool require_pkce;          /* true if it is public */
        bool id_token_claims;       /* the ID token has the claims, too; true by default */
        enum key_algorithm algorithm; /* id_token_signed_response_alg */
        enum clients_subject subject; /* subject_type: openid, unionid, pairwise */
        enum clients_email email;     /* email: none, file, placeholder */
        struct pairs allowed_users;   /* openids; none: everybody */
        struct pairs required_roles;  /* one of them is needed; none: no role is */
        struct pairs extra_claims;    /* texts, numbers and booleans, for everybody */
        long long id_token_seconds, access_token_seconds;
        long long refresh_token_seconds; /* of not being used */
};

struct clients {
        struct clients_item *items;
        size_t count;
};

/* Returns the client of that id; NULL: there is none. */
const struct clients_item *clients_find(const struct clients *clients, const char *id);

/* Returns the client with that id and secret, which is "" for a public client; NULL: there is none,
 * or the secret is wrong. The time depends neither on whether there is a client of that id, nor on
 * its secret. */
const struct clients_item *clients_authenticate(
    const struct clients *clients, const char *id, const char *secret);

/* May the client's answers go to that address? It is one of redirect_uris, byte by byte; only on
 * this computer (http://127.0.0.1, http://[::1]) may its port be another one (RFC 8252, section
 * 7.3). */
bool clients_may_redirect(const struct clients_item *client, const char *uri);

/* The same after signing out: one of post_logout_redirect_uris, byte by byte. */
bool clients_may_return(const struct clients_item *client, const char *uri);

/* Returns the words of asked, in their order and once each, that the client may ask for and that
 * this provider knows. */
char *clients_scope(struct arena *arena, const struct clients_item *client, const char *asked);

/* May that user, given by openid and members, sign in to it: allowed_users, required_roles? */
bool clients_admit(const struct clients_item *client, const char *openid, const struct pairs *user);

#endif
