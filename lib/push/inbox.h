/*
 * inbox: makes each push take effect once, however often and at how many moments it is delivered.
 *
 * The first delivery holds a lock from inbox_open() to the end of the process; other deliveries of
 * the same push wait for it. If a delivery dies, its lock is released and no answer is stored: the
 * next one does the work.
 */
#ifndef WECHAT_INBOX_H
#define WECHAT_INBOX_H

struct app;
struct message;

/* Returns the reply that was given to this push before, or NULL if the push is new: then do the
 * work, and call inbox_close(). Waits for another delivery until os_clock_ms() reaches until.
 * ERR_BUSY, ERR_SYSTEM. */
int inbox_open(struct app *app, const struct message *message, long long until, const char **reply)
    __attribute__((warn_unused_result));

/* Stores the reply ("" for none) for repeats, for a quarter of an hour. */
int inbox_close(struct app *app, const struct message *message, const char *reply)
    __attribute__((warn_unused_result));

#endif
