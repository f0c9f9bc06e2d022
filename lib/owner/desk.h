/*
 * desk: what the views of owner.cgi share: who asks, the words, the menu, changes and their record.
 *
 * A view shows one part of the site. What it can change are its actions; each comes as a POST with
 * the fields `action` and `csrf`, leaves a line in audit.jsonl, and leads back to a page by a
 * redirect, so that a reload does nothing twice.
 */
#ifndef WECHAT_DESK_H
#define WECHAT_DESK_H

#include <stdbool.h>

#include "base/pairs.h"
#include "signin/session.h"

struct app;
struct desk;

/* What an action has done. */
enum desk_result {
        DESK_DONE,    /* the change is made */
        DESK_REFUSED, /* it is not; desk->flaw says why, and the page is shown again */
        DESK_ANSWERED /* it has answered by itself, and changed nothing */
};

struct desk_action {
        const char *name; /* the field `action` */
        /* Sets *result. Of what it has changed it sets desk->subject, and adds more to
         * desk->details; desk->back, if the next page is another one. Returns 0, or -1 with
         * app->err. */
        int (*act)(struct desk *desk, enum desk_result *result);
};

struct desk_view {
        const char *name; /* ?view=people; its words begin with owner.people. */
        bool in_menu;     /* the menu shows it, as owner.people */
        /* Answers. Returns 0, or -1 with app->err. */
        int (*show)(struct desk *desk);
        const struct desk_action *actions; /* name NULL after the last; NULL: none */
};

struct desk {
        struct app *app;
        struct session session; /* the owner's */
        struct pairs words;     /* of words/owner.LANGUAGE.txt */
        const struct desk_view *const *views;
        const struct desk_view *view; /* the one that is asked for */
        const char *subject;          /* whom or what an action has changed: an openid, a file */
        struct pairs details;         /* more about it, for its line in audit.jsonl; no secrets */
        const char *flaw;             /* why an action was refused, in the visitor's language */
        const char *back;             /* the page to go on to; NULL: the view's own */
};

/* Begins the page of an owner: finds the view that the field `view` names, else the first of views,
 * NULL after the last; reads the words. ERR_NOT_FOUND: there is no such view. ERR_CONFIG: the words
 * are missing. */
int desk_open(struct app *app, const struct session *session, const struct desk_view *const *views,
    struct desk *desk) __attribute__((warn_unused_result));

/* Does the action that the form names, records it, and answers. ERR_DENIED: the form is not from
 * our own page. ERR_REQUEST: the view has no such action. */
int desk_act(struct desk *desk) __attribute__((warn_unused_result));

/* Answers with html_dir/name.html, with the menu, the notice of the last change, the flaw, and the
 * token for forms. */
int desk_answer_page(struct desk *desk, const char *name) __attribute__((warn_unused_result));

/* Returns the address of a view, with a query after it: desk_url(desk, "person", "openid=…"); query
 * may be "". */
const char *desk_url(const struct desk *desk, const char *view, const char *query);

/* Returns a word of the owner's words, with values (may be NULL) put in; "" if there is none. */
const char *desk_word(const struct desk *desk, const char *name, const struct pairs *values);

#endif
