/*
 * behind: lets a process go on behind its answer.
 *
 * A web server passes a CGI program's answer on when stdout is closed; mod_cgi and fcgiwrap wait
 * until stderr is closed, too, by every process that has it. So a process that may live longer than
 * the program writes its stderr into memory, from where it is passed on to the log.
 */
#ifndef WECHAT_BEHIND_H
#define WECHAT_BEHIND_H

#include <stddef.h>

struct arena;
struct behind;

/* What processes say into the memory before somebody reads it; more is refused (EPERM). */
enum { BEHIND_SAID_MAX = 64 * 1024 };

/* Prepares it, before the sandbox; the arena closes what it opens. Without such memory (Linux 3.17)
 * what is said goes to /dev/null. */
struct behind *behind_new(struct arena *arena);

/* Returns the descriptor of the memory, to be used as a stderr; -1: there is none. */
int behind_stderr(const struct behind *behind);

/* Passes on to our stderr what was said since the last time. */
void behind_pass_on(struct behind *behind);

/* Returns what was said since the last time, as a string. */
char *behind_take(struct behind *behind, struct arena *arena);

/*
 * Forks. The child begins a session, so that no signal to the server's processes reaches it; its
 * stdin and stdout lead nowhere, and its stderr is the memory. Returns 0 in the child, 1 in the
 * parent, -1 if there is no other process.
 */
int behind_fork(struct behind *behind);

/* For the child: waits until the parent has ended, so that its answer has gone first; at most a
 * second, for a parent that goes on. */
void behind_wait(const struct behind *behind);

#endif
