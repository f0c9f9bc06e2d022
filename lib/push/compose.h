/*
 * compose: a reply in the form in which it goes to WeChat: as the answer to a push, or as a
 * customer-service message.
 */
#ifndef WECHAT_COMPOSE_H
#define WECHAT_COMPOSE_H

struct app;
struct message;
struct pairs;

/* Finds the reply of the rules (rules.h); none if there are no rules, or none matches. ERR_CONFIG:
 * the file of the rules is missing or invalid. */
int compose_by_rules(struct app *app, const struct message *message, struct pairs *reply)
    __attribute__((warn_unused_result));

/* Gets the values that a reply's text may use. */
void compose_values(struct app *app, const struct message *message, struct pairs *values);

/* Returns a checked reply (reply.h) as XML, or "" if there is nothing to send. A text that WeChat
 * would not take whole is cut; a line in the log says so, and that it is from source. */
const char *compose_answer(struct app *app, const struct message *message,
    const struct pairs *reply, const struct pairs *values, const char *source);

/* Likewise, as the JSON of a customer-service message (custom.h). Logs why a reply cannot be sent
 * so, and returns "" then. */
const char *compose_custom(struct app *app, const struct message *message,
    const struct pairs *reply, const struct pairs *values, const char *source);

#endif
