/*
 * durable: what is changed on disk, so that it is there whole after a power cut, or not at all.
 */
#ifndef WECHAT_DURABLE_H
#define WECHAT_DURABLE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

/*
 * Puts a file in place whole: temporary file, write, fsync, rename, fsync of the folder. When this
 * returns 0 it survives a power cut. Its modification time becomes stamp (a hint for sweeping).
 * replace false: ERR_EXISTS where the name is taken. ERR_NOT_FOUND: the folder is gone. ERR_SYSTEM:
 * nothing changed.
 */
int durable_write(struct arena *arena, int folder, const char *name, const void *data, size_t size,
    long long stamp, bool replace, struct err *err) __attribute__((warn_unused_result));

/* Deletes the file for good (fsync of the folder); one that is missing is no error. ERR_SYSTEM. */
int durable_delete(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* As before it, but a file that is missing is ERR_NOT_FOUND: of those who remove it at the same
 * moment one succeeds. */
int durable_remove(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* durable_write() in pieces, for what is not at hand whole: the temporary file; bytes written to
 * it, with errno where -1 comes back; its name, or where failed is an errno, its end. */
struct durable_file {
        int fd;
        const char *temporary;
};

int durable_begin(struct arena *arena, int folder, struct durable_file *file, struct err *err)
    __attribute__((warn_unused_result));
int durable_write_all(int fd, const char *data, size_t size) __attribute__((warn_unused_result));
int durable_end(int folder, const struct durable_file *file, const char *name, bool replace,
    int failed, struct err *err) __attribute__((warn_unused_result));

/* Is name that of a temporary file of durable_write()? */
bool durable_is_temporary(const char *name);

#endif
