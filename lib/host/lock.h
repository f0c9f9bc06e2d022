/*
 * lock: of processes that change the same, one at a time. Lock files are permanent: who deletes one
 * takes the lock from those that wait for it.
 */
#ifndef WECHAT_LOCK_H
#define WECHAT_LOCK_H

struct err;

/* Opens and locks (flock, exclusive, waiting) a permanent lock file in folder. ERR_SYSTEM. */
int lock_acquire(int folder, const char *name, int *lock, struct err *err)
    __attribute__((warn_unused_result));

/* The same for one of 2^63 locks in one permanent file, chosen by key: processes with different
 * keys do not meet. Waits until os_clock_ms() says until. ERR_BUSY: somebody has it still. */
int lock_acquire_key(int folder, const char *name, unsigned long long key, long long until,
    int *lock, struct err *err) __attribute__((warn_unused_result));

/* Gives the lock back; the end of the process does, too. */
void lock_release(int lock);

#endif
