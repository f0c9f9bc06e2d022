/*
 * process: runs another program.
 */
#ifndef WECHAT_PROCESS_H
#define WECHAT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

enum { PROCESS_OUTPUT_MAX = 64 * 1024 };

struct process_job {
        const char *file;
        char *const *environment; /* "NAME=value" each, then NULL; it has no other variables */
        const char *input;        /* what it receives on stdin, which it need not read */
        bool apart;      /* it does not hold our stderr: what it says there comes through us */
        long long until; /* by os_clock_ms(): when it is killed, with all that it started */
};

/*
 * Runs a program without a shell and without arguments, in the folder where it lies, and with our
 * stderr. Returns what it writes to stdout, followed by a NUL. ERR_TIMEOUT; ERR_CONFIG: it cannot
 * be run, does not exit with 0, or writes more than PROCESS_OUTPUT_MAX bytes; ERR_SYSTEM.
 */
int process_run(struct arena *arena, const struct process_job *job, char **output, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

#endif
