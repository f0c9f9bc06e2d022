/*
 * http: GET over one kept connection (libcurl). https with its certificate checked, or http on
 * loopback; no proxy, no redirects, no cookies, nothing from the environment.
 */
#ifndef WECHAT_HTTP_H
#define WECHAT_HTTP_H

#include <stddef.h>

struct arena;
struct err;
struct http;

enum { HTTP_CONNECT_MS = 3000, HTTP_TOTAL_MS = 8000, HTTP_BODY_MAX = 64 * 1024 };

/* The addresses of an origin's host, "host:port:address,address", for http_open(): to be looked up
 * before a program gives up the sockets that name services need. NULL: there is no such host, or it
 * is an address itself. Takes as long as the host's name service does. */
char *http_find_addresses(struct arena *arena, const char *origin);

/* A client whose calls take HTTP_TOTAL_MS together at the most; the arena closes it. ca_file: ""
 * for the host's certificates. addresses: what http_find_addresses() found, or NULL to look names
 * up when they are needed. ERR_SYSTEM. */
int http_open(struct arena *arena, const char *ca_file, const char *addresses, struct http **http,
    struct err *err) __attribute__((warn_unused_result));

/* Milliseconds that are left for further calls. */
int http_time_left(const struct http *http);

/*
 * The body of a 200 answer, with a NUL after it. ERR_TIMEOUT; ERR_CONFIG: no certificates for
 * https; ERR_UPSTREAM: no connection, bad
 * certificate, another status, more than HTTP_BODY_MAX bytes. err never holds more of the url than
 * the part before '?'.
 */
int http_get(struct http *http, const char *url, char **body, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
