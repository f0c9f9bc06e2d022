/*
 * copy: copies a state from one back end to another.
 *
 * What is there already stays: a copy that was interrupted goes on where it stopped, and a second
 * one adds what has come since. Locks, errors of the last days, log lines for later and notes of
 * what was logged once are not copied.
 */
#ifndef WECHAT_COPY_H
#define WECHAT_COPY_H

#include <stdbool.h>

struct arena;
struct backend;
struct err;

struct copy_place {
        const struct backend *backend;
        void *handle;
};

/* What was copied of one part: "users", "events", "audit", "tallies", or a kind's folder. */
struct copy_part {
        const char *name;
        long long added;
        long long there; /* already */
        long long left;  /* out: expired, broken, or too many */
        bool ended;
};

/* Copies all; says after some of each part, and at its end, how far it is. now: seconds since 1970.
 * ERR_SYSTEM: the copy is not whole. */
int copy_state(struct arena *arena, const struct copy_place *from, const struct copy_place *to,
    long long now, void (*tell)(void *context, const struct copy_part *part), void *context,
    struct err *err) __attribute__((warn_unused_result));

#endif
