/* tokens: access_tokens and refresh_tokens: given out, extended, looked up. */
#ifndef SIM_GRANT_H
#define SIM_GRANT_H

#include "base/pairs.h"

struct app;

enum { GRANT_ACCESS_SECONDS = 7200, GRANT_REFRESH_SECONDS = 30 * 86400 };

struct grant {
        struct pairs who; /* person, scope, appid */
        const char *access_token;
        const char *refresh_token;
};

/* Both tokens for who has signed in. */
int grant_issue(struct app *app, const struct pairs *who, const struct pairs *switches,
    struct grant *grant) __attribute__((warn_unused_result));

/* The grant of a refresh_token: while its access_token is valid, that one, its time begun anew;
 * after it a new one. 0, an errcode, or -1. */
int grant_refresh(struct app *app, const char *refresh_token, const struct pairs *switches,
    struct grant *grant) __attribute__((warn_unused_result));

/* Whose access_token is it? 0, an errcode, or -1. */
int grant_find(struct app *app, const char *access_token, const struct pairs *switches,
    struct pairs *who) __attribute__((warn_unused_result));

#endif
