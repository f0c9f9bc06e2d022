/*
 * atomic: changes files so that after a power cut each is whole, old or new.
 */
#ifndef WECHAT_ATOMIC_H
#define WECHAT_ATOMIC_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

/* How a file is put in place. */
enum {
        ATOMIC_NEW = 0,          /* its name may not be taken: ERR_EXISTS */
        ATOMIC_REPLACE = 1 << 0, /* it takes the place of the file that is there */
        ATOMIC_UNSYNCED = 1 << 1 /* a power cut may lose it, or leave it empty or cut off */
};

/*
 * Writes a file whole: temporary file, write, fsync, rename, fsync of the folder. When it returns
 * 0, the file survives a power cut, unless how has ATOMIC_UNSYNCED: then both fsync are left out.
 * Its modification time becomes stamp (a hint for sweeping). ERR_NOT_FOUND: the folder is gone.
 * ERR_SYSTEM: nothing changed.
 */
int atomic_write(struct arena *arena, int folder, const char *name, const void *data, size_t size,
    long long stamp, unsigned how, struct err *err) __attribute__((warn_unused_result));

/*
 * Changes digits of a file in place, without a sync: where it holds before, it holds after when
 * this returns true. After a power cut each digit is the old or the new one, and all else is as it
 * was. false: the texts differ in more than digits, or the file could not be changed so; write it
 * whole then.
 */
bool atomic_amend(struct arena *arena, int folder, const char *name, const char *before,
    const char *after) __attribute__((warn_unused_result));

/* Deletes the file durably (fsync of the folder); a missing file is not an error. ERR_SYSTEM. */
int atomic_delete(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* The same without a sync, for what is deleted again where a power cut brings it back. */
int atomic_drop(int folder, const char *name, struct err *err) __attribute__((warn_unused_result));

/* As atomic_delete(), but a missing file is ERR_NOT_FOUND: if several processes remove it at the
 * same moment, one succeeds. */
int atomic_remove(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* atomic_write() in pieces, for data that is not in memory as a whole. atomic_begin() creates the
 * temporary file; file_write_all() writes to it; atomic_end()
 * gives it its name, or removes it if failed is an errno. */
struct atomic_file {
        int fd;
        const char *temporary;
};

int atomic_begin(struct arena *arena, int folder, struct atomic_file *file, struct err *err)
    __attribute__((warn_unused_result));
int atomic_end(int folder, const struct atomic_file *file, const char *name, unsigned how,
    int failed, struct err *err) __attribute__((warn_unused_result));

/* Is name the name of a temporary file of atomic_write()? */
bool atomic_is_temporary(const char *name);

#endif
