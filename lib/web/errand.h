/*
 * errand: a program that is run behind the answer because of what a request did: the owner's hook,
 * wechat-late.cgi for a message to the owner, or wechat-notify.cgi for programs that are told of a
 * sign-out. A program of ours whose requests may do such
 * things says so (.errands in host.h). Unless the settings ask for it, nothing is started or
 * prepared.
 *
 * An errand is run once, and not again if it fails; what it says on stderr, and its failure, reach
 * the log with a later request.
 */
#ifndef WECHAT_ERRAND_H
#define WECHAT_ERRAND_H

#include <stdbool.h>

struct app;
struct host;

/* The programs: the setting hook; wechat-late.cgi, whose input is that of late.h;
 * wechat-notify.cgi, whose input is that of notice.h. */
enum errand_program { ERRAND_HOOK, ERRAND_LATE, ERRAND_NOTIFY, ERRAND_PROGRAMS };

/* Prepares the host before the sandbox, if one of its programs may have errands. */
void errand_prepare(struct host *host);

/* Can a request of this program run that? */
bool errand_is_possible(const struct app *app, enum errand_program program);

/* Adds an errand, which is run behind the answer whatever that is. input: its stdin; for programs
 * of ours whole lines, and all of a request's are one errand. Does nothing if it is not possible.
 */
void errand_add(struct app *app, enum errand_program program, const char *input);

/* Runs the request's errands, in order. Errors are logged. */
void errand_run(struct app *app);

#endif
