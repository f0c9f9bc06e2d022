/* bubble: how WeChat shows the answer to a push: as a bubble in the chat, or as a fault notice. */
#ifndef SIM_BUBBLE_H
#define SIM_BUBBLE_H

#include <stdbool.h>

struct app;
struct pairs;
struct push_order;

/* Reads the answer to a push of the user openid that was sent as order says. *reply: the decrypted
 * reply; "": none. fields: its members (xml.h, json.h). Returns false with *why if the answer is
 * malformed: the user would see the fault notice. */
bool bubble_read(struct app *app, const char *answer, const char *openid,
    const struct push_order *order, char **reply, struct pairs *fields, const char **why);

#endif
