/*
 * desktop: a sign-in of a computer by way of a phone. The terms are RFC 8628's where it has them.
 *
 * Nothing is stored for it until the phone answers: the computer's cookie holds the device code,
 * and the QR code a link with the user code, which is a hash of it, and with what the phone shows
 * before it asks; both are sealed. The answer is a ticket of the store under the user code.
 */
#ifndef WECHAT_DESKTOP_H
#define WECHAT_DESKTOP_H

#include <stdbool.h>

struct app;
struct arena;

/* The phone may answer for so long, and the computer may take the answer a little longer. */
enum { DESKTOP_SECONDS = 120, DESKTOP_PICKUP_SECONDS = 30, DESKTOP_COOKIE_SECONDS = 900 };

struct desktop {
        const char
            *device_code;      /* 43 characters of base64url, random; NULL where only the link is */
        const char *user_code; /* 43 characters of base64url */
        long long expires;     /* seconds since 1970; the phone may answer until then */
        const char *next;      /* a page of the site; NULL in a link */
        const char *browser;   /* "Chrome, Windows"; "" where it is not known; NULL in a cookie */
        const char *address;   /* the computer's; NULL in a cookie */
};

/* The cookie's value, and back: false where it is not what desktop_format_cookie() made with that
 * key. Whether it is too old is for the caller. */
char *desktop_format_cookie(struct arena *arena, const char *key, const struct desktop *desktop);
bool desktop_parse_cookie(
    struct arena *arena, const char *key, const char *text, struct desktop *desktop);

/* The same for what the link carries. */
char *desktop_format_link(struct arena *arena, const char *key, const struct desktop *desktop);
bool desktop_parse_link(
    struct arena *arena, const char *key, const char *text, struct desktop *desktop);

/* A new sign-in for the computer that asks, whose random device code is given. */
void desktop_fill(
    struct app *app, const char *device_code, const char *next, struct desktop *desktop);

/* Two digits that computer and phone both show, from the user code. */
int desktop_number(const struct desktop *desktop);

/* The browser and the system that a User-Agent names, "Chrome, Windows"; "" where neither is known.
 */
const char *desktop_browser(struct arena *arena, const char *user_agent);

/* The keys that seal cookie and link. */
char *desktop_cookie_key(struct app *app);
char *desktop_link_key(struct app *app);

#endif
