/* trial: one push as ordered, its deliveries to the site's wechat.cgi, and the result. */
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
        int late;        /* how many answers count as too late */
        char *sent;      /* the push before encryption */
        struct delivery deliveries[TRIAL_TRIES];
        int tries;
        bool answered; /* in time, and acceptable to WeChat */
        bool equal;    /* all answers in time are the same */
        char *reply;   /* decrypted; "": none */
        struct pairs fields;
        const char *why; /* why the answer is malformed */
};

/* Reads the order from the form. ERR_REQUEST: a value that does not exist. */
int trial_read(struct app *app, const struct pairs *form, struct trial *trial)
    __attribute__((warn_unused_result));

/* Builds the push. ERR_REQUEST: a field that the kind does not have. */
int trial_build(struct app *app, const struct pairs *form, struct trial *trial)
    __attribute__((warn_unused_result));

/* Sends it as ordered. */
int trial_send(struct app *app, struct trial *trial) __attribute__((warn_unused_result));

/* Returns the address of the site's wechat.cgi. */
char *trial_url(struct app *app);

#endif
