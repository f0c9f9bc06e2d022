/*
 * desktop: signs in a computer by means of a phone. The terms are those of RFC 8628, if it has
 * them.
 *
 * The computer's cookie holds the device code, signed. The QR code holds a link with the user code,
 * a hash of it, and nothing else: a short link makes a coarse code, which can be scanned from a
 * distance. A record under the user code says what the phone shows before it asks (waiting.h). The
 * answer is stored as a ticket under the user code.
 */
#ifndef WECHAT_DESKTOP_H
#define WECHAT_DESKTOP_H

#include <stdbool.h>

struct app;
struct arena;
struct pairs;

/* The phone may answer for DESKTOP_SECONDS. The computer may take the answer for
 * DESKTOP_PICKUP_SECONDS more; its page waits for one of the last moment for DESKTOP_LATE_SECONDS.
 */
enum {
        DESKTOP_SECONDS = 120,
        DESKTOP_LATE_SECONDS = 5,
        DESKTOP_PICKUP_SECONDS = 30,
        DESKTOP_COOKIE_SECONDS = 900
};

/* Characters of a user code: 96 bits. It is good for minutes, and only this site can say whether
 * somebody has guessed one. */
enum { DESKTOP_USER_CODE_SIZE = 16 };

struct desktop {
        const char *device_code; /* 43 characters of base64url, random */
        const char *user_code;   /* DESKTOP_USER_CODE_SIZE characters of base64url */
        long long expires;       /* seconds since 1970; the phone may answer until then */
        const char *next;        /* a page of the site */
};

/* Format the cookie's value, and parse it: false if desktop_format_cookie() did not make it with
 * that key. The caller checks its age. */
char *desktop_format_cookie(struct arena *arena, const char *key, const struct desktop *desktop);
bool desktop_parse_cookie(
    struct arena *arena, const char *key, const char *text, struct desktop *desktop);

/* Returns the path of confirm.cgi with the user code, and the user code of such a path's query;
 * NULL: it has none. */
char *desktop_link(struct app *app, const char *user_code);
const char *desktop_parse_link(const struct pairs *query);

/* Fills desktop for a new sign-in of a computer; device_code is random. */
void desktop_fill(
    struct app *app, const char *device_code, const char *next, struct desktop *desktop);

/* Returns the number of two digits that computer and phone both show. */
int desktop_number(const char *user_code);

/* Returns browser and system from a User-Agent: "Chrome, Windows"; "" if neither is known. */
const char *desktop_browser(struct arena *arena, const char *user_agent);

/* Returns the key that signs the cookie. */
char *desktop_cookie_key(struct app *app);

#endif
