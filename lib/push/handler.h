/*
 * handler: the owner's program that is asked for the reply to a push. It keeps all rights: the
 * process that runs it is started before the sandbox.
 */
#ifndef WECHAT_HANDLER_H
#define WECHAT_HANDLER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pairs.h"

struct app;
struct arena;
struct conf;
struct err;
struct host;

/* What it replied. */
struct handler_reply {
        struct pairs reply; /* checked (reply.h); empty: it leaves the push to the rules */
        struct pairs *more; /* replies that follow as customer-service messages (custom.h) */
        size_t more_count;
};

/* Prepares the host, before the sandbox, for a program that calls the functions below and late.h's.
 */
void handler_prepare(struct host *host);

/* May the handler run longer than WeChat waits for one delivery of a push? */
bool handler_is_slow(const struct conf *conf);

/* Gives the push, as JSON, to the handler, which is ended when os_clock_ms() reaches until.
 * ERR_SYSTEM. */
int handler_begin(struct app *app, const char *json, long long until)
    __attribute__((warn_unused_result));

/* Waits for its reply. A text may repeat what a follower wrote, so it is a template only if the
 * handler says so. ERR_BUSY: it still runs when os_clock_ms() reaches patience: call this again.
 * ERR_CONFIG, ERR_TIMEOUT, ERR_SYSTEM: it failed. */
int handler_finish(struct app *app, long long patience, struct handler_reply *reply)
    __attribute__((warn_unused_result));

/* Reads its output, of size bytes, which is changed. file: the handler's name, for errors.
 * ERR_CONFIG: it is no reply. */
int handler_parse(struct arena *arena, const char *file, char *output, size_t size,
    struct handler_reply *reply, struct err *err) __attribute__((warn_unused_result));

#endif
