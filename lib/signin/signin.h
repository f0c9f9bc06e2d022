/*
 * signin: a sign-in that is under way. Nothing is stored for it: the browser's cookie holds it,
 * signed with a key derived from the AppSecret, and WeChat returns a state that belongs to it.
 */
#ifndef WECHAT_SIGNIN_H
#define WECHAT_SIGNIN_H

#include <stdbool.h>

struct app;
struct arena;

enum { SIGNIN_SECONDS = 600, SIGNIN_TRIES_MAX = 1 };

struct signin {
        const char *nonce;   /* 43 characters of base64url, random */
        long long expires;   /* seconds since 1970 */
        int tries;           /* how often it was restarted automatically: 0 or 1 */
        const char *scope;   /* what was asked for */
        const char *next;    /* a page of the site */
        long long consented; /* app->consented when it began */
};

/* Format the cookie's value, v3.nonce.expires.tries.scope.next.consented.mac, and parse it: false
 * if it is not exactly what signin_format() made with that key, or if now is past expires or before
 * its beginning. A cookie that is only too old still sets signin->next; otherwise that is NULL. */
char *signin_format(struct arena *arena, const char *key, const struct signin *signin);
bool signin_parse(
    struct arena *arena, const char *key, const char *text, long long now, struct signin *signin);

/* Returns the state for WeChat: 64 hex digits of a hash of the nonce, and the digit of tries. */
char *signin_state(struct arena *arena, const struct signin *signin);

/* Returns the tries in a state, unverified; -1 if it is not a state. */
int signin_state_tries(const char *state);

/*
 * Gets the way to sign in ("authorize", "message"): the one asked for; else authorize for a scope,
 * which no other way has; else the first of the settings (sign_in), and in WeChat another one than
 * scene, if there is one. asked and scope may be NULL.
 * ERR_REQUEST: the site does not have that way.
 */
int signin_choose_way(struct app *app, const char *asked, const char *scope, const char **way)
    __attribute__((warn_unused_result));

/* Is the visitor's browser WeChat's own (MicroMessenger), or treated as such (outside_wechat)?
 * WeCom's, which also says wxwork, is not: an official account's page cannot be authorized there.
 */
bool signin_is_in_wechat(const struct app *app);

/* Are QR codes for computers switched on (outside_wechat)? The check sets ERR_NOT_FOUND if not. */
bool signin_has_desktop(const struct app *app);
int signin_check_desktop(struct app *app) __attribute__((warn_unused_result));

/* Is it a phone's browser? */
bool signin_is_on_phone(const struct app *app);

/* Returns the scope for this visitor if none was asked for: that of the settings, or outside WeChat
 * that of the website application, if there is one. */
const char *signin_scope(const struct app *app);

/* Begins a sign-in, which remembers app->consented: sets the cookie and answers 303 to WeChat. */
int signin_begin(struct app *app, const char *next, const char *scope, int tries)
    __attribute__((warn_unused_result));

#endif
