/*
 * pushes_find: pushes of a day from the journal, for people to read, the latest first.
 *
 * The day's lines are read one by one, and of a page only what is shown is kept, so memory does not
 * grow with their number.
 */
#ifndef WECHAT_PUSHES_FIND_H
#define WECHAT_PUSHES_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "wechat/api.h"

struct app;
struct pairs;

/* PUSHES_TEXT_MAX: bytes of a push that are shown. PUSHES_KINDS_MAX: kinds to choose from. */
enum { PUSHES_PAGE = 50, PUSHES_TEXT_MAX = 2048, PUSHES_KINDS_MAX = 40, PUSHES_KIND_MAX = 64 };

struct pushes_query {
        const char *day;    /* "2026-11-24" */
        const char *openid; /* "": anybody's */
        const char *kind; /* "text", …, or an event: "event.subscribe"; "message": all that are no
                           * events; "": any */
        long long before; /* lines before this one, counted from 1; 0: the last ones */
        size_t most;      /* at most PUSHES_PAGE */
};

/* A push, as it is shown. */
struct push_line {
        long long number; /* of the day's lines, counted from 1 */
        long long time;   /* seconds since 1970 */
        char openid[WECHAT_OPENID_MAX + 1];
        char kind[PUSHES_KIND_MAX + 8];
        char *text; /* what was written, or what an event is about; "" if there is nothing */
};

struct pushes_found {
        struct push_line *lines; /* the latest first */
        size_t count;
        bool more;                           /* there are earlier ones */
        const char *kinds[PUSHES_KINDS_MAX]; /* of the day, whether they match or not */
        size_t kinds_count;
};

/* Finds the pushes. ERR_SYSTEM. */
int pushes_find(struct app *app, const struct pushes_query *query, struct pushes_found *found)
    __attribute__((warn_unused_result));

#endif
