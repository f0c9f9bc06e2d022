/*
 * said: a memory that is the stderr of a process whose log lines a web server takes from the
 * answers. What is not taken yet stays when the process ends, for the one that follows.
 */
#ifndef WECHAT_SAID_H
#define WECHAT_SAID_H

#include <stddef.h>

struct arena;

/* What is kept until it is taken; more is refused (EPERM). */
enum { SAID_MAX = 64 * 1024 };

/* Returns the descriptor of a new memory; -1: there is none. */
int said_new(void);

/* Returns the first byte of the memory: as long as it is 0, nothing was said, and nobody has to ask
 * the kernel. NULL: it cannot be seen. It stays until the process ends. */
const volatile char *said_first(int said);

/* Returns what was said since the last time, as a string; NULL: nothing. What another process says
 * at this moment may be lost. */
char *said_take(int said, struct arena *arena, size_t *size);

/* Writes what was said to another descriptor. */
void said_pass_on(int said, int to);

#endif
