/*
 * secret: a file with secrets, read only where nobody else can read it; and what its owner has to
 * do where that is not so.
 */
#ifndef WECHAT_SECRET_H
#define WECHAT_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct arena;
struct err;

/* Who has to do with a file that cannot be read, or that others can read. */
struct secret_access {
        uid_t runs;    /* who the program runs as */
        gid_t group;   /* in which group */
        uid_t program; /* whose the program's own file is */
        uid_t owner;   /* whose the file is */
        bool folder;   /* it is the folder that keeps the program out */
        bool open;     /* others can read it; else the program cannot */
};

/* One sentence about path for the log: which owner and mode it needs, or which kind of host. What
 * it says to do leads to a file that is read. */
const char *secret_advice(
    struct arena *arena, const char *path, const struct secret_access *access);

/* The file's bytes and a NUL after them. ERR_NOT_FOUND: missing. ERR_DENIED: others than its owner
 * may read or write it, or the program may not read it. A file of root's may be readable by its
 * group: that is how an administrator lets the web server read it. ERR_SYSTEM: anything else. */
int secret_read(struct arena *arena, const char *path, char **data, size_t *size, struct err *err)
    __attribute__((warn_unused_result));

#endif
