/*
 * sandbox: restricts a program after it has read its settings, so that a mistake in it, or in a
 * library, gives an attacker less.
 *
 * Landlock (Linux 5.13; TCP ports from 6.7): only the files, folders and ports that the program
 * needs can be reached. A seccomp filter: any other system call ends the process, with a line on
 * stderr that names it, and the server answers 500; calls that C libraries only try get ENOSYS.
 * execve gives no new privileges, and no debugger of the same user can attach. All this also binds
 * threads and child processes and cannot be undone; open descriptors stay open.
 *
 * If built with WECHAT_NO_SANDBOX there is none, and no limit of memory and time: sanitizers,
 * valgrind and coverage need more than a program does.
 */
#ifndef WECHAT_SANDBOX_H
#define WECHAT_SANDBOX_H

#include <stdbool.h>

enum sandbox_need {
        SANDBOX_PAGES = 1,       /* reads html_dir */
        SANDBOX_READ_STATE = 2,  /* reads the state folder */
        SANDBOX_WRITE_STATE = 4, /* reads and writes it, and creates it if it is missing */
        SANDBOX_NETWORK = 8,     /* calls api_url: name service, certificates, TCP to its port */
        SANDBOX_GO_ON = 16,      /* goes on behind its answer, in a process of its own (behind.h) */
        SANDBOX_PRIVATE_FILES = 32, /* reads private_dir, and lists its folders */
        SANDBOX_SITE = 64,          /* calls site_url as well; with SANDBOX_NETWORK */
        SANDBOX_FILES = 128,        /* replaces files in the folders of the owner's files */
        SANDBOX_SERVE = 256,        /* takes requests from a socket, and looks names up itself */
        SANDBOX_PROGRAMS = 512,     /* calls origins as well, and looks names up itself; with
                                     * SANDBOX_NETWORK */
        SANDBOX_STANDARD =
            SANDBOX_PAGES | SANDBOX_WRITE_STATE /* what a page with a session needs */
};

/* SANDBOX_STORES_MAX: nine Sentinels and a primary. */
enum { SANDBOX_STORE_SOCKET = -1, SANDBOX_STORES_MAX = 10 };

struct sandbox {
        unsigned needs; /* of enum sandbox_need */
        const char *html_dir;
        int state;                  /* the state folder; -1: it cannot be opened */
        const char *api_url;        /* an origin */
        const char *ca_file;        /* "": only the host's */
        bool files_only;            /* no filter of system calls */
        const char *private_dir;    /* "": none */
        const char *site_url;       /* an origin, for SANDBOX_SITE */
        const char *const *origins; /* for SANDBOX_PROGRAMS; NULL after the last */
        const char *const *folders; /* for SANDBOX_FILES; NULL after the last */
        /* The ports of servers that have the state, or SANDBOX_STORE_SOCKET; 0 after the last. */
        int stores[SANDBOX_STORES_MAX + 1];
};

/* Parts of the sandbox that the kernel lacks, as bits. */
enum sandbox_gap { SANDBOX_NO_LANDLOCK = 1, SANDBOX_NO_FILTER = 2 };

/* Enters the sandbox. Returns 0, or the parts that the kernel lacks; the others are in force. */
unsigned sandbox_enter(const struct sandbox *sandbox);

/* What a program may use that works on its stdin alone: bytes of memory, seconds of the processor's
 * time. */
enum { SANDBOX_ALONE_MEMORY_MAX = 256 * 1024 * 1024, SANDBOX_ALONE_SECONDS_MAX = 5 };

/* As sandbox_enter(), for a program that works on its stdin alone, whatever the settings: it
 * reaches no file, nothing that is not open, and may use only so much memory and time; then the
 * kernel ends it. */
unsigned sandbox_enter_alone(void);

#endif
