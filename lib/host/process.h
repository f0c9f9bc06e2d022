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
 * Runs file without a shell and without arguments, in the folder where it lies, with only these
 * variables in its environment ("NAME=value" each, then NULL) and with our stderr. It receives
 * input on stdin, which it need not read; what it writes to stdout is returned, followed by a NUL.
 * When os_clock_ms() reaches until, it is killed together with the processes it started.
 * ERR_TIMEOUT; ERR_CONFIG: it cannot be run, does not exit with 0, or writes more than
 * PROCESS_OUTPUT_MAX bytes; ERR_SYSTEM.
 */
int process_run(struct arena *arena, const char *file, char *const environment[], const char *input,
    long long until, char **output, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
