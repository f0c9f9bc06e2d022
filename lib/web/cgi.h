/*
 * cgi: CGI/1.1 (RFC 3875): reads a request from the environment and stdin, writes a response to
 * stdout.
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
        CGI_DISCARD_MAX = 2 * 1024 * 1024,
        CGI_DISCARD_MS = 1000,
        CGI_DISCARD_FILE_MAX = 32 * 1024 * 1024,
        CGI_PAUSE_MS = 200,
        CGI_PAUSE_FILE_MS = 2000,
        CGI_COPY_SIZE = 64 * 1024
};

struct cgi_request {
        const char *method;        /* "GET", "HEAD", "POST", … */
        const char *path_info;     /* "" if there is none */
        const char *client;        /* REMOTE_ADDR, "-" if there is none */
        const char *forwarded_for; /* X-Forwarded-For, as a proxy or any other client sent it */
        const char *client_port;   /* REMOTE_PORT, "" if there is none */
        struct pairs query;
        struct pairs cookies;
        struct pairs form;        /* of a POST as application/x-www-form-urlencoded */
        const char *query_string; /* as it came, "" if there is none */
        const char *query_flaw;   /* what is wrong with the query; NULL: nothing */
        const char *body;         /* of any POST, with a NUL after it; "" if there is none */
        size_t body_size;
        size_t body_max; /* the most that is read of it, set by the program; 0: CGI_BODY_MAX */
        const char *authorization; /* this header and those below: "" if there is none */
        const char *wx_session;    /* X-WX-Session */
        const char *accept_language;
        const char *user_agent;
        const char *origin;
        const char *fetch_site; /* Sec-Fetch-Site */
        const char *content_type;
        const char *content_length;
        const char *original_uri;      /* X-Original-URI, from a proxy or from anybody else */
        const char *forwarded_uri;     /* X-Forwarded-Uri, likewise */
        bool has_body;                 /* the request has one, read or not */
        const char *transfer_encoding; /* "chunked": the body's length is unknown */
        const char *request_uri;       /* the address as the visitor asked for it, encoded */
        const char *range;             /* these headers are for part.h */
        const char *if_range;
        const char *if_match;
        const char *if_none_match;
        const char *if_modified_since;
        const char *if_unmodified_since;
};

/* A part of an open file, as the body of a response. */
struct cgi_file {
        int fd;
        long long offset;
        long long size;
};

/* Where an answer goes: to a descriptor, or where write() passes it on, which returns 0, or -1 with
 * err. */
struct cgi_out {
        int file;
        int (*write)(void *context, const char *bytes, size_t size, struct err *err); /* or NULL */
        void *context;
};

/* A body that is written piece by piece, so that it need not be in memory as a whole. */
struct cgi_stream {
        int (*write)(
            void *context, const struct cgi_out *out, struct err *err); /* 0, or -1 with err */
        void *context;
};

struct cgi_response {
        int status;
        struct pairs headers; /* without Status, Content-Type and Content-Length */
        const char *content_type;
        const char *body;
        size_t size;
        const struct cgi_file *file;     /* the body, in place of the two above; NULL: none */
        const struct cgi_stream *stream; /* the same, without a length; NULL: none */
};

/* The variables that our programs read of a request; NULL after the last. */
extern const char *const cgi_variables[];

/* Reads the request, without its body, from the environment. Malformed fields are left for the
 * program that asks for them (url_read_form()). */
void cgi_parse_request(struct arena *arena, char *const *environment, struct cgi_request *request);

/* Is type, such as "application/json", the media type of the request's body? */
bool cgi_is_type(const struct cgi_request *request, const char *type);

/* The same for a form, application/x-www-form-urlencoded. */
bool cgi_is_form(const struct cgi_request *request);

/* Reads the body of a POST from the descriptor in, and its form as url_read_form() does. length:
 * CONTENT_LENGTH, or NULL. A chunked body, which Apache passes on without a length, is read to its
 * end; without either, nothing is read. ERR_REQUEST: length is not a number, the body is shorter,
 * or it takes longer than CGI_READ_MS. ERR_TOO_LARGE: it has more than
 * request->body_max bytes. ERR_SYSTEM. */
int cgi_read_body(struct arena *arena, int in, const char *length, struct cgi_request *request,
    struct err *err) __attribute__((warn_unused_result));

/* Reads and drops a body that is not wanted: a server that passes stdin as a socket (mod_cgid)
 * loses the answer of a program that leaves bytes unread. Stops after a pause of CGI_PAUSE_MS,
 * after CGI_DISCARD_MS in all, or after CGI_DISCARD_MAX bytes. */
void cgi_discard_body(int in);

/* The same for a body that may be a file, whose sender is to see why it was refused: after
 * CGI_READ_MS in all, or after CGI_DISCARD_FILE_MAX bytes. */
void cgi_discard_file(int in);

/* Formats the response's headers, with the empty line after them. ERR_SYSTEM: a name is malformed,
 * or a value has a byte other than printable ASCII. */
int cgi_format_headers(struct arena *arena, const struct cgi_response *response, char **bytes,
    size_t *size, struct err *err) __attribute__((warn_unused_result));

/* Writes all of both parts. ERR_SYSTEM. */
int cgi_write(const struct cgi_out *out, const char *headers, size_t headers_size, const char *body,
    size_t body_size, struct err *err) __attribute__((warn_unused_result));

/* Writes the part of the file, through CGI_COPY_SIZE bytes of memory however
 * large it is. ERR_SYSTEM, with errno in err->number if a system call failed; also if the file has
 * become shorter meanwhile. */
int cgi_write_file(const struct cgi_out *out, const struct cgi_file *file, struct err *err)
    __attribute__((warn_unused_result));

#endif
