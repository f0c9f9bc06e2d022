/*
 * late: customer-service messages from a program that does not call WeChat itself: another program
 * of ours, wechat-late.cgi in the same folder, sends them (local.h). So only that one has to load
 * libcurl and to reach the network.
 *
 * Its stdin has one call a line: the path, a blank, and the JSON. It makes them in this order,
 * stops at an error after which the others would fail as well, and leaves log lines in the state
 * (state_defer_log()).
 */
#ifndef WECHAT_LATE_H
#define WECHAT_LATE_H

#include <stdbool.h>

#include "base/buf.h"

struct app;
struct arena;
struct message;

/* The numbers of a runner's programs. */
enum { LATE_HANDLER, LATE_SENDER, LATE_PROGRAMS };

/* Can the sender of the push be sent messages? Not without appid and secret, and not by a mini
 * program, whose messages take an access_token of its own. */
bool late_can_send(const struct app *app, const struct message *message);

/* Calls, each with its JSON. */
struct late_calls {
        struct buf lines;
        int count;
};

void late_init(struct late_calls *calls, struct arena *arena);

/* Adds a call; none if json is "". */
void late_add(struct late_calls *calls, const char *path, const char *json);

/* Makes the calls and waits until that is done; errors of WeChat's are logged, not returned.
 * ERR_CONFIG: wechat-late.cgi cannot be run. ERR_SYSTEM, ERR_TIMEOUT. */
int late_make(struct app *app, struct late_calls *calls) __attribute__((warn_unused_result));

/* Begins to show the user "typing", if the settings want that and the push is a message, without
 * waiting. Errors are logged once. */
void late_begin_typing(struct app *app, const struct message *message);

#endif
