/* trial: one push as it is ordered, its deliveries to the site's wechat.cgi, and what comes of it.
 */
#ifndef SIM_TRIAL_H
#define SIM_TRIAL_H

#include <stdbool.h>

#include "deliver.h"
#include "base/pairs.h"
#include "push.h"

struct app;
struct push_kind;
struct sim_person;

enum { TRIAL_TRIES = 3 };

struct trial {
        const struct push_kind *kind;
        const struct sim_person *person;
        struct push_order order;
        const char *way; /* "once", "retries" or "parallel" */
        int late;        /* how many answers come too late */
        char *sent;      /* what is pushed, before it is sealed */
        struct delivery deliveries[TRIAL_TRIES];
        int tries;
        bool answered; /* in time, and as WeChat wants it */
        bool equal;    /* all answers in time say the same */
        char *reply;   /* opened; "" for none */
        struct pairs fields;
        const char *why; /* it is malformed */
};

/* Reads the order. ERR_REQUEST: what there is not. */
int trial_read(struct app *app, const struct pairs *form, struct trial *trial)
    __attribute__((warn_unused_result));

/* Sends what is ordered. ERR_REQUEST: a field that the kind has not. */
int trial_send(struct app *app, const struct pairs *form, struct trial *trial)
    __attribute__((warn_unused_result));

/* The address of the site's wechat.cgi. */
char *trial_url(struct app *app);

#endif
