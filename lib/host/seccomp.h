/*
 * seccomp: limits the system calls that a program may make from here on.
 */
#ifndef WECHAT_SECCOMP_H
#define WECHAT_SECCOMP_H

/* What a program does besides reading files and answering. */
enum calls_for {
        SECCOMP_WRITE = 1,   /* changes files, locks them, lists folders, waits */
        SECCOMP_NETWORK = 2, /* name service and TLS: sockets, threads, libraries loaded later */
        SECCOMP_FORK = 4,    /* forks and leaves the session; the child is restricted likewise */
        SECCOMP_FOLDERS = 8, /* opens and lists what is below a folder (beneath.h) */
        SECCOMP_MODES = 16,  /* gives a file that it writes a group and a mode (replace.h) */
        /* Only this: reads and writes what is open, allocates memory, and ends. Not even files are
         * opened. */
        SECCOMP_ALONE = 32,
        SECCOMP_STORE = 64,         /* TCP to a server that has the state (redis.h) */
        SECCOMP_STORE_SOCKET = 128, /* a socket of such a server */
        SECCOMP_SERVE = 256,        /* takes connections from a socket */
        SECCOMP_NAMES = 512         /* looks names up by UDP; with SECCOMP_NETWORK */
};

/*
 * Any other call ends the process with status 1, after a line on stderr that names the call; so no
 * work goes on as if the call had succeeded. A few calls that C libraries only try get ENOSYS
 * instead. Needs PR_SET_NO_NEW_PRIVS. Returns -1 if the kernel accepts no filter, or if this is an
 * unknown processor.
 */
int seccomp_restrict(unsigned purposes) __attribute__((warn_unused_result));

#endif
