/* deliver: sends requests to the site as WeChat's servers do (libcurl). */
#ifndef SIM_DELIVER_H
#define SIM_DELIVER_H

#include <stddef.h>

#include "base/pairs.h"

struct app;

enum { DELIVER_MAX = 3, DELIVER_MS = 5000 };

struct delivery {
        const char *query; /* of the request */
        const char *type;  /* of the body: "text/xml" */
        const char *body;  /* NULL: a GET */
        int status;        /* of the answer; 0: none came within DELIVER_MS */
        int milliseconds;
        const char *answer;
};

/* Sends count deliveries, whose bodies have the same type, to url at the same moment, and waits for
 * all answers. ERR_SYSTEM: they could not be sent. */
int deliver(struct app *app, const char *url, struct delivery *deliveries, size_t count)
    __attribute__((warn_unused_result));

/* A request as a browser sends it, and the answer to it. */
struct fetch {
        const char *url;
        const char *form; /* the body of a POST; NULL: a GET */
        const char *cookies;
        const char *user_agent;
        const char *language;
        const char *origin; /* of the page whose form it is; NULL: none */
        int status;
        struct pairs headers; /* names in lower case */
        const char *body;
};

/* Fetches a page; redirects are not followed. ERR_UPSTREAM: no answer came. */
int deliver_fetch(struct app *app, struct fetch *fetch) __attribute__((warn_unused_result));

#endif
