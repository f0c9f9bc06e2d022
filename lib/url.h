/*
 * url: percent-encoding, forms, and the two questions that guard redirects.
 */
#ifndef WECHAT_URL_H
#define WECHAT_URL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct pairs;

enum { URL_NEXT_MAX = 2000, URL_FIELDS_MAX = 64 };

/* text with every byte but RFC 3986's unreserved ones (section 2.3) as %XX, capital hex. */
char *url_encode(struct arena *arena, const char *text);

/* Adds the fields of application/x-www-form-urlencoded text (WHATWG URL, section 5.1) to pairs.
 * ERR_REQUEST: a broken %XX, a NUL, or more than 64 fields. */
int url_parse_form(struct arena *arena, const char *text, struct pairs *pairs, struct err *err)
    __attribute__((warn_unused_result));

/* pairs as name=value&… */
char *url_build_form(struct arena *arena, const struct pairs *pairs);

/*
 * Is next a page of this site, so that origin + next stays on the origin in every browser? It
 * starts with '/', its second byte is neither '/' nor '\', all bytes are 0x21–0x7e but '\', and it
 * is 2000 bytes at most (threat 4).
 */
bool url_is_local(const char *next);

/* Is text an origin, scheme://host or scheme://host:port in lower case, and nothing else? https, or
 * http where the host is loopback: localhost, 127.0.0.1 or [::1]. */
bool url_is_origin(const char *text);

/* The same, but http may be of any host. */
bool url_is_any_origin(const char *text);

/* Is the origin this computer: localhost, 127.0.0.1 or [::1]? */
bool url_is_loopback(const char *origin);

/* The origin of an absolute http or https link of 2000 bytes at most, all of them 0x21–0x7e but
 * '\\' and '#', in which nothing, '/' or '?' follows the origin; NULL for anything else. */
char *url_origin(struct arena *arena, const char *link);

#endif
