/* bubble: what the real WeChat makes of an answer to a push: a bubble in the chat, or its notice.
 */
#ifndef SIM_BUBBLE_H
#define SIM_BUBBLE_H

#include <stdbool.h>

struct app;
struct pairs;

/* Reads the answer of a push of the user openid. *xml: the reply, opened; "" for none. fields: its
 * members (xml.h). sealed: it must be. false: it is malformed, *why says so; the user would get the
 * fault notice. */
bool bubble_read(struct app *app, const char *answer, const char *openid, bool sealed, char **xml,
    struct pairs *fields, const char **why);

#endif
