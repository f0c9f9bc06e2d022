/*
 * apart: a request that gets a process of its own, although this one serves many: one to a program
 * whose prepare() looks at the request (.apart in host.h). It is run as a web server runs a CGI
 * program, by a runner that was started before the sandbox.
 */
#ifndef WECHAT_APART_H
#define WECHAT_APART_H

struct app_program;
struct host;
struct program_io;

/* How long such a program may take. */
enum { APART_MS = 60000 };

/* Prepares the host of a process for many requests, before the sandbox. Needs host->one_file. */
void apart_prepare(struct host *host);

/* Serves the request, as program_serve(). */
int apart_serve(struct host *host, const struct app_program *program, const struct program_io *io);

/* The other process's main(): serves the request on stdin for one of programs, with the settings
 * that environment names. Returns the exit status. */
int apart_main(const struct app_program *const *programs, char *const *environment);

#endif
