/* grant: issues, extends and looks up access_tokens and refresh_tokens. */
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

/* Issues both tokens for the person in who. */
int grant_issue(struct app *app, const struct pairs *who, const struct pairs *switches,
    struct grant *grant) __attribute__((warn_unused_result));

/* Finds the grant of a refresh_token. Extends its access_token if that is valid, otherwise replaces
 * it. Returns 0, an errcode, or -1. */
int grant_refresh(struct app *app, const char *refresh_token, const struct pairs *switches,
    struct grant *grant) __attribute__((warn_unused_result));

/* Finds the person, scope and appid of an access_token. Returns 0, an errcode, or -1. */
int grant_find(struct app *app, const char *access_token, const struct pairs *switches,
    struct pairs *who) __attribute__((warn_unused_result));

#endif
