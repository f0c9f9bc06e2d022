/*
 * workers: processes that serve requests, and the one that starts them, replaces those that end,
 * and does nothing else. That one stays without a sandbox, holds the listening socket, and reads
 * nothing that comes from it.
 */
#ifndef WECHAT_WORKERS_H
#define WECHAT_WORKERS_H

#include <signal.h>
#include <stdbool.h>

/* PAUSE_MS: before another process follows one that has ended at once, without having served. */
enum { WORKERS_MAX = 64, WORKERS_PAUSE_MS = 100, WORKERS_STOP_MS = 15000 };

/* The exit status of a worker that has served nothing. */
enum { WORKERS_IDLE = 4 };

struct workers {
        int count;
        /* Is called in the process that starts them, before each start. common: where lines for
         * the log go (said.h). */
        void (*renew)(void *context, int common);
        /* The worker: returns its exit status. Its stderr is said; common is that of the process
         * that starts them, of which any worker may pass on what is there. */
        int (*work)(void *context, int said, int common);
        void *context;
};

/* Fills set with the signals that a worker finishes its request for, and then ends: it blocks them,
 * and reads them from a signalfd. */
void workers_signals(sigset_t *set);

/* Starts the workers, and returns when a signal has ended them all: SIGTERM, SIGINT or SIGUSR1.
 * SIGHUP replaces each. They get WORKERS_STOP_MS to finish. Returns the exit status. */
int workers_run(const struct workers *workers);

#endif
