/*
 * process: runs another program.
 */
#ifndef WECHAT_PROCESS_H
#define WECHAT_PROCESS_H

#include <stddef.h>

struct arena;
struct err;

enum { PROCESS_OUTPUT_MAX = 64 * 1024 };

/*
 * Runs file without a shell and without arguments, in the folder where it is, with just these
 * variables in its environment ("NAME=value" each, then NULL) and our stderr. It gets input on
 * stdin, and need not read it; what it writes to stdout comes back, a NUL after it. When
 * os_clock_ms() says until, it and what it started is killed. ERR_TIMEOUT; ERR_CONFIG: it cannot be
 * run, it does not exit with 0, or writes more than PROCESS_OUTPUT_MAX bytes; ERR_SYSTEM.
 */
int process_run(struct arena *arena, const char *file, char *const environment[], const char *input,
    long long until, char **output, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
