/*
 * host: what a process has for all its requests: its programs, the settings, the sandbox, and what
 * is kept from one request to the next. A single request is a struct app (app.h).
 */
#ifndef WECHAT_HOST_H
#define WECHAT_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"
#include "base/err.h"
#include "web/host_file.h"
#include "web/place.h"
#include "web/watch.h"

struct app;
struct arena;
struct behind;
struct check;
struct host;
struct http;
struct kept;
struct runner;
struct state;
struct versions;

/* After so many requests or seconds another process takes over, so that what libraries leak stays
 * small and a new address of WeChat is found. */
enum { HOST_REQUESTS_MAX = 10000, HOST_SECONDS_MAX = 3600 };

/* Watched files are looked at so often even if nobody tells of a change (watch.h). */
enum { HOST_LOOK_MS = 1000 };

/* How many files prepare() may have watched. */
enum { HOST_WATCHES = 10 };

enum { HOST_LANGUAGES = 3 };

struct app_program {
        const char *name;               /* "login.cgi" */
        const char *purpose;            /* what --help says */
        const char *methods;            /* "GET, HEAD"; others get 405; NULL: any */
        int (*handle)(struct app *app); /* 0, or -1 with app->err */
        /* Does the program want the body of this request? An unwanted one is dropped, unchecked.
         * NULL: it wants the body of every POST. */
        bool (*wants_body)(const struct app *app);
        size_t body_max; /* the most that it reads of a body, in bytes; 0: CGI_BODY_MAX */
        /* A body may be a file that a visitor has chosen: one that is too large is dropped with
         * patience, so that the browser shows the answer. */
        bool takes_file;
        /*
         * What goes on behind the answer, if handle() sets app->goes_on, in a process of its own
         * that holds nothing of the web server's: with what handle() has opened and locked, with
         * the runners, and in the same sandbox. The process that has answered ends; one for many
         * requests is spent. What it says on stderr, and its error, reaches the log with a later
         * request to a program that has after(). prepare() must have set host->behind. May be NULL.
         */
        int (*after)(struct app *app);
        /* Its requests may cause something that programs are run for behind the answer (errand.h).
         */
        bool errands;
        /* Only its requests with this PATH_INFO may; NULL: any. */
        const char *errands_at;
        /* What a process of ours that runs the program by itself wants of it (local.h); text is its
         * stdin. NULL: nothing. Returns 0, or -1 with app->err. */
        int (*local)(struct app *app, const char *text);
        /* The same for a program that needs nothing but its stdin, of size bytes: it has no
         * settings and no state, and is in a sandbox whatever the settings say
         * (sandbox_enter_alone()). It writes to stdout. NULL: local(), or nothing. */
        int (*alone)(struct arena *arena, char *text, size_t size, struct err *err);
        /* Answers an error in place of the error page, for programs that talk to programs; may be
         * NULL. Returns 0, or -1 for the error page after all. */
        int (*handle_error)(struct app *app);
        /* Returns the name of the program that answers the request in place of this one; NULL: this
         * one does. It is asked when the settings have been read (host->err says whether they are
         * valid) and before the sandbox. May be NULL itself. */
        const char *(*instead)(struct host *host, char *const *environment);
        /*
         * What handle() needs (flags of sandbox.h); it can do nothing else. 0: the templates and
         * the state folder. The files named in the settings are not included: app_read_file() reads
         * one, and prepare() begins whatever else needs the host's rights.
         */
        unsigned needs;
        /* The setting that names the file for app_read_file(): offsetof(struct conf, …). 0: none.
         */
        size_t reads;
        /* Is called once, before the sandbox: opens or starts what later requests need, and keeps
         * it in host. May be NULL. */
        void (*prepare)(struct host *host);
        /* prepare() looks at the request, which a process for many requests does not know before
         * its sandbox: there the program is run in a process of its own (apart.h). */
        bool apart;
        /* The libraries of the host that it loads besides the C library: "curl", "expat",
         * "qrencode", separated by spaces; NULL: none. Loading one costs more than most requests
         * do, so a program must not link a library that it does not name here. */
        const char *links;
        /* It answers even if there are no valid settings (host->err): with the defaults, or with
         * what prepare() makes of host->conf. */
        bool without_settings;
        /* It opens the owner's words itself, in prepare(), if it will use them (host_open_words()).
         * They are opened for each other program with SANDBOX_PAGES that needs settings. */
        bool opens_words;
        bool cross_origin; /* scripts of pages on dev_origins may call it (cors.h) */
};

/* What a process is for. */
enum host_kind {
        /* Many requests. stdout is redirected to /dev/null: answers do not go there, and the 503
         * that memory_exhausted() writes to it is for CGI only. The client of that request sees its
         * connection end. */
        HOST_MANY,
        HOST_ONCE,   /* one request */
        HOST_COMMAND /* requests of its own, one after the other, and no web server */
};

struct host {
        struct arena *arena;                       /* lasts as long as the process */
        struct arena *request_arena;               /* of the current request */
        const struct app_program *const *programs; /* NULL after the last */
        /* Programs that another process serves (pool.h); NULL: there are none. */
        const struct app_program *const *elsewhere;
        char *const *environment; /* as the process began */
        struct place place;
        struct conf conf; /* without what depends on the time; app->conf has that */
        struct err err;   /* ERR_CONFIG: there are no valid settings */
        enum host_kind kind;
        struct state *state;                    /* as found before the sandbox; NULL: not needed */
        bool state_is_there;                    /* it, or the folder above it, is accessible */
        int state_port;                         /* that of its server before the sandbox */
        struct host_file *files;                /* one for each program's .reads */
        struct host_file words[HOST_LANGUAGES]; /* the owner's own, by language */
        struct host_file emails;                /* of oidc.cgi (oidc_emails); path NULL: none */
        struct watch *watched;      /* path is NULL after the last; NULL: nothing is watched */
        int told;                   /* of watch_tell(); 0 or -1: nobody tells, so we look */
        long long look_at;          /* when to look in any case, by os_clock_ms() */
        const char *script;         /* the file that runs, as the server names it; NULL: unknown */
        struct runner *runner;      /* of the handler; NULL: there is none */
        struct runner *typist;      /* another one, for what is done while that works; or NULL */
        struct runner *errands;     /* of what is run behind answers (errand.h); or NULL */
        struct runner *pictures;    /* of wechat-picture.cgi (picture_maker.h); or NULL */
        struct runner *apart;       /* runs programs with .apart (apart.h); or NULL */
        struct behind *behind;      /* for a program that goes on (behind.h); NULL: none does */
        bool left;                  /* another process goes on with what this one had */
        const char *addresses;      /* WeChat's, for http_open(); NULL: looked up when needed */
        struct http *http;          /* NULL until a request asks WeChat */
        const struct kept *kept;    /* what .instead has read for this request; NULL: nothing */
        struct check *check;        /* of check.cgi, what it has looked at; else NULL */
        struct versions *versions;  /* of owner.cgi, the files that owners edit; else NULL */
        const char *const *folders; /* set by prepare(), for SANDBOX_FILES (sandbox.h) */
        const char *const *origins; /* likewise, for SANDBOX_PROGRAMS */
        const char *one_file;       /* the file that has all programs (local.h), or NULL */
        void (*depart)(void *context); /* a process that goes on behind its answer lets go of what
                                        * belongs to the server; NULL: standard input and output */
        void *server;                  /* its context */
        const char *facts;      /* what the answer to a probe says besides (probe.h), or NULL */
        unsigned gaps;          /* of the sandbox: parts that this kernel lacks */
        long long began;        /* by os_clock_ms() */
        int requests;           /* begun so far */
        long long requests_max; /* after so many it is spent; 0: HOST_REQUESTS_MAX */
        long long memory_max;   /* and once it has had more than so many KiB; 0: no limit */
};

/* Reads the settings, finds the state, and clears the process's own environment; the array
 * environment, which may be that, stays as it is. Errors are kept for each request to report. */
void host_open(struct host *host, const struct app_program *const *programs,
    char *const *environment, enum host_kind kind);

/* Calls the prepare() of each program, and gives up what no program needs. From here on requests
 * can be served. */
void host_enter(struct host *host);

/* Returns what a program declares to need, flags of enum sandbox_need. With session_idle_seconds,
 * one that reads the state writes it, too. */
unsigned host_needs(const struct app_program *program);

/* Returns the state for a request of the program, which lasts as long as the request; NULL: the
 * program needs none. */
struct state *host_open_state(struct host *host, const struct app_program *program);

/* Returns the path of a program in the folder of the one that runs; NULL: that is unknown. */
char *host_beside(const struct host *host, struct arena *arena, const char *name);

/* Returns the program of that name, also one that another process serves; NULL: there is none. */
const struct app_program *host_find_program(const struct host *host, const char *name);

/* Is the program, which may be NULL, one of those that this process serves? */
bool host_serves(const struct host *host, const struct app_program *program);

/* Reads the program's file (.reads), whole and as it was when the process began, into the arena of
 * a request. Errors as file_read_public(). */
int host_read_file(struct host *host, const struct app_program *program, struct arena *arena,
    char **text, size_t *size, struct err *err) __attribute__((warn_unused_result));

/* For prepare(): when this file is changed, created or deleted, a process for many requests is
 * spent. At most HOST_WATCHES of a process. */
void host_watch_file(struct host *host, const char *path);

/* Opens the owner's own words, the files words.zh_CN.txt, … beside the settings file, of one
 * language, or of all if it is NULL, unless they are open already. None has to be there. */
void host_open_words(struct host *host, const char *language);

/* Reads the owner's own words of a language, as host_read_file(). *text NULL: there are none. */
int host_read_words(struct host *host, struct arena *arena, const char *language, char **text,
    struct err *err) __attribute__((warn_unused_result));

/* Returns the path in the setting that .reads names. */
const char *host_file_path(const struct host *host, const struct app_program *program);

/* Is another process to serve the next request? It is if a file that this one has read has changed,
 * if the settings or the state cannot be used, if the runner is gone, if another process goes on,
 * if this one has served long enough, or if it has grown too large. */
bool host_is_spent(struct host *host);

/* Has this process served all the requests that it may? Part of the above. */
bool host_has_served(const struct host *host);

/* Has a file changed that this process has read? Part of the above. */
bool host_has_changed(const struct host *host);

/* Takes the watched files as they are now, so that only later changes count. */
void host_look_again(struct host *host);

/* For a process that was forked before host_enter(): it begins now. */
void host_begin_process(struct host *host);

/* Ends the process at once: what libraries clean up at a normal exit goes with the process anyway,
 * and takes a twentieth of a sign-in's time. Tools that look for leaks do so at a normal exit. */
void host_exit(struct host *host, int status) __attribute__((noreturn));

/* Closes and frees everything. Not needed before the process ends. */
void host_close(struct host *host);

#endif
