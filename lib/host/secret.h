/*
 * secret: reads a file with secrets, only if nobody else can read it; and tells its owner what to
 * do otherwise.
 */
#ifndef WECHAT_SECRET_H
#define WECHAT_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct arena;
struct err;

/* The users and groups that matter for a file that cannot be read, or that others can read. */
struct secret_access {
        uid_t runs;    /* the user that the program runs as */
        gid_t group;   /* its group */
        uid_t program; /* the owner of the program's file */
        uid_t owner;   /* the owner of the file itself */
        bool folder;   /* its folder is what keeps the program out */
        bool open;     /* others can read it; otherwise the program cannot */
};

/* Returns a sentence about path for the log: which owner and mode it needs, or which kind of host.
 * Following it leads to a file that can be read. */
const char *secret_advice(
    struct arena *arena, const char *path, const struct secret_access *access);

/* Reads the file and adds a NUL. ERR_NOT_FOUND: missing. ERR_DENIED: users other than its owner may
 * read or write it, or the program may not read it. A file of root's may be readable by its group,
 * so that an administrator can let the web server read it. ERR_SYSTEM: anything else. */
int secret_read(struct arena *arena, const char *path, char **data, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
