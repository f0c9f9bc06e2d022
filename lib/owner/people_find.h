/*
 * people_find: a page of the people whom an owner looks for, those seen last first.
 *
 * All users are visited, and of a page only their names and times are kept, so memory does not grow
 * with their number. A page begins behind a person of the page before, not at a number: while the
 * owner turns pages, people come and go.
 */
#ifndef WECHAT_PEOPLE_FIND_H
#define WECHAT_PEOPLE_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "wechat/api.h"

struct app;
struct arena;
struct pairs;

enum { PEOPLE_PAGE = 50, PEOPLE_ROLES_MAX = 50 };

enum people_show {
        PEOPLE_ALL,
        PEOPLE_FOLLOWERS,
        PEOPLE_WAITING,
        PEOPLE_BLOCKED,
        PEOPLE_WITH_ROLE, /* a certain role */
        PEOPLE_SHOWS
};

/* The place of a person in the order. */
struct people_place {
        long long seen; /* when the person was seen last, in seconds since 1970 */
        char openid[WECHAT_OPENID_MAX + 1];
};

struct people_query {
        const char *text; /* part of a name, whatever its case, of an openid or unionid; "": any */
        enum people_show show;
        const char *role;                  /* for PEOPLE_WITH_ROLE */
        const struct people_place *after;  /* the page behind this place, or NULL */
        const struct people_place *before; /* the page before this place, or NULL */
};

struct people_found {
        struct people_place places[PEOPLE_PAGE]; /* of the page, in order */
        size_t count;
        size_t first;               /* how many matching people come before the page */
        size_t total;               /* matching people */
        size_t shown[PEOPLE_SHOWS]; /* of all people: how many each enum people_show has; of
                                     * PEOPLE_WITH_ROLE: with any */
        const char *roles[PEOPLE_ROLES_MAX]; /* that somebody has */
        size_t roles_count;
        bool broken; /* some could not be read; app->err says which, and is to be logged */
};

/* Finds the page. ERR_SYSTEM: nobody could be visited. */
int people_find(struct app *app, const struct people_query *query, struct people_found *found)
    __attribute__((warn_unused_result));

/* Reads a place that people_format_place() has made. Returns false if text is none. */
bool people_parse_place(const char *text, struct people_place *place);
char *people_format_place(struct arena *arena, const struct people_place *place);

#endif
