/*
 * lock: lets one process at a time make a change. Lock files are permanent: deleting one would take
 * the lock away from the processes that wait for it.
 */
#ifndef WECHAT_LOCK_H
#define WECHAT_LOCK_H

struct err;

/* Opens and locks (flock, exclusive, waiting) a permanent lock file in folder. ERR_SYSTEM. */
int lock_acquire(int folder, const char *name, int *lock, struct err *err)
    __attribute__((warn_unused_result));

/* As lock_acquire(), for one of 2^63 locks in one permanent file, chosen by key, so that processes
 * with different keys do not wait for each other. Waits until os_clock_ms() reaches until; -1: as
 * long as it takes, for locks that nobody holds for long, and whoever waited longest comes first.
 * ERR_BUSY: another process still holds it. */
int lock_acquire_key(int folder, const char *name, unsigned long long key, long long until,
    int *lock, struct err *err) __attribute__((warn_unused_result));

/* Releases the lock; so does the end of the process. */
void lock_release(int lock);

#endif
