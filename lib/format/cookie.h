/*
 * cookie: the Cookie and Set-Cookie headers (RFC 6265).
 */
#ifndef WECHAT_COOKIE_H
#define WECHAT_COOKIE_H

#include <stdbool.h>

struct arena;
struct pairs;

/* Adds the cookies of a Cookie header (section 4.2.1) to pairs; what is not name=value is skipped.
 * Names keep their case and are never decoded. header may be NULL. */
void cookie_parse(struct arena *arena, const char *header, struct pairs *pairs);

/* The name a cookie of ours has on a site: with "__Host-" in front on https (RFC 6265bis, section
 * 4.1.3.2), so that no other host name can set it; bare on loopback http. */
const char *cookie_name(struct arena *arena, const char *name, bool secure);

/* A Set-Cookie value: Path=/, HttpOnly, SameSite=Lax, Secure where the site is. max_age in seconds;
 * 0 deletes it. name as cookie_name() gives it; value: base64url characters and '.'. */
char *cookie_build(
    struct arena *arena, const char *name, const char *value, long long max_age, bool secure);

#endif
