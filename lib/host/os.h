/*
 * os: the clock and random bytes.
 */
#ifndef WECHAT_OS_H
#define WECHAT_OS_H

#include <stddef.h>

struct arena;
struct err;

/* Seconds since 1970. */
long long os_now(void);

/* Milliseconds of a clock that never goes back; only differences mean something. */
long long os_clock_ms(void);

/* Waits; a millisecond is the unit. */
void os_sleep(int milliseconds);

/* size random bytes from the kernel (getrandom). ERR_SYSTEM. */
int os_random(void *bytes, size_t size, struct err *err) __attribute__((warn_unused_result));

/* 32 random bytes as 43 characters of base64url. ERR_SYSTEM. */
int os_random_token(struct arena *arena, char **token, struct err *err)
    __attribute__((warn_unused_result));

#endif
