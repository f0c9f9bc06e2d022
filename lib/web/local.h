/*
 * local: a program that another program of ours runs by itself, not a web server: the process that
 * goes on behind an answer may do what the program that answers is not to be able to do.
 *
 * Such a program has .local (host.h). A web server always sets GATEWAY_INTERFACE: then it answers
 * as any program does. Without that, and with WECHAT_LOCAL in the environment, local() is called.
 *
 * A program with .alone is given nothing but its stdin: its environment does not say where the
 * settings are, and it does not look for them.
 * The value of WECHAT_LOCAL is the program's name, for a file that has all programs in it.
 */
#ifndef WECHAT_LOCAL_H
#define WECHAT_LOCAL_H

#include <stdbool.h>

struct app_program;
struct arena;
struct host;
struct runner_program;

/* What is read of stdin, and what by a program that works on that alone. */
enum { LOCAL_INPUT_MAX = 320 * 1024, LOCAL_ALONE_INPUT_MAX = 2 * 1024 * 1024 };

/* Sets what a runner needs to run the program of ours with that name. */
void local_prepare(const struct host *host, const char *name, struct runner_program *program);

/* The same for a program that works on its stdin alone. */
void local_prepare_alone(const struct host *host, const char *name, struct runner_program *program);

/* Returns the environment, for a runner, in which the program of ours with that name finds the
 * settings of this process. */
char *const *local_environment(struct arena *arena, const struct host *host, const char *name);

/* Returns the environment, for a runner, of a program of the owner's. more: another variable,
 * "NAME=value"; NULL: none. */
char *const *local_owners_environment(
    struct arena *arena, const struct host *host, const char *more);

/* Is this process to call the program's local(), or its alone()? */
bool local_is_asked(const struct app_program *program, char *const *environment);

/* Reads stdin and calls local(). Logs an error. Returns the exit status. */
int local_run(struct host *host, const struct app_program *program);

/* Gives up everything but stdin, stdout and stderr, reads stdin and calls alone(). Logs an error,
 * such as that this kernel cannot take the rest away. Returns the exit status. */
int local_run_alone(const struct app_program *program);

#endif
