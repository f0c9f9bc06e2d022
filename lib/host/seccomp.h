/*
 * seccomp: the system calls that a program may make from here on (seccomp).
 */
#ifndef WECHAT_SECCOMP_H
#define WECHAT_SECCOMP_H

/* What a program does besides reading files and answering. */
enum calls_for {
        SECCOMP_WRITE = 1,  /* changes files, locks them, lists folders, waits */
        SECCOMP_NETWORK = 2 /* name service and TLS: sockets, threads, libraries loaded later */
};

/*
 * Any other call ends the process with status 1 after a line on stderr that names it: what it
 * was meant to do did not happen, and nothing goes on as if it had. A few that C libraries only
 * try get ENOSYS instead. Needs PR_SET_NO_NEW_PRIVS. -1: the kernel does not take a filter, or the
 * processor is not one of those that this knows.
 */
int seccomp_restrict(unsigned purposes) __attribute__((warn_unused_result));

#endif
