/*
 * runner: a process that waits to run a program (process.h). It is started while this process may
 * still do everything (sandbox.h), so that the program keeps all powers. It ends with this process.
 */
#ifndef WECHAT_RUNNER_H
#define WECHAT_RUNNER_H

#include <stddef.h>

struct arena;
struct err;
struct runner;

/* Starts the process; the arena ends it. From here on SIGPIPE is ignored. What fails is told by
 * runner_run(). */
struct runner *runner_start(struct arena *arena, const char *file, char *const environment[]);

/* As process_run(), once. ERR_SYSTEM also where the process could not be started or is gone. */
int runner_run(struct runner *runner, const char *input, long long until, char **output,
    size_t *size, struct err *err) __attribute__((warn_unused_result));

#endif
