/* verify: the check that WeChat makes when the address is submitted (提交) in its admin page. */
#ifndef SIM_VERIFY_H
#define SIM_VERIFY_H

#include "deliver.h"

struct app;

struct verification {
        struct delivery get;
        const char *echostr; /* the exact answer that WeChat expects */
        const char *why;     /* the failure: "timeout", "status", "differs"; "": none */
};

/* Sends the check to the site's wechat.cgi. */
int verify_address(struct app *app, struct verification *verification)
    __attribute__((warn_unused_result));

#endif
