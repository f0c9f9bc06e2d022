/*
 * program: what every program shares around its handler. A program is a file with a struct
 * app_program and, behind it,
 *
 *         PROGRAM_MAIN(program)
 */
#ifndef WECHAT_PROGRAM_H
#define WECHAT_PROGRAM_H

#include <stdbool.h>

struct app_program;
struct host;

/* Where a request comes from and its answer goes to. */
struct program_io {
        char *const *environment; /* as CGI/1.1 names what is in it */
        int in;                   /* the body */
        int out;
};

/* The main() of a program by CGI: a host (host.h), one request from the environment and stdin, its
 * answer to stdout. Outside a web server it explains the program (--help, --version). The exit
 * status. */
int program_main(int argc, char **argv, const struct app_program *program);

/* Reads the request, calls the handler, turns an error into the error page and a log line, answers
 * once, and gives back all that the request took. 0, or -1: the answer could not be written. */
int program_serve(
    struct host *host, const struct app_program *program, const struct program_io *io);

/* What the next request is, and whose; false: there is none. */
typedef bool program_next(void *context, const struct app_program **program, struct program_io *io);

/*
 * Serves what next() gives, until it gives nothing or the host is spent (host_is_spent()): before
 * each request, so that none is lost. done() follows each one, with what program_serve() returned.
 */
void program_loop(
    struct host *host, program_next *next, void (*done)(void *context, int result), void *context);

/* Where programs share a process (PROGRAM_NAME is given) it gives the program that name. */
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
