/*
 * cgi: CGI/1.1 (RFC 3875): the environment and stdin to a request, a response to stdout.
 */
#ifndef WECHAT_CGI_H
#define WECHAT_CGI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pairs.h"

struct arena;
struct err;

enum {
        CGI_BODY_MAX = 64 * 1024,
        CGI_QUERY_MAX = 16 * 1024,
        CGI_READ_MS = 10000,
        CGI_DISCARD_MAX = 1024 * 1024,
        CGI_DISCARD_MS = 1000,
        CGI_PAUSE_MS = 200
};

struct cgi_request {
        const char *method;      /* "GET", "HEAD", "POST", … */
        const char *path_info;   /* "" where there is none */
        const char *client;      /* REMOTE_ADDR, "-" where there is none */
        const char *client_port; /* REMOTE_PORT, "" where there is none */
        struct pairs query;
        struct pairs cookies;
        struct pairs form;        /* of a POST in application/x-www-form-urlencoded */
        const char *query_string; /* as it came, "" where there is none */
        const char *query_flaw;   /* what is wrong with it, for whom that matters; NULL: nothing */
        const char *body;         /* of any POST, a NUL after it; "" where there is none */
        size_t body_size;
        const char *authorization; /* these headers: "" where there is none */
        const char *wx_session;    /* X-WX-Session */
        const char *accept_language;
        const char *user_agent;
        const char *origin;
        const char *fetch_site; /* Sec-Fetch-Site */
        const char *content_type;
        const char *content_length;
        const char *original_uri;      /* X-Original-URI and X-Forwarded-Uri, as a proxy or */
        const char *forwarded_uri;     /* anybody else sent them */
        bool has_body;                 /* the request came with one, read or not */
        const char *transfer_encoding; /* "chunked": the body has no length, but an end */
};

struct cgi_response {
        int status;
        struct pairs headers; /* without Status, Content-Type and Content-Length */
        const char *content_type;
        const char *body;
        size_t size;
};

/* The request without its body, from the environment. What is broken in it is for the program that
 * asks for it: url_read_form(). */
void cgi_parse_request(struct arena *arena, char *const *environment, struct cgi_request *request);

/* Is type, such as "application/json", the media type of the request's body? */
bool cgi_is_type(const struct cgi_request *request, const char *type);

/* The same for a form, application/x-www-form-urlencoded. */
bool cgi_is_form(const struct cgi_request *request);

/* Reads the body of a POST, CONTENT_LENGTH (length, may be NULL) bytes from the descriptor in, and
 * its form, as url_read_form() does. A chunked body, which Apache gives without a length, is read
 * to its end. ERR_REQUEST: length is no number, the body is shorter; ERR_TOO_LARGE; ERR_TIMEOUT is
 * said as ERR_REQUEST: the sender was too slow. */
int cgi_read_body(struct arena *arena, int in, const char *length, struct cgi_request *request,
    struct err *err) __attribute__((warn_unused_result));

/* Reads and drops a body that is not wanted: a server that gives stdin as a socket (mod_cgid) loses
 * the answer of who leaves bytes unread. It gives up at a pause of CGI_PAUSE_MS, and at
 * CGI_DISCARD_MS and CGI_DISCARD_MAX bytes in all. */
void cgi_discard_body(int in);

/* The response's headers, with the empty line behind them. ERR_SYSTEM: one has a control byte. */
int cgi_format_headers(struct arena *arena, const struct cgi_response *response, char **bytes,
    size_t *size, struct err *err) __attribute__((warn_unused_result));

/* Writes all of both parts to the descriptor out. ERR_SYSTEM. */
int cgi_write(int out, const char *headers, size_t headers_size, const char *body, size_t body_size,
    struct err *err) __attribute__((warn_unused_result));

#endif
