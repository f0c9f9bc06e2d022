/*
 * request: an authorization request (OpenID Connect Core, section 3.1.2), checked. Pure.
 *
 * A request that names no known program, or an address that the program has not registered, is
 * answered with a page, and never with a redirect. Other mistakes are the program's to hear of.
 */
#ifndef WECHAT_REQUEST_H
#define WECHAT_REQUEST_H

#include <stdbool.h>

#include "base/pairs.h"

struct arena;
struct clients;
struct clients_item;
struct err;

/* REQUEST_VALUE_MAX: bytes of a value. REQUEST_CHALLENGE_MIN, REQUEST_CHALLENGE_MAX: characters of
 * a code_challenge or code_verifier (RFC 7636, section 4.1). */
enum { REQUEST_VALUE_MAX = 4096, REQUEST_CHALLENGE_MIN = 43, REQUEST_CHALLENGE_MAX = 128 };

struct request {
        const struct clients_item *client;
        const char *redirect_uri;
        const char *state;           /* NULL: none */
        const char *nonce;           /* "": none */
        const char *scope;           /* what the program may have of what it asked for */
        const char *approval;        /* the scope, and that of the claims below: to be approved */
        const char *challenge;       /* "": no PKCE */
        const char *hint;            /* id_token_hint, unverified; NULL: none */
        const char *language;        /* of ui_locales: zh_CN, zh_TW or en; NULL: none of them */
        const char *id_token_claims; /* words: what `claims` asks for beside the scope */
        const char *userinfo_claims;
        long long max_age;                        /* seconds; -1: not given */
        bool is_plain;                            /* the code_challenge is the verifier itself */
        bool by_form;                             /* response_mode=form_post */
        bool asks_none, asks_login, asks_consent; /* prompt */
};

/* Sets client, redirect_uri, state and by_form, by which an error can be answered. ERR_REQUEST: the
 * answer is a page. */
int request_find_client(const struct clients *clients, const struct pairs *given,
    struct request *request, struct err *err) __attribute__((warn_unused_result));

/* Checks the rest, in the order of the reference, and sets it. Returns NULL, or the error's code
 * for the program, such as "invalid_scope". */
const char *request_check(struct arena *arena, const struct pairs *given, struct request *request);

/* Returns those of given that an authorization request may have, as a form; the rest is ignored. */
char *request_format(struct arena *arena, const struct pairs *given);

/* Are all words of part in whole? */
bool request_is_within(struct arena *arena, const char *part, const char *whole);

/* Does the verifier belong to the code_challenge (RFC 7636, section 4.6)? verifier: NULL if the
 * token request has none. A verifier without a challenge is a downgrade (RFC 9700, section 4.8.2).
 */
bool request_is_verified(
    struct arena *arena, const char *challenge, bool is_plain, const char *verifier);

#endif
