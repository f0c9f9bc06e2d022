/*
 * url: percent-encoding, forms, and the questions that guard redirects.
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

/* text, size bytes, decoded as a field of a form: '+' is a blank. A '%' that begins no %XX stays as
 * it is, and so does %00, which stands for a NUL byte as well. */
char *url_decode(struct arena *arena, const char *text, size_t size);

/* Adds the fields of application/x-www-form-urlencoded text, size bytes (WHATWG URL, section 5.1),
 * to pairs, decoded as above. It takes what browsers and trackers send; NULL, or what is wrong with
 * the text: a broken %XX, a NUL, more than 64 fields. */
const char *url_read_form(struct arena *arena, const char *text, size_t size, struct pairs *pairs);

/* The same for text that must be without fault. ERR_REQUEST. */
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

/*
 * The page of the site that given names, as a path for which url_is_local() holds: given is a path,
 * or a full address that begins with origin ("": only a path will do). Blanks and bytes beyond
 * ASCII, which people and programs leave as they are, are percent-encoded. NULL: it is none;
 * *reason says what it is instead, without any of its text.
 */
const char *url_page(
    struct arena *arena, const char *origin, const char *given, const char **reason);

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
