/* visit: a browser without a window, with its own cookies and the page that it shows: the computer
 * and the phones of the two screens. */
#ifndef SIM_VISIT_H
#define SIM_VISIT_H

#include "base/pairs.h"

struct app;

struct visit {
        const char *name;       /* "computer", "phone-ann": of the document that keeps it */
        const char *user_agent; /* is sent with each request */
        struct pairs kept;      /* url and html of the page, cookies/<name> */
};

/* Reads a browser as the last request left it; a new one has neither page nor cookies. */
int visit_read(struct app *app, const char *name, const char *user_agent, struct visit *visit)
    __attribute__((warn_unused_result));

/* May such a browser open the link: is it of the site or of the simulator? */
bool visit_is_allowed(const struct app *app, const char *url);

/* Opens a link, follows redirects, and keeps the page and the cookies. form: what is posted to it;
 * NULL: it is fetched. ERR_REQUEST: a link that may not be opened. ERR_UPSTREAM: no page came. */
int visit_open(struct app *app, struct visit *visit, const char *url, const char *form)
    __attribute__((warn_unused_result));

/* Forgets page and cookies. */
int visit_forget(struct app *app, struct visit *visit) __attribute__((warn_unused_result));

#endif
