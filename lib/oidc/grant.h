/*
 * grant: what a person has given to a program (a client), and the code and the tokens that stand
 * for it. Browsers and programs have random texts of 43 characters; the store has their hashes.
 *
 * A grant is one record, under the person's openid, so that all of a person's can be emptied. Code,
 * access tokens and refresh tokens are records that name it. It is valid while its approval is
 * there (approvals.h), the person is the same and not blocked, and the client still admits them;
 * and, unless the scope has offline_access, until the session ends in which it was given.
 */
#ifndef WECHAT_GRANT_H
#define WECHAT_GRANT_H

#include <stdbool.h>

#include "base/pairs.h"

struct app;
struct clients;
struct clients_item;

/* GRANT_CODE_SECONDS: how long a code can be redeemed. GRANT_REUSE_SECONDS: so long a code that was
 * redeemed is known, so that its reuse ends the grant. GRANT_SECONDS_MAX: after that the person has
 * to sign in again, however often tokens were refreshed. GRANT_CODES_MAX: codes of one person in
 * GRANT_REUSE_SECONDS. */
enum {
        GRANT_CODE_SECONDS = 60,
        GRANT_REUSE_SECONDS = 600,
        GRANT_SECONDS_MAX = 180 * 86400,
        GRANT_CODES_MAX = 200
};

struct grant {
        const char *name;   /* of its record */
        const char *number; /* random; with the openid, the record's key */
        const char *client;
        const char *openid;
        const char *generation;
        const char *approval; /* approval.id */
        const char *scope;
        const char *session;                           /* the name of the session */
        const char *nonce;                             /* "": none */
        const char *id_token_claims, *userinfo_claims; /* request.h */
        const char *refresh; /* the name of the refresh token in force; "": none */
        bool is_redeemed;
        long long auth_time, created, expires; /* seconds since 1970 */
        struct pairs user;                     /* the user's members, of grant_check() */
};

/* What belongs to a code only. */
struct grant_code {
        const char *redirect_uri;
        const char *challenge; /* "": no PKCE */
        bool is_plain;
        long long until; /* seconds since 1970 */
};

/* Stores a grant, of which name, number, refresh, created and expires are not set, and a code for
 * it. ERR_NOT_FOUND: it is not valid any more. ERR_BUSY: too many codes for that person.
 * ERR_SYSTEM. */
int grant_begin(struct app *app, const struct clients_item *client, const struct grant *grant,
    const struct grant_code *code, const char **text) __attribute__((warn_unused_result));

/* Find the grant of a code, of an access token with its scope, or of a refresh token. Until this
 * request ends, no other one gets the grant of that code or refresh token. *scope may be less than
 * the grant's. ERR_NOT_FOUND: there is none. ERR_BUSY, ERR_SYSTEM. */
int grant_of_code(struct app *app, const char *text, struct grant *grant, struct grant_code *code)
    __attribute__((warn_unused_result));
int grant_of_access(struct app *app, const char *text, struct grant *grant, const char **scope,
    long long *expires) __attribute__((warn_unused_result));
int grant_of_refresh(struct app *app, const char *text, struct grant *grant)
    __attribute__((warn_unused_result));

/* Is that text the refresh token in force, rather than one before it? */
bool grant_is_latest(struct app *app, const struct grant *grant, const char *text);

/* Checks that a grant is valid, and sets user. ERR_NOT_FOUND: it is not. ERR_SYSTEM. */
int grant_check(struct app *app, const struct clients_item *client, struct grant *grant)
    __attribute__((warn_unused_result));

/* Stores that the code was redeemed, or the refresh token used, and for how long the grant goes on:
 * with a new refresh token if renews is set (*refresh, else NULL). Comes last, so that a failure
 * before leaves the code or the refresh token as it was. ERR_NOT_FOUND: it is not valid any more.
 * ERR_SYSTEM. */
int grant_go_on(struct app *app, const struct clients_item *client, struct grant *grant,
    bool renews, const char **refresh) __attribute__((warn_unused_result));

/* Stores an access token for the scope. ERR_SYSTEM. */
int grant_add_access(struct app *app, const struct grant *grant, const char *scope,
    long long seconds, const char **text) __attribute__((warn_unused_result));

/* End the grant, or one access token. ERR_SYSTEM. */
int grant_end(struct app *app, const struct grant *grant) __attribute__((warn_unused_result));
int grant_end_access(struct app *app, const char *text) __attribute__((warn_unused_result));

#endif
