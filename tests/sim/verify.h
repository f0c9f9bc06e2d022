/* verify: what WeChat does when the address is entered into its admin page and 提交 is pressed. */
#ifndef SIM_VERIFY_H
#define SIM_VERIFY_H

#include "deliver.h"

struct app;

struct verification {
        struct delivery get;
        const char *echostr; /* what WeChat wants back, and nothing else */
        const char *why;     /* it fails: "timeout", "status", "differs"; "" where it does not */
};

/* Asks the site's wechat.cgi. */
int verify_address(struct app *app, struct verification *verification)
    __attribute__((warn_unused_result));

#endif
