/* later: pushes that nobody waits for. */
#ifndef SIM_LATER_H
#define SIM_LATER_H

struct app;
struct pairs;

/* Pushes an event of that kind (kinds.h) to the site after this request has been answered, in
 * another process; form has its fields. Does nothing without a push_token. A reply that the person
 * would see is added to the chat. */
int later_push(struct app *app, const char *openid, const char *kind, const struct pairs *form)
    __attribute__((warn_unused_result));

#endif
