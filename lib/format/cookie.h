/*
 * cookie: the Cookie and Set-Cookie headers (RFC 6265).
 */
#ifndef WECHAT_COOKIE_H
#define WECHAT_COOKIE_H

#include <stdbool.h>

struct arena;
struct pairs;

/* Adds the cookies of a Cookie header (section 4.2.1) to pairs and skips what is not name=value.
 * Names keep their case and are not decoded. header may be NULL. */
void cookie_parse(struct arena *arena, const char *header, struct pairs *pairs);

/* Returns the name of one of our cookies: with the prefix "__Host-" on https (RFC 6265bis, section
 * 4.1.3.2), so that no other host name can set it; without it on loopback http. */
const char *cookie_name(struct arena *arena, const char *name, bool secure);

/* Returns a Set-Cookie value: Path=/, HttpOnly, SameSite=Lax, and Secure on https. max_age is in
 * seconds; 0 deletes the cookie. name comes from cookie_name(); value consists of base64url
 * characters and '.'. */
char *cookie_build(
    struct arena *arena, const char *name, const char *value, long long max_age, bool secure);

#endif
