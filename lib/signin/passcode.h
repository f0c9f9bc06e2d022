/*
 * passcode: signing in by message. A follower who writes one of sign_in_words to the account is
 * answered with a code of six digits, to be typed in on a page of the site, and with a link that
 * signs in the browser of WeChat on the phone.
 *
 * Both are drawn from one request, of which a person has one at a time. Each works once, until the
 * request expires or a later one takes its place. The state holds only keyed hashes of them: the
 * key is derived from push_token, which is not in the state.
 */
#ifndef WECHAT_PASSCODE_H
#define WECHAT_PASSCODE_H

#include <stdbool.h>

struct app;

enum { PASSCODE_SECONDS = 180, PASSCODE_DIGITS = 6 };

struct passcode {
        const char *code;  /* six digits */
        const char *token; /* of the link: 43 characters of base64url */
        int number;        /* the code works only on a page that shows it; 0: on any page */
        long long expires; /* seconds since 1970 */
};

/* Gets the passcode of a person: the one in force if there is one for that number of which nothing
 * was used, else a new one. A code differs from every other one in force. ERR_BUSY, ERR_SYSTEM. */
int passcode_issue(struct app *app, const char *openid, int number, struct passcode *passcode)
    __attribute__((warn_unused_result));

/* As passcode_take_code(), without using the code up. */
int passcode_read_code(struct app *app, const char *code, int number, bool any_page,
    const char **openid) __attribute__((warn_unused_result));

/* Uses up a code: of several requests at the same moment one gets *openid. number: what the page
 * shows. any_page: codes with number 0 count as well. ERR_NOT_FOUND: no such code is in force, for
 * whatever reason; then nothing is used up. */
int passcode_take_code(struct app *app, const char *code, int number, bool any_page,
    const char **openid) __attribute__((warn_unused_result));

/* Finds whom a link's token signs in, without using it up. ERR_NOT_FOUND: it is not in force. */
int passcode_read_token(struct app *app, const char *token, const char **openid)
    __attribute__((warn_unused_result));

/* Uses up a token, as passcode_take_code(). */
int passcode_take_token(struct app *app, const char *token, const char **openid)
    __attribute__((warn_unused_result));

/* Ends the person's request, if any: its code and its link no longer work. */
int passcode_forget(struct app *app, const char *openid) __attribute__((warn_unused_result));

#endif
