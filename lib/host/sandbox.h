/*
 * sandbox: what a program gives up after reading its settings, so that a mistake in it, or in a
 * library, lends less to who finds it.
 *
 * Landlock (Linux 5.13; ports from 6.7): files, folders and TCP ports other than the needed ones
 * cannot be reached. A seccomp filter: system calls other than the needed ones end the process,
 * with a line on stderr that names the call, and the server answers 500; what a C library only
 * tries and does without gets ENOSYS. No new privileges by execve; no debugger of the same user.
 * All this binds threads and children as well and cannot be taken back; descriptors that are open
 * stay so.
 *
 * Built with WECHAT_NO_SANDBOX there is none: sanitizers, valgrind and coverage need more than a
 * program does.
 */
#ifndef WECHAT_SANDBOX_H
#define WECHAT_SANDBOX_H

#include <stdbool.h>

enum sandbox_need {
        SANDBOX_PAGES = 1,       /* reads html_dir */
        SANDBOX_READ_STATE = 2,  /* reads the state folder */
        SANDBOX_WRITE_STATE = 4, /* reads and writes it, and makes it where it is missing */
        SANDBOX_NETWORK = 8,     /* calls api_url: name service, certificates, TCP to its port */
        SANDBOX_STANDARD =
            SANDBOX_PAGES | SANDBOX_WRITE_STATE /* what a page with a session needs */
};

struct sandbox {
        unsigned needs; /* of enum sandbox_need */
        const char *html_dir;
        int state;           /* the state folder; -1: it cannot be had */
        const char *api_url; /* an origin */
        const char *ca_file; /* "": none but the host's */
        bool files_only;     /* no filter of system calls */
};

/* What the host does not let us have, as bits. */
enum sandbox_gap { SANDBOX_NO_LANDLOCK = 1, SANDBOX_NO_FILTER = 2 };

/* Enters the sandbox, for good. 0, or what the kernel lacks of it; the rest holds. */
unsigned sandbox_enter(const struct sandbox *sandbox);

#endif
