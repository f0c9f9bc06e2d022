/*
 * os: the clock and random bytes.
 */
#ifndef WECHAT_OS_H
#define WECHAT_OS_H

#include <stddef.h>

struct arena;
struct err;

/* Returns seconds since 1970. */
long long os_now(void);

/* Returns milliseconds of a clock that never goes back; only differences are meaningful. */
long long os_clock_ms(void);

/* Returns how many KiB of memory (resident) this process has had at the most. */
long long os_memory_kib(void);

/* Waits for so many milliseconds. */
void os_sleep(int milliseconds);

/* Fills bytes with size random bytes from the kernel (getrandom). ERR_SYSTEM. */
int os_random(void *bytes, size_t size, struct err *err) __attribute__((warn_unused_result));

/* Returns 32 random bytes as 43 characters of base64url. ERR_SYSTEM. */
int os_random_token(struct arena *arena, char **token, struct err *err)
    __attribute__((warn_unused_result));

#endif
