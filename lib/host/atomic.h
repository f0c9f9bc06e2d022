/*
 * atomic: changes files so that after a power cut each is whole, old or new.
 */
#ifndef WECHAT_ATOMIC_H
#define WECHAT_ATOMIC_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

/*
 * Writes a file whole: temporary file, write, fsync, rename, fsync of the folder. When it returns
 * 0, the file survives a power cut. Its modification time becomes stamp (a hint for sweeping). If
 * replace is false and the name is taken: ERR_EXISTS. ERR_NOT_FOUND: the folder is gone.
 * ERR_SYSTEM: nothing changed.
 */
int atomic_write(struct arena *arena, int folder, const char *name, const void *data, size_t size,
    long long stamp, bool replace, struct err *err) __attribute__((warn_unused_result));

/* Deletes the file durably (fsync of the folder); a missing file is not an error. ERR_SYSTEM. */
int atomic_delete(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* As atomic_delete(), but a missing file is ERR_NOT_FOUND: if several processes remove it at the
 * same moment, one succeeds. */
int atomic_remove(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* atomic_write() in pieces, for data that is not in memory as a whole. atomic_begin() creates the
 * temporary file; atomic_write_all() writes to it and returns -1 with errno on error; atomic_end()
 * gives it its name, or removes it if failed is an errno. */
struct atomic_file {
        int fd;
        const char *temporary;
};

int atomic_begin(struct arena *arena, int folder, struct atomic_file *file, struct err *err)
    __attribute__((warn_unused_result));
int atomic_write_all(int fd, const char *data, size_t size) __attribute__((warn_unused_result));
int atomic_end(int folder, const struct atomic_file *file, const char *name, bool replace,
    int failed, struct err *err) __attribute__((warn_unused_result));

/* Is name the name of a temporary file of atomic_write()? */
bool atomic_is_temporary(const char *name);

#endif
