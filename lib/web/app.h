/*
 * app: a request and its answer, for a program's handler. A program is a struct app_program
 * (host.h) and a main() (program.h). A handler finds all that it needs in struct app, which lasts
 * as long as the request; whether the process serves more requests makes no difference to it.
 */
#ifndef WECHAT_APP_H
#define WECHAT_APP_H

#include <stdbool.h>
#include <stddef.h>

#include "web/cgi.h"
#include "conf/conf.h"
#include "base/err.h"
#include "base/pairs.h"
#include "state/state.h"
#include "web/host.h"

struct arena;
struct errand;
struct programs_item;
struct state;

struct app {
        struct host *host;   /* what is kept from one request to the next */
        struct arena *arena; /* of this request only */
        const struct app_program *program;
        struct conf conf; /* as of now */
        struct cgi_request request;
        struct cgi_response response; /* filled by the handler, through app_answer_… */
        struct state *state;          /* to be used after app_open_state() */
        struct pairs page;            /* values for app_answer_page() */
        const struct pairs *words;    /* words for it besides the common ones; NULL: none */
        const char *form_origin;      /* another origin that a form on the page leads to; or NULL */
        bool form_leaves;             /* a form on the page leads to an address of a program's, and
                                       * from there to others, which no policy can name */
        const char *image_origin;     /* another origin that the page shows a picture of; or NULL */
        const char *frame_origins;    /* origins that the page shows frames of, separated by blanks;
                                       * NULL: none */
        const char *next;             /* the page that this sign-in leads to; NULL: unknown */
        const char *scope;            /* the scope of this sign-in; NULL: unknown */
        long long consented;          /* when the visitor agreed in this sign-in (consent.h), in
                                       * seconds since 1970; 0: not in this one */
        const char *language;         /* zh_CN, zh_TW or en */
        bool goes_on;                 /* set by handle(): after() is to be called (host.h) */
        long long answer_at;          /* then the answer waits until os_clock_ms() reaches this, and
                                       * after() does not wait for it; 0: after() comes behind it */
        bool is_alone;                /* set by handle(): the client has gone; a web server may keep
                                       * nothing of what is said to it, so after() or a later
                                       * request says it */
        struct errand *errands;       /* what is run behind the answer (errand.h) */
        struct programs_item *ended;  /* programs of sessions that have ended (programs.h) */
        void *work;                   /* what handle() leaves for after() */
        bool noted;                   /* an error of this request was shown to the owner */
        const char *number;           /* app_request_number(), once it was needed */
        long long now;                /* seconds since 1970 */
        long long started;            /* the same moment by os_clock_ms() */
        struct err err;
};

/* Opens app->state, for programs that need it. Errors as state_open(): ERR_NOT_FOUND,
 * ERR_SYSTEM. */
int app_open_state(struct app *app) __attribute__((warn_unused_result));

/* Logs an error, and shows it to the site's owner as well: keeps the line, without the client's
 * address, in the state if the program may write to it (state_note_error()). Of a request only the
 * first such line is kept, and none that visitors cause by themselves. */
void app_log(struct app *app, const struct err *err);

/* Logs an error, and does not show it to the site's owner. */
void app_log_only(struct app *app, const struct err *err);

/* Returns this request's number: 8 random hex digits, drawn when first asked for. Its lines in the
 * log have it, and an error page shows it. NULL: the kernel gave no random bytes. */
const char *app_request_number(struct app *app);

/* Adds one to a count of today (state_tally()). app->state is open. That it could not be counted is
 * logged once, and otherwise makes no difference. */
void app_tally(struct app *app, enum state_tally kind);

/* Reads the text (owner.h) of the owner's file that the program names in .reads, as it was when the
 * process began. Errors as file_read_public(), and ERR_CONFIG if it is not text. */
int app_read_file(struct app *app, char **text, size_t *size) __attribute__((warn_unused_result));

/* Answers 303 to a page of the site, given as a path, or to an absolute link. */
int app_answer_redirect(struct app *app, const char *to);

/* Returns the link to login.cgi, with app->next if that is known. */
const char *app_login_url(struct app *app);

/* The same for a new sign-in with app->scope, even if the visitor is signed in (again=1). */
const char *app_login_again_url(struct app *app);

/* Returns the page of this site that was asked for, if a proxy passes the request on to one of our
 * programs and names the page in X-Original-URI or X-Forwarded-Uri; NULL: none. A visitor can send
 * these headers too. login.cgi does not count, since it is no page to come back to. */
const char *app_proxied_page(const struct app *app);

/* Returns the page to go on to: the page of this site that the field "next" of fields names, if
 * url_page() accepts it, else fallback. Logs a page that is not accepted. */
const char *app_next(struct app *app, const struct pairs *fields, const char *fallback);

/* Answers 303 to login.cgi, which comes back to next, a page of the site. */
int app_answer_login(struct app *app, const char *next);

/* Reads the file words/NAME.txt: zh_CN, zh_TW or en for the common words, with the owner's own in
 * the place of the kit's; owner.en and the like for others. ERR_CONFIG. */
int app_read_words(struct app *app, const char *name, struct pairs *words)
    __attribute__((warn_unused_result));

/* Answers with the page html_dir/name.html, filled with app->page and the words of app->language.
 * ERR_CONFIG: a file of html_dir is missing or invalid. ERR_SYSTEM. */
int app_answer_page(struct app *app, int status, const char *name)
    __attribute__((warn_unused_result));

/* Answers, with app->page, somebody who may not come in (ERR_BLOCKED, ERR_WAITING, ERR_FOLLOW):
 * those have pages of their own. false: it is another error, or the page is missing. */
bool app_answer_refusal(struct app *app, const struct err *err);

/* Answers with fields as JSON; their names may be paths (pairs.h). ERR_SYSTEM: no memory. */
int app_answer_json(struct app *app, int status, const struct pairs *fields)
    __attribute__((warn_unused_result));

/* A handle_error for programs that talk to programs: {"error": kind}, with the status of that kind;
 * for ERR_CONFIG with that of ERR_SYSTEM. */
int app_answer_error_json(struct app *app) __attribute__((warn_unused_result));

/* Answers with body, a text of that content type. Like every answer, it must not be stored by
 * caches. */
int app_answer_text(struct app *app, int status, const char *content_type, const char *body);

/* The same for size bytes, such as a picture. */
int app_answer_bytes(
    struct app *app, int status, const char *content_type, const char *body, size_t size);

/* Answers with size bytes that never change under this address: browsers, and no other caches, keep
 * them for a year. */
int app_answer_lasting(struct app *app, const char *content_type, const char *body, size_t size);

/* The same for a text that says nothing about the visitor: any cache keeps it for so many seconds.
 */
int app_answer_public(struct app *app, const char *content_type, const char *body, int seconds);

/* Answers with a part of an open file; NULL: without a body, and without content_type. The
 * browser, and no other cache, may store it, and has to ask again before it uses it. */
int app_answer_file(
    struct app *app, int status, const char *content_type, const struct cgi_file *file);

/* Answers with a text that is written piece by piece, after the headers: an error can only be
 * logged then. stream lasts as long as the request. */
int app_answer_stream(
    struct app *app, int status, const char *content_type, const struct cgi_stream *stream);

/* Sets one of our cookies ("wx_session", "wx_signin"), or deletes it if max_age (seconds) is 0. */
void app_set_cookie(struct app *app, const char *name, const char *value, long long max_age);

/* Returns the cookie's value; NULL if there is none, or if it is given twice. */
const char *app_get_cookie(const struct app *app, const char *name);

#endif
