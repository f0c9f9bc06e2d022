/*
 * inbox: a push has its effects once, however often and at how many moments it comes.
 *
 * Its first delivery holds a lock from inbox_open() to the end of the process; others of the same
 * push wait for it. A delivery that dies on the way gives the lock back and leaves no answer: the
 * next one does the work.
 */
#ifndef WECHAT_INBOX_H
#define WECHAT_INBOX_H

struct app;
struct message;

/* The reply that this push was given before, or NULL when it is new: then work, and
 * inbox_close(). Waits for another delivery until os_clock_ms() says until. ERR_BUSY, ERR_SYSTEM.
 */
int inbox_open(struct app *app, const struct message *message, long long until, const char **reply)
    __attribute__((warn_unused_result));

/* Remembers the reply ("" for none) for repeats, for a quarter of an hour. */
int inbox_close(struct app *app, const struct message *message, const char *reply)
    __attribute__((warn_unused_result));

#endif
