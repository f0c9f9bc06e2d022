/*
 * host: what a process has for all its requests: its programs, the settings, what it has given up,
 * and what is kept from one request to the next. A request under way is a struct app (app.h).
 */
#ifndef WECHAT_HOST_H
#define WECHAT_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "conf/conf.h"
#include "base/err.h"
#include "web/place.h"

struct app;
struct arena;
struct host;
struct http;
struct runner;
struct state;

/* After so many requests, or seconds, a process is to be replaced: what a library loses stays
 * little, and an address of WeChat's that has changed is found. */
enum { HOST_REQUESTS_MAX = 10000, HOST_SECONDS_MAX = 3600 };

struct app_program {
        const char *name;               /* "login.cgi" */
        const char *purpose;            /* what --help says */
        const char *methods;            /* "GET, HEAD"; others get 405; NULL: any will do */
        int (*handle)(struct app *app); /* 0, or -1 with app->err */
        /* Is the body of this request wanted? One that is not is neither read nor judged. NULL: the
         * body of every POST. */
        bool (*wants_body)(const struct app *app);
        /* Answers an error in place of the error page, for programs that talk to programs; may be
         * NULL. 0, or -1 for the page after all. */
        int (*handle_error)(struct app *app);
        /* The name of the program that answers a query in place of this one; NULL: this one does.
         * It may be NULL itself. */
        const char *(*instead)(const char *query);
        /*
         * What it needs of the host (sandbox.h): all else is out of reach for handle(). 0: the
         * templates and the state folder. The settings' files are not in it: one is read by
         * app_read_file(), and what else needs the host's powers is begun in prepare().
         */
        unsigned needs;
        size_t reads; /* the setting that names that file: offsetof(struct conf, …); 0: none */
        /* Once, before the sandbox: what it opens or starts for the requests to come, kept in host.
         * May be NULL. */
        void (*prepare)(struct host *host);
        /* The libraries of the host that it loads besides the C library: "curl", "expat",
         * "qrencode", divided by blanks; NULL: none. Loading one costs more than all that most
         * requests do, so a program that does not say so must not link it. */
        const char *links;
        bool cross_origin; /* pages of dev_origins may ask as well, by scripts (cors.h) */
};

/* A file that was opened at the start: another one of that name, or a change, is not seen. */
struct host_file {
        const char *path; /* NULL: none is wanted */
        int fd;           /* -1: err says why not */
        struct err err;
        char *text; /* once it was read */
        size_t size;
};

/* What a file was when the process began. */
struct host_watch {
        const char *path;
        bool exists;
        dev_t device;
        ino_t number;
        off_t size;
        struct timespec changed;
};

struct host {
        struct arena *arena;                       /* for as long as the process lives */
        struct arena *request_arena;               /* for the request under way */
        const struct app_program *const *programs; /* NULL behind the last */
        struct place place;
        struct conf conf;           /* but for what depends on the time: see app.h */
        struct err err;             /* ERR_CONFIG: there are no settings */
        struct state *state;        /* as it was found before the sandbox; NULL: none is needed */
        bool state_is_there;        /* it, or the folder above it, is in reach */
        struct host_file *files;    /* that of each program's .reads */
        struct host_watch *watched; /* path is NULL behind the last; NULL: nothing is watched */
        struct runner *runner;      /* of the handler; NULL: none is set */
        const char *addresses;      /* WeChat's, for http_open(); NULL: looked up when needed */
        struct http *http;          /* once a request has asked WeChat */
        long long began;            /* by os_clock_ms() */
        int requests;               /* that were begun */
};

/*
 * Reads the settings, has the programs prepare, gives up what none of them needs, and clears the
 * process's own environment; the one given, which may be that, stays as it is. What fails is kept,
 * for each request to say. once: it serves no more than one. Else stdout leads nowhere from here
 * on: it is no request's answer, and what memory_exhausted() says there is for CGI. Who has sent
 * the request sees its connection end.
 */
void host_open(struct host *host, const struct app_program *const *programs,
    char *const *environment, bool once);

/* What a program needs, of enum sandbox_need. */
unsigned host_needs(const struct app_program *program);

/* The state for a request of the program, which lasts as long as the request; NULL: the program
 * needs none. */
struct state *host_open_state(struct host *host, const struct app_program *program);

/* The one of the programs that has this name; NULL: none. */
const struct app_program *host_find_program(const struct host *host, const char *name);

/* The text of the program's file, whole and as it was when the process began, for the arena of a
 * request. As file_read_public(). */
int host_read_file(struct host *host, const struct app_program *program, struct arena *arena,
    char **text, size_t *size, struct err *err) __attribute__((warn_unused_result));

/* The path that the setting .reads has. */
const char *host_file_path(const struct host *host, const struct app_program *program);

/* Is another process to serve the next request: has a file changed that this one has read, is its
 * runner gone, has it served long enough? */
bool host_is_spent(const struct host *host);

/* Closes and frees everything. Before the end of a process that is not needed. */
void host_close(struct host *host);

#endif
