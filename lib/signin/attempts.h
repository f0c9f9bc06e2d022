/*
 * attempts: how often codes may be guessed (passcode.h). A guess tries all codes in force at once,
 * so that limits for each browser and address are not enough: there is one for the whole site, too.
 *
 * No follower is locked out by guesses from elsewhere. Above a limit pages are bound: each shows a
 * number of two digits, the follower sends it with the word, and the code works only on pages that
 * show that number, which is one in ninety. docs/en/message.md has the resulting chances.
 */
#ifndef WECHAT_ATTEMPTS_H
#define WECHAT_ATTEMPTS_H

#include <stdbool.h>

struct app;

enum {
        ATTEMPTS_BROWSER_MAX = 5,        /* failures of one browser */
        ATTEMPTS_ADDRESS_MAX = 10,       /* of one address (address_group()) */
        ATTEMPTS_ADDRESS_BOUND_MAX = 30, /* of one address, those on bound pages included */
        ATTEMPTS_ADDRESS_SECONDS = 600,
        ATTEMPTS_SITE_MAX = 100, /* of all addresses together */
        ATTEMPTS_SITE_SECONDS = 3600,
        ATTEMPTS_CLIENT_MAX = 100, /* of one program that asks server.cgi */
        ATTEMPTS_CLIENT_SECONDS = 600
};

enum attempts {
        ATTEMPTS_FREE,   /* every code counts */
        ATTEMPTS_BOUND,  /* only codes for the page's number */
        ATTEMPTS_REFUSED /* too many from this address: no code is looked at */
};

/* How codes are handled for a browser with so many failures, at this address, now. */
int attempts_look(struct app *app, int failures, enum attempts *attempts)
    __attribute__((warn_unused_result));

/* As attempts_look(), and counts a failure before the code is looked at, so that guesses at the
 * same moment are counted, too. */
int attempts_begin(struct app *app, int failures, enum attempts *attempts)
    __attribute__((warn_unused_result));

/* The code was right: takes the failure back. Errors are logged only. */
void attempts_succeed(struct app *app);

/* The same for a program, by its name in service_keys. ERR_BUSY: too many. */
int attempts_begin_client(struct app *app, const char *name) __attribute__((warn_unused_result));
void attempts_succeed_client(struct app *app, const char *name);

/* Are all pages of the site bound? false where it cannot be found out, which is logged. */
bool attempts_site_is_bound(struct app *app);

#endif
