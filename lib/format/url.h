/*
 * url: percent-encoding, forms, and the checks that guard redirects.
 */
#ifndef WECHAT_URL_H
#define WECHAT_URL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct pairs;

enum { URL_NEXT_MAX = 2000, URL_FIELDS_MAX = 64 };

/* Returns text with every byte except RFC 3986's unreserved ones (section 2.3) as %XX, in capital
 * hex. */
char *url_encode(struct arena *arena, const char *text);

/* The same for a path: slashes stay as they are. */
char *url_encode_path(struct arena *arena, const char *path);

/* Decodes size bytes of text as a form field: '+' is a blank. A '%' that does not begin %XX stays
 * as it is, and so does %00; a raw NUL byte becomes %00. */
char *url_decode(struct arena *arena, const char *text, size_t size);

/* Adds the fields of application/x-www-form-urlencoded text, size bytes (WHATWG URL, section 5.1),
 * to pairs, decoded as by url_decode(). Accepts what browsers and trackers send. Returns NULL, or
 * what is wrong with the text: a broken %XX, a NUL, more than 64 fields. */
const char *url_read_form(struct arena *arena, const char *text, size_t size, struct pairs *pairs);

/* As url_read_form(), for text that must be valid. ERR_REQUEST. */
int url_parse_form(struct arena *arena, const char *text, struct pairs *pairs, struct err *err)
    __attribute__((warn_unused_result));

/* Returns pairs as name=value&… */
char *url_build_form(struct arena *arena, const struct pairs *pairs);

/* Returns the address url, which has no fragment, with a query behind the one that it may have. */
char *url_add_query(struct arena *arena, const char *url, const char *query);

/*
 * Is next a page of this site, so that origin + next stays on the origin in every browser? It
 * starts with '/', its second byte is neither '/' nor '\', all bytes are 0x21–0x7e except '\', and
 * it has at most 2000 bytes (threat 4).
 */
bool url_is_local(const char *next);

/*
 * Returns the page of this site that given names, as a path that url_is_local() accepts: given is a
 * path, or a full address that begins with origin ("": only a path is accepted). Blanks and bytes
 * beyond ASCII, which people and programs leave unencoded, are percent-encoded. Returns NULL if it
 * is not such a page; *reason says why, without quoting it.
 */
const char *url_page(
    struct arena *arena, const char *origin, const char *given, const char **reason);

/* Is text exactly an origin, scheme://host or scheme://host:port in lower case? The scheme is
 * https, or http if the host is loopback: localhost, 127.0.0.1 or [::1]. */
bool url_is_origin(const char *text);

/* As url_is_origin(), but allows http for any host. */
bool url_is_any_origin(const char *text);

/* Is the origin this computer: localhost, 127.0.0.1 or [::1]? */
bool url_is_loopback(const char *origin);

/* Returns the origin of an absolute http or https link, if that has at most 2000 bytes, all of them
 * 0x21–0x7e except '\' and '#', and the origin is followed by nothing, '/' or '?'. NULL for
 * anything else. */
char *url_origin(struct arena *arena, const char *link);

#endif
