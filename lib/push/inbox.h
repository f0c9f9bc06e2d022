/*
 * inbox: makes each push take effect once, however often it is delivered, even at the same time.
 *
 * The first delivery holds a lock from inbox_open() to the end of its request, or of what goes on
 * behind it; other deliveries of the same push wait for it. If its process dies, the lock is
 * released and no reply is stored: the next delivery does the work. But a handler is run only once:
 * inbox_mark() comes before it.
 */
#ifndef WECHAT_INBOX_H
#define WECHAT_INBOX_H

struct app;
struct message;

/* Sets *reply to the reply that was given to this push before, or to NULL if the push is new: then
 * do the work, and call inbox_close(). If the work was marked and its process died, logs that, and
 * the reply is "" from now on. Waits for another delivery until os_clock_ms() reaches until.
 * ERR_BUSY: it is still at work. ERR_SYSTEM. */
int inbox_open(struct app *app, const struct message *message, long long until, const char **reply)
    __attribute__((warn_unused_result));

/* Stores that work has begun which must not be done twice. ERR_SYSTEM. */
int inbox_mark(struct app *app, const struct message *message) __attribute__((warn_unused_result));

/* Stores the reply ("" for none) for repeats, for a quarter of an hour. ERR_SYSTEM. */
int inbox_close(struct app *app, const struct message *message, const char *reply)
    __attribute__((warn_unused_result));

/* Lets other deliveries have the stored reply now. */
void inbox_let_go(struct app *app);

#endif
