/*
 * responder: the requests of a worker, from a web server by FastCGI (fastcgi.h): one at a time,
 * from the listening socket that is the process's standard input.
 *
 * A connection that the server keeps open for later requests is watched together with the socket.
 * No peer can hold the process for long: a request must have come after RESPONDER_READ_MS, and
 * each part of an answer be taken after RESPONDER_WRITE_MS.
 */
#ifndef WECHAT_RESPONDER_H
#define WECHAT_RESPONDER_H

#include <stdbool.h>

struct app_program;
struct host;
struct program_io;
struct responder;

/* FIRST_MS: before a connection that says nothing is left to wait. KEPT_MAX: connections that wait
 * for another request; of more, the one that has waited longest is closed. */
enum {
        RESPONDER_FIRST_MS = 200,
        RESPONDER_READ_MS = 10000,
        RESPONDER_WRITE_MS = 30000,
        RESPONDER_DRAIN_MS = 200,
        RESPONDER_KEPT_MAX = 8
};

struct responder_options {
        int said[2]; /* memories of lines for the log (said.h), such as the stderr; -1: none */
        int signals; /* a signalfd: a signal ends the serving */
        const char *peers; /* addresses that may connect over TCP, separated by commas; NULL:
                            * those of this host */
};

/* Is standard input a listening socket? */
bool responder_is_asked(void);

/* Prepares, before the sandbox. The memory is of host->arena. */
struct responder *responder_open(struct host *host, const struct responder_options *options);

/* The functions for a loop as program_loop() has it, with the responder as their context. next()
 * returns false, and has taken no request, if a signal came, if a file has changed that the process
 * has read, or if it is spent (host_is_spent()). */
bool responder_next(void *responder, const struct app_program **program, struct program_io *io);
void responder_done(void *responder, int result);

/* Returns how many requests were served. */
long long responder_served(const struct responder *responder);

#endif
