/*
 * code_page: what code.cgi and link.cgi share: the browser that has such a page open, and the
 * sign-in that follows.
 *
 * The browser's cookie holds a random text and the number of its failures. Its form carries a hash
 * of that text, which another site cannot know.
 */
#ifndef WECHAT_CODE_PAGE_H
#define WECHAT_CODE_PAGE_H

#include <stdbool.h>

struct app;

/* Pages show numbers of two digits: 10 to 99. */
enum { CODE_PAGE_NUMBER_LEAST = 10, CODE_PAGE_NUMBERS = 90 };

struct code_page {
        const char *nonce; /* 43 characters of base64url */
        int failures;      /* codes that were wrong */
        int number;        /* 10 to 99, for bound pages (attempts.h) */
        const char *form;  /* what the form carries */
};

/* Checks that messages are a way to sign in here (sign_in). ERR_NOT_FOUND with what to set. */
int code_page_check(struct app *app) __attribute__((warn_unused_result));

/* Reads the browser's cookie, or gives the browser a new one. *known: it had one. */
int code_page_open(struct app *app, struct code_page *page, bool *known)
    __attribute__((warn_unused_result));

/* Counts a failure in the cookie. */
void code_page_fail(struct app *app, struct code_page *page);

/* Does the posted form come from that page? */
bool code_page_is_own_form(const struct app *app, const struct code_page *page);

/* Signs the browser in as openid, and deletes the cookie. */
int code_page_sign_in(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* Gets the word that a page asks visitors to send: one of sign_in_words, in the page's language if
 * there is one. ERR_CONFIG. */
int code_page_word(struct app *app, const char **word) __attribute__((warn_unused_result));

/* Returns the absolute link that a token is sent as. */
char *code_page_link(struct app *app, const char *token);

#endif
