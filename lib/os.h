/*
 * os: files, random bytes and the clock. Every path is opened relative to a folder's descriptor,
 * with O_NOFOLLOW and O_CLOEXEC, and looked at before it is used (threats 16 and 17).
 */
#ifndef WECHAT_OS_H
#define WECHAT_OS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

enum { OS_FILE_MAX = 256 * 1024 };

/* Seconds since 1970. */
long long os_now(void);

/* Milliseconds of a clock that never goes back; only differences mean something. */
long long os_clock_ms(void);

/* Waits; a millisecond is the unit. */
void os_sleep(int milliseconds);

/* size random bytes from the kernel (getrandom). ERR_SYSTEM. */
int os_random(void *bytes, size_t size, struct err *err) __attribute__((warn_unused_result));

/* 32 random bytes as 43 characters of base64url. ERR_SYSTEM. */
int os_random_token(struct arena *arena, char **token, struct err *err)
    __attribute__((warn_unused_result));

/*
 * A folder of ours, as a descriptor that the arena closes: a real folder, our own, closed to
 * others (0700); with create it is made where it is missing. at: AT_FDCWD or a folder.
 * ERR_NOT_FOUND: missing; ERR_SYSTEM: anything else, with path and what to do.
 */
int os_open_folder(struct arena *arena, int at, const char *path, bool create, int *folder,
    struct err *err) __attribute__((warn_unused_result));

/*
 * The file's bytes and a NUL after them. Only a regular file of our own with one link and at most
 * OS_FILE_MAX bytes is read. ERR_NOT_FOUND: missing; ERR_SYSTEM: anything else.
 */
int os_read_private(struct arena *arena, int folder, const char *name, char **data, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* As before it for a file that may belong to anybody (templates, words). */
int os_read_public(struct arena *arena, const char *path, char **data, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* Is the file readable or writable by others than its owner? A file of root's may be readable by
 * its group: that is how an administrator lets the web server read it. false where it is missing.
 */
bool os_is_open_to_others(const char *path);

/*
 * Puts a file in place whole: temporary file, write, fsync, rename, fsync of the folder. When this
 * returns 0 it survives a power cut. Its modification time becomes stamp (a hint for sweeping).
 * replace false: ERR_EXISTS where the name is taken. ERR_SYSTEM: nothing changed.
 */
int os_write_file(struct arena *arena, int folder, const char *name, const void *data, size_t size,
    long long stamp, bool replace, struct err *err) __attribute__((warn_unused_result));

/* Deletes the file for good (fsync of the folder); one that is missing is no error. ERR_SYSTEM. */
int os_delete_file(int folder, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* Opens and locks (flock, exclusive, waiting) a permanent lock file in folder. ERR_SYSTEM. */
int os_lock(int folder, const char *name, int *lock, struct err *err)
    __attribute__((warn_unused_result));

/* Gives the lock back. */
void os_unlock(int lock);

/* Calls visit for each file of the folder with its modification time; stops when it returns not 0.
 * ERR_SYSTEM. */
int os_list(int folder, int (*visit)(void *context, const char *name, long long stamp),
    void *context, struct err *err) __attribute__((warn_unused_result));

/* Is name that of a temporary file of os_write_file()? */
bool os_is_temporary(const char *name);

#endif
