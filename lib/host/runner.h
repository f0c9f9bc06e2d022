/*
 * runner: a process that waits to run programs (process.h), one at a time. It is started before the
 * sandbox (sandbox.h), so that the programs keep all their rights. It runs one each time it is
 * asked to, and ends with the processes that can ask it.
 */
#ifndef WECHAT_RUNNER_H
#define WECHAT_RUNNER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct behind;
struct err;
struct runner;

struct runner_program {
        const char *file;
        char *const *environment;
};

/*
 * Starts the process; the arena ends it. It can run these programs, which must live as long as the
 * runner. behind: where its stderr leads when it steps back; NULL: it never does. at_once: it steps
 * back now, and what a program says on its stderr does not reach ours. From here on SIGPIPE is
 * ignored. The functions below report errors.
 */
struct runner *runner_start(struct arena *arena, const struct runner_program *programs,
    const struct behind *behind, bool at_once);

/* Begins to run the program with that number, which is killed when os_clock_ms() reaches until. If
 * an earlier run's end was not waited for, that run must be over. ERR_BUSY: it is not. ERR_SYSTEM:
 * the process could not be started or has ended. */
int runner_begin(struct runner *runner, size_t program, const char *input, long long until,
    struct err *err) __attribute__((warn_unused_result));

/* Waits for the end of the run that was begun, and returns what process_run() does; the output is
 * allocated from arena. ERR_BUSY: at patience, by os_clock_ms(), it still runs: call this again.
 * ERR_SYSTEM also as for runner_begin(). */
int runner_finish(struct runner *runner, struct arena *arena, long long patience, char **output,
    size_t *size, struct err *err) __attribute__((warn_unused_result));

/* Both: waits as long as the program may run. */
int runner_run(struct runner *runner, struct arena *arena, size_t program, const char *input,
    long long until, char **output, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

/* For a process that goes on behind its answer (behind.h): the runner, too, lets go of the web
 * server's stderr, and leaves its session. */
void runner_step_back(struct runner *runner);

/* For the process that it leaves: the runner is another process's now, and runner_is_gone(). */
void runner_let_go(struct runner *runner);

/* Between two runs: has the process ended, or can it not be used any more? */
bool runner_is_gone(const struct runner *runner);

/* Between two runs: returns the descriptor that can be read once the process has ended; -1:
 * runner_is_gone(). */
int runner_link(const struct runner *runner);

#endif
