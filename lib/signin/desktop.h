/*
 * desktop: signs in a computer by means of a phone. The terms are those of RFC 8628, if it has
 * them.
 *
 * Nothing is stored until the phone answers. The computer's cookie holds the device code; the QR
 * code holds a link with the user code, which is a hash of it, and with the details that the phone
 * shows before it asks. Both are signed. The answer is stored as a ticket under the user code.
 */
#ifndef WECHAT_DESKTOP_H
#define WECHAT_DESKTOP_H

#include <stdbool.h>

struct app;
struct arena;

/* The phone may answer for DESKTOP_SECONDS; the computer may take the answer for
 * DESKTOP_PICKUP_SECONDS more. */
enum { DESKTOP_SECONDS = 120, DESKTOP_PICKUP_SECONDS = 30, DESKTOP_COOKIE_SECONDS = 900 };

struct desktop {
        const char
            *device_code; /* 43 characters of base64url, random; NULL if only the link is known */
        const char *user_code; /* 43 characters of base64url */
        long long expires;     /* seconds since 1970; the phone may answer until then */
        const char *next;      /* a page of the site; NULL in a link */
        const char *browser;   /* "Chrome, Windows"; "" if unknown; NULL in a cookie */
        const char *address;   /* the computer's; NULL in a cookie */
};

/* Format the cookie's value, and parse it: false if desktop_format_cookie() did not make it with
 * that key. The caller checks its age. */
char *desktop_format_cookie(struct arena *arena, const char *key, const struct desktop *desktop);
bool desktop_parse_cookie(
    struct arena *arena, const char *key, const char *text, struct desktop *desktop);

/* The same for the link's data. */
char *desktop_format_link(struct arena *arena, const char *key, const struct desktop *desktop);
bool desktop_parse_link(
    struct arena *arena, const char *key, const char *text, struct desktop *desktop);

/* Fills desktop for a new sign-in of a computer; device_code is random. */
void desktop_fill(
    struct app *app, const char *device_code, const char *next, struct desktop *desktop);

/* Returns the number of two digits that computer and phone both show, from the user code. */
int desktop_number(const struct desktop *desktop);

/* Returns browser and system from a User-Agent: "Chrome, Windows"; "" if neither is known. */
const char *desktop_browser(struct arena *arena, const char *user_agent);

/* Return the keys that sign cookie and link. */
char *desktop_cookie_key(struct app *app);
char *desktop_link_key(struct app *app);

/* Answers the script of a page that waits: JSON, whether the phone has answered. This takes
 * nothing; the page itself does. */
int desktop_answer_script(struct app *app, const char *user_code)
    __attribute__((warn_unused_result));

#endif
