/*
 * runner: a process that waits to run a program (process.h). It is started before the sandbox
 * (sandbox.h), so that the program keeps all its rights. It runs the program each time it is asked
 * to, and ends with this process.
 */
#ifndef WECHAT_RUNNER_H
#define WECHAT_RUNNER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct runner;

/* Starts the process; the arena ends it. From here on SIGPIPE is ignored. runner_run() reports
 * errors. */
struct runner *runner_start(struct arena *arena, const char *file, char *const environment[]);

/* As process_run(); the output is allocated from arena. ERR_SYSTEM also if the process could not be
 * started or has ended. */
int runner_run(struct runner *runner, struct arena *arena, const char *input, long long until,
    char **output, size_t *size, struct err *err) __attribute__((warn_unused_result));

/* Between two runs: has the process ended, or can it not be used any more? */
bool runner_is_gone(const struct runner *runner);

#endif
