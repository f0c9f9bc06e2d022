/*
 * atomic: what is changed on disk, so that it is there whole after a power cut, or not at all.
 */
#ifndef WECHAT_ATOMIC_H
#define WECHAT_ATOMIC_H

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
int atomic_write(struct arena *arena, int folder, const char *name, const void *data, size_t size,
    long long stamp, bool replace, struct err *err) __attribute__((warn_unused_result));

/* Deletes the file for good (fsync of the folder); one that is missing is no error. ERR_SYSTEM. */
int atomic_delete(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* As before it, but a file that is missing is ERR_NOT_FOUND: of those who remove it at the same
 * moment one succeeds. */
int atomic_remove(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* atomic_write() in pieces, for what is not at hand whole: the temporary file; bytes written to
 * it, with errno where -1 comes back; its name, or where failed is an errno, its end. */
struct atomic_file {
        int fd;
        const char *temporary;
};

int atomic_begin(struct arena *arena, int folder, struct atomic_file *file, struct err *err)
    __attribute__((warn_unused_result));
int atomic_write_all(int fd, const char *data, size_t size) __attribute__((warn_unused_result));
int atomic_end(int folder, const struct atomic_file *file, const char *name, bool replace,
    int failed, struct err *err) __attribute__((warn_unused_result));

/* Is name that of a temporary file of atomic_write()? */
bool atomic_is_temporary(const char *name);

#endif
