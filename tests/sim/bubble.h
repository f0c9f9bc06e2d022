/* bubble: what the real WeChat makes of an answer to a push: a bubble in the chat, or its notice.
 */
#ifndef SIM_BUBBLE_H
#define SIM_BUBBLE_H

#include <stdbool.h>

struct app;
struct pairs;
struct push_order;

/* Reads the answer to a push of the user openid that was sent so. *reply: what the site replies,
 * opened; "" for nothing. fields: its members (xml.h, json.h). false: it is malformed, *why says
 * so; the user would get the fault notice. */
bool bubble_read(struct app *app, const char *answer, const char *openid,
    const struct push_order *order, char **reply, struct pairs *fields, const char **why);

#endif
