/*
 * inbox: makes each push take effect once, however often it is delivered, even at the same time.
 *
 * The first delivery holds a lock from inbox_open() to the end of its request; other deliveries of
 * the same push wait for it. If its process dies, the lock is released and no reply is stored: the
 * next delivery does the work.
 */
#ifndef WECHAT_INBOX_H
#define WECHAT_INBOX_H

struct app;
struct message;

/* Sets *reply to the reply that was given to this push before, or to NULL if the push is new: then
 * do the work, and call inbox_close(). Waits for another delivery until os_clock_ms() reaches
 * until. ERR_BUSY: it is still at work. ERR_SYSTEM. */
int inbox_open(struct app *app, const struct message *message, long long until, const char **reply)
    __attribute__((warn_unused_result));

/* Stores the reply ("" for none) for repeats, for a quarter of an hour. ERR_SYSTEM. */
int inbox_close(struct app *app, const struct message *message, const char *reply)
    __attribute__((warn_unused_result));

#endif
