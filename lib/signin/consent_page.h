/*
 * consent_page: the page that asks for consent before the browser is sent to WeChat. On the other
 * ways to sign in there is a page with a form in any case, which has a box to tick.
 */
#ifndef WECHAT_CONSENT_PAGE_H
#define WECHAT_CONSENT_PAGE_H

#include <stdbool.h>

struct app;

/* Answers with the page. Its form goes to login.cgi, which begins the sign-in for next (a page of
 * the site) with that scope (NULL: the usual one). */
int consent_page_ask(struct app *app, const char *next, const char *scope)
    __attribute__((warn_unused_result));

/* Asks, unless somebody who agreed was signed in with this browser; or reads the answer that was
 * posted. *agreed: the sign-in goes on; otherwise the request is answered. ERR_DENIED: it is not
 * our own form. */
int consent_page_pass(struct app *app, const char *next, const char *scope, bool *agreed)
    __attribute__((warn_unused_result));

#endif
