/*
 * host_file: a file of the owner's that is opened before the sandbox, and read when it is needed.
 */
#ifndef WECHAT_HOST_FILE_H
#define WECHAT_HOST_FILE_H

#include <stddef.h>

#include "base/err.h"

struct arena;

/* It is read once, so later changes, or another file of that name, are not seen. */
struct host_file {
        const char *path; /* NULL: none was asked for */
        int fd;           /* -1: it could not be opened; err says why */
        struct err err;
        char *text; /* NULL until it is read */
        size_t size;
};

/* Opens the file, as file_open_public(). An error is kept for host_file_read(). */
void host_file_open(struct arena *arena, const char *path, struct host_file *file);

/* Reads it into the memory of host_arena, which lasts as long as the file, and copies it to arena.
 * Errors as file_read_public(). */
int host_file_read(struct arena *host_arena, struct host_file *file, struct arena *arena,
    char **text, size_t *size, struct err *err) __attribute__((warn_unused_result));

#endif
