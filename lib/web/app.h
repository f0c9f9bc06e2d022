/*
 * app: a request under way, as a program's handler has it, and its answer. A program is a struct
 * app_program (host.h) and a main() (program.h). Whether its process serves more than this request
 * is nothing to a handler: all that it has is in struct app, and goes with it.
 */
#ifndef WECHAT_APP_H
#define WECHAT_APP_H

#include <stdbool.h>
#include <stddef.h>

#include "web/cgi.h"
#include "conf/conf.h"
#include "base/err.h"
#include "base/pairs.h"
#include "web/host.h"

struct arena;
struct state;

struct app {
        struct host *host;   /* what stays from one request to the next */
        struct arena *arena; /* of this request alone */
        const struct app_program *program;
        struct conf conf; /* as it is now */
        struct cgi_request request;
        struct cgi_response response; /* the handler fills it, by app_answer_… */
        struct state *state;          /* after app_open_state() */
        struct pairs page;            /* values for the page to come */
        const char
            *form_origin;  /* where a form of the page to come leads to, beside the site; or NULL */
        const char *next;  /* the page that the sign-in under way is for; NULL: none known */
        const char *scope; /* what that sign-in asks for; NULL: not known */
        const char *language; /* zh_CN, zh_TW or en */
        long long now;        /* seconds since 1970 */
        long long started;    /* the same moment by os_clock_ms() */
        struct err err;
};

/* Makes app->state ready, for programs that need it. ERR_SYSTEM. */
int app_open_state(struct app *app) __attribute__((warn_unused_result));

/* The text (owner.h) of the file of the owner's that the program .reads, as it was when the process
 * began. As file_read_public(), and ERR_CONFIG where it is no text. */
int app_read_file(struct app *app, char **text, size_t *size) __attribute__((warn_unused_result));

/* Answers 303 to a page of the site, given as a path, or to an absolute link. */
int app_answer_redirect(struct app *app, const char *to);

/* The link to login.cgi; where it is known, with app->next, the page that the sign-in is for. */
const char *app_login_url(struct app *app);

/* The same for a sign-in that begins anew, also of who is signed in already, and asks for
 * app->scope. */
const char *app_login_again_url(struct app *app);

/* The page of this site that was asked for, where a proxy hands the request on to one of our
 * programs and says so by X-Original-URI or X-Forwarded-Uri; NULL: none. A visitor can send these
 * headers too. login.cgi is no page to come back to. */
const char *app_proxied_page(const struct app *app);

/* Where to go on: the page of this site that the field "next" of fields names, as url_page() takes
 * it, else fallback. What is not taken is logged. */
const char *app_next(struct app *app, const struct pairs *fields, const char *fallback);

/* Answers 303 to login.cgi, which comes back to next, a page of the site. */
int app_answer_login(struct app *app, const char *next);

/* Answers with the page html_dir/name.html, app->page and the words of app->language. */
int app_answer_page(struct app *app, int status, const char *name)
    __attribute__((warn_unused_result));

/* Answers with fields, whose names may be paths (pairs.h), as JSON, not to be stored. */
int app_answer_json(struct app *app, int status, const struct pairs *fields)
    __attribute__((warn_unused_result));

/* A handle_error for programs that talk to programs: {"error": kind} with its status. */
int app_answer_error_json(struct app *app) __attribute__((warn_unused_result));

/* Answers with a text of a type, not to be stored. */
int app_answer_text(struct app *app, int status, const char *content_type, const char *body);

/* Sets, or with max_age 0 deletes, one of our cookies ("wx_session", "wx_signin"). */
void app_set_cookie(struct app *app, const char *name, const char *value, long long max_age);

/* The cookie's value; NULL where there is none or it is given twice. */
const char *app_get_cookie(const struct app *app, const char *name);

#endif
