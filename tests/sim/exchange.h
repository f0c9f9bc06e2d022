/* exchange: a push and its answer, as the person sees them in the chat. */
#ifndef SIM_EXCHANGE_H
#define SIM_EXCHANGE_H

#include <stdbool.h>

struct app;
struct pairs;
struct trial;

/* Would the person see the fault notice? */
bool exchange_is_noticed(const struct trial *trial);

/* Adds to the chat what the person has said or done: the push as ordered in the form. */
int exchange_add_push(struct app *app, const struct trial *trial, const struct pairs *form)
    __attribute__((warn_unused_result));

/* Adds what the site answered to it, if anything is seen of that. */
int exchange_add_reply(struct app *app, const struct trial *trial)
    __attribute__((warn_unused_result));

/* Adds the result, which the person does not see: request and reply, status and time of each try.
 */
int exchange_add_result(struct app *app, const struct trial *trial)
    __attribute__((warn_unused_result));

#endif
