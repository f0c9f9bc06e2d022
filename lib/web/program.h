/*
 * program: what all programs share around their handlers. A program is a file with a struct
 * app_program, followed by
 *
 *         PROGRAM_MAIN(program)
 */
#ifndef WECHAT_PROGRAM_H
#define WECHAT_PROGRAM_H

#include <stdbool.h>

#include "web/cgi.h"

struct app_program;
struct host;

/* Where a request comes from, and where its answer goes. */
struct program_io {
        char *const *environment; /* with the variables of CGI/1.1 */
        int in;                   /* the body */
        struct cgi_out out;
};

/* The main() of a CGI program: opens a host (host.h), reads one request from the environment and
 * stdin, and answers it on stdout. Outside a web server it explains the program (--help, --version,
 * --describe). Returns the exit status. */
int program_main(int argc, char **argv, const struct app_program *program);

/* Prepares what may be run behind answers, and enters the host (host_enter()). */
void program_enter(struct host *host);

/* Reads the request, calls the handler, turns an error into the error page and a log line, answers
 * once, and frees all that the request took. Returns -1 if the answer could not be written, else
 * 0. */
int program_serve(
    struct host *host, const struct app_program *program, const struct program_io *io);

/* Sets the next request and the program that it is for. Returns false if there is none. */
typedef bool program_next(void *context, const struct app_program **program, struct program_io *io);

/*
 * Serves the requests that next() gives, until there are no more or host_is_spent(), which is asked
 * before each next() so that no request is lost. done() is called after each request with the
 * result of program_serve().
 */
void program_loop(
    struct host *host, program_next *next, void (*done)(void *context, int result), void *context);

/* If programs share a process, PROGRAM_NAME is defined: the name of a pointer to the program. */
#ifdef PROGRAM_NAME
#define PROGRAM_MAIN(program)                                                                      \
        extern const struct app_program *const PROGRAM_NAME;                                       \
        const struct app_program *const PROGRAM_NAME = &(program);
#else
#define PROGRAM_MAIN(program)                                                                      \
        int main(int argc, char **argv)                                                            \
        {                                                                                          \
                return program_main(argc, argv, &(program));                                       \
        }
#endif

#endif
