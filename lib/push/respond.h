/*
 * respond: the reply to a push: from the handler, or from the rules if it leaves the push to them,
 * or if there is none.
 *
 * A handler may take longer than WeChat waits. Its first delivery then lets WeChat go and goes on
 * behind its answer. With handler_late = wait, that process stores the reply for the deliveries
 * that follow, as long as those can bring it (CONF_WAIT_SECONDS); with send, and later, it sends
 * the reply as a customer-service message. The handler is run once, whatever happens (inbox.h).
 */
#ifndef WECHAT_RESPOND_H
#define WECHAT_RESPOND_H

#include <stdbool.h>

struct app;
struct message;

/* Returns when to give up waiting for another delivery of the push, by os_clock_ms(). */
long long respond_until(const struct app *app);

/* May a delivery of a push come to nothing, without an error, because another one is at work? */
bool respond_may_come_later(const struct app *app);

/*
 * Finds the reply to a new push, given also as the JSON that a handler gets. *reply: XML, or "" for
 * none; NULL: a later delivery brings it. If app->goes_on is set, respond_go_on() is to be called
 * behind the answer. Errors of the handler and of the rules are logged, and there is no reply.
 * ERR_SYSTEM: the handler was not run.
 */
int respond(struct app *app, const struct message *message, const char *json, const char **reply)
    __attribute__((warn_unused_result));

/* Waits for the handler, and sends what is left to be sent (.after in host.h). */
int respond_go_on(struct app *app) __attribute__((warn_unused_result));

#endif
