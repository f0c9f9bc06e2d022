/*
 * troubles: the errors that were noted (app_log()), those of the same kind as one.
 */
#ifndef WECHAT_TROUBLES_H
#define WECHAT_TROUBLES_H

#include <stdbool.h>
#include <stddef.h>

struct app;

enum { TROUBLES_MAX = 20 };

struct trouble {
        const char *program; /* "callback.cgi" */
        const char *kind;    /* err_name(): "upstream" */
        const char *text;
        const char *request; /* the number of the last request that had it; "": none */
        int errcode;         /* WeChat's; 0: none */
        size_t times;
        long long last; /* when it came last, in seconds since 1970 */
};

struct troubles {
        struct trouble list[TROUBLES_MAX]; /* what came last is first */
        size_t count;
        bool more; /* there are others */
};

/* Reads the errors since then. ERR_SYSTEM. */
int troubles_read(struct app *app, long long since, struct troubles *troubles)
    __attribute__((warn_unused_result));

#endif
