/*
 * redis_lock: one process at a time, by a key in Redis.
 *
 * The key holds number and name of the holder's connection, and a random token. A process that
 * dies, or whose connection is lost, makes way at once: whoever waits asks the server whether that
 * connection is still there. If the server does not tell, the key ends by itself after
 * REDIS_LOCK_SECONDS. What the holder writes is written only if the key is still its own
 * (fencing), so a holder that was too slow changes nothing.
 */
#ifndef WECHAT_REDIS_LOCK_H
#define WECHAT_REDIS_LOCK_H

#include "state/redis_base.h"

struct err;

/* Longer than a handler may take (handler_seconds). */
enum { REDIS_LOCK_SECONDS = 330 };

/* Waits until os_clock_ms() reaches until. ERR_BUSY: another process still holds it. ERR_SYSTEM. */
int redis_lock_acquire(struct redis_base *base, const char *key, long long until,
    struct redis_lock *lock, struct err *err) __attribute__((warn_unused_result));

/* Does nothing if it is not held. An error is ignored: the connection is gone, and so is the
 * lock. */
void redis_lock_release(struct redis_base *base, struct redis_lock *lock);

#endif
