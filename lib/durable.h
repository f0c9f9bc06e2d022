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
 * replace false: ERR_EXISTS where the name is taken. ERR_SYSTEM: nothing changed.
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

/*
 * Adds a line, which ends with a line end, to a file: whole, and durably when it returns 0, also
 * while others add theirs. A line that a process left half when it died is cut off. *created: the
 * file is new. ERR_SYSTEM: nothing was added.
 */
int durable_append(int folder, const char *name, const char *line, bool *created, struct err *err)
    __attribute__((warn_unused_result));

/* Is name that of a temporary file of durable_write()? */
bool durable_is_temporary(const char *name);

#endif
