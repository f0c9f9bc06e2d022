/*
 * fastcgi: the FastCGI protocol 1.0 for a responder: what a web server sends, piece by piece, and
 * the records of an answer. https://fastcgi-archives.github.io/FastCGI_Specification.html
 *
 * A connection carries one request at a time: another one that begins meanwhile is refused, as the
 * specification allows. Only the variables that are asked for are kept.
 */
#ifndef WECHAT_FASTCGI_H
#define WECHAT_FASTCGI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct arena;

/* END_SIZE: of the record that ends a request. CONTENT_MAX: of a record that we send, a multiple
 * of 8. PARAMS_MAX: all variables of a request, as they are sent. KEPT_MAX, VARIABLES_MAX: those
 * that are kept. NAME_MAX: the longest name that can be. DROPPED_MAX: of a body, beyond what is
 * kept. REPLIES_MAX: to what is no request. */
enum {
        FASTCGI_HEADER_SIZE = 8,
        FASTCGI_END_SIZE = 16,
        FASTCGI_CONTENT_MAX = 65528,
        FASTCGI_PARAMS_MAX = 1024 * 1024,
        FASTCGI_KEPT_MAX = 256 * 1024,
        FASTCGI_VARIABLES_MAX = 64,
        FASTCGI_NAME_MAX = 63,
        FASTCGI_DROPPED_MAX = 32 * 1024 * 1024,
        FASTCGI_REPLIES_MAX = 1024
};

enum fastcgi_type {
        FASTCGI_BEGIN = 1,
        FASTCGI_ABORT,
        FASTCGI_END,
        FASTCGI_PARAMS,
        FASTCGI_STDIN,
        FASTCGI_STDOUT,
        FASTCGI_STDERR,
        FASTCGI_DATA,
        FASTCGI_GET_VALUES,
        FASTCGI_GET_VALUES_RESULT,
        FASTCGI_UNKNOWN_TYPE
};

enum fastcgi_state {
        FASTCGI_IDLE, /* no request has begun */
        FASTCGI_READS_PARAMS,
        FASTCGI_READS_BODY,
        FASTCGI_COMPLETE,
        FASTCGI_ABORTED, /* the server does not want it any more */
        FASTCGI_BROKEN   /* the peer does not speak the protocol, or sends too much */
};

/* Names with values, in the way. */
struct fastcgi_pairs {
        const char *const *names; /* which are kept; NULL after the last */
        char **found;             /* "NAME=value"; NULL after the last */
        size_t count;
        size_t kept; /* bytes */
        size_t all;  /* bytes that came */
        unsigned char lengths[8];
        size_t lengths_size;
        size_t name_left;
        size_t value_left;
        char name[FASTCGI_NAME_MAX + 1];
        size_t name_size; /* also what does not fit into name */
        char *value;      /* where the value goes; NULL: it is dropped */
        bool in_pair;     /* its lengths are known */
};

struct fastcgi {
        struct arena *arena;
        enum fastcgi_state state;
        unsigned id;
        bool cut;  /* its body is longer than FASTCGI_DROPPED_MAX: it goes on after the request */
        bool keep; /* the server keeps the connection for another request */
        const char *flaw; /* why a complete request cannot be served; NULL: it can */
        struct fastcgi_pairs variables;
        struct buf body; /* body_max + 1 bytes at most */
        size_t body_max;
        size_t dropped;
        struct buf replies; /* to be sent before anything else */

        /* The record that comes. */
        unsigned char header[FASTCGI_HEADER_SIZE];
        size_t header_size;
        enum fastcgi_type type;
        unsigned record_id;
        size_t content; /* how much is left */
        size_t padding;
        unsigned char begin[FASTCGI_HEADER_SIZE]; /* the body of FASTCGI_BEGIN */
        size_t begin_size;
        struct fastcgi_pairs values;
};

/* Begins to read a request, between two records. names: the variables to keep, NULL after the last.
 * body_max: how much is kept of a body. All memory comes from arena. */
void fastcgi_begin(
    struct fastcgi *request, struct arena *arena, const char *const *names, size_t body_max);

/* Reads the next bytes that came. Returns how many of them belong to this request; when all are
 * read, or state is one of the last three, that is all. */
size_t fastcgi_feed(struct fastcgi *request, const char *bytes, size_t size);

/* Returns the variables, "NAME=value", NULL after the last. */
char *const *fastcgi_environment(const struct fastcgi *request);

/* Writes a record's header. */
void fastcgi_put_header(
    unsigned char header[FASTCGI_HEADER_SIZE], enum fastcgi_type type, unsigned id, size_t size);

/* Writes the record that ends a request. */
void fastcgi_put_end(unsigned char record[FASTCGI_END_SIZE], unsigned id, unsigned status);

#endif
