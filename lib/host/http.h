/*
 * http: GET and POST (libcurl), over one connection that is kept for later calls, or over one for
 * each call. https with its certificate checked, or http, which the settings allow on loopback only
 * and clients.json (allow_http) in the owner's network; no proxy, no redirects, no cookies, nothing
 * from the environment.
 */
#ifndef WECHAT_HTTP_H
#define WECHAT_HTTP_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct http;

enum {
        HTTP_CONNECT_MS = 3000,
        HTTP_TOTAL_MS = 8000,
        HTTP_BODY_MAX = 64 * 1024,
        HTTP_KEPT_SECONDS = 30
};

/* Opens a client, for http_begin(); the arena closes it. ca_file: "" for the host's certificates.
 * addresses: from resolve_origin(), or NULL to look names up when needed. Both must live as
 * long as the client. ERR_SYSTEM. */
int http_open(struct arena *arena, const char *ca_file, const char *addresses, struct http **http,
    struct err *err) __attribute__((warn_unused_result));

/* Begins the calls of a request: they take at most HTTP_TOTAL_MS altogether, and their memory from
 * arena. */
void http_begin(struct http *http, struct arena *arena);

/* Returns the milliseconds left for further calls. */
int http_time_left(const struct http *http);

/* A file, to be sent as multipart/form-data (RFC 7578). */
struct http_file {
        const char *field; /* "media" */
        const char *name;  /* as the server shall see it */
        const char *type;  /* "image/png" */
        const char *bytes;
        size_t size;
};

/* Why there was no answer. */
enum http_trouble {
        HTTP_ANSWERED,
        HTTP_NO_NAME,     /* the host's name has no address */
        HTTP_UNREACHED,   /* no connection */
        HTTP_CERTIFICATE, /* none that is valid for this name */
        HTTP_LATE,
        HTTP_BROKEN /* anything else */
};

struct http_request {
        const char *url;
        const char *json;             /* the body of a POST; NULL: there is none */
        const struct http_file *file; /* likewise */
        const char *form;  /* likewise: application/x-www-form-urlencoded; with none it is a GET */
        size_t answer_max; /* bytes; 0: HTTP_BODY_MAX */
        int timeout_ms;    /* of this call; 0: what is left of the HTTP_TOTAL_MS of all calls */
        /* To send it twice is to send it once: it may use a connection that an earlier call has
         * left open, for HTTP_KEPT_SECONDS. Any other gets a new connection, which resumes the TLS
         * session: if a kept connection has died, libcurl silently sends the request again, and a
         * code must be sent only once. */
        bool repeatable;
        const char *header; /* a further one, "Name: value"; NULL: none */
        bool any_status;    /* every status is an answer, and a body that is too long is cut */
};

struct http_answer {
        char *body; /* with a NUL after it */
        size_t size;
        const char *type; /* its Content-Type; "": none */
        /* These are set for any_status, trouble also on errors. */
        enum http_trouble trouble;
        int status;
        const char *location; /* where a redirect leads, a whole URL; "": it is none */
        long long date;       /* its Date, seconds since 1970; -1: none */
        const char *local;    /* the address of this host that the call came from */
};

/*
 * Makes a call whose answer has the status 200, unless any_status is set. ERR_TIMEOUT. ERR_CONFIG:
 * no certificates for https. ERR_UPSTREAM: no connection, an invalid certificate, another status,
 * or a body that is too long. err never shows more of the url than the part before '?', and nothing
 * of the body.
 */
int http_call(struct http *http, const struct http_request *request, struct http_answer *answer,
    struct err *err) __attribute__((warn_unused_result));

/* HTTP_AT_ONCE_MAX: calls at the same time. */
enum { HTTP_AT_ONCE_MAX = 64 };

/*
 * Makes count calls, at most HTTP_AT_ONCE_MAX, at the same time and each with a connection of its
 * own, so that none waits for another one. Each takes at most its timeout_ms, which is set, as is
 * any_status. ca_file: as for http_open(). errors: of each call, ERR_NONE if there is an answer.
 * ERR_SYSTEM: none was made.
 */
int http_call_all(struct arena *arena, const char *ca_file, const struct http_request *requests,
    size_t count, struct http_answer *answers, struct err *errors, struct err *err)
    __attribute__((warn_unused_result));

#endif
