/*
 * file: what is on disk, opened and read. Every path is opened relative to a folder's descriptor,
 * with O_NOFOLLOW and O_CLOEXEC, and looked at before it is used (threats 16 and 17).
 */
#ifndef WECHAT_FILE_H
#define WECHAT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct stat;

/* Of files of ours, and of the owner's and the host's: a host's certificates are some 200 kB, with
 * those of a company more. */
enum { FILE_SIZE_MAX = 256 * 1024, FILE_PUBLIC_MAX = 4 * 1024 * 1024 };

/*
 * A folder of ours, as a descriptor that the arena closes: a real folder, our own, closed to
 * others (0700); with create it is made where it is missing. at: AT_FDCWD or a folder.
 * ERR_NOT_FOUND: missing; ERR_SYSTEM: anything else, with path and what to do.
 */
int file_open_folder(struct arena *arena, int at, const char *path, bool create, int *folder,
    struct err *err) __attribute__((warn_unused_result));

/*
 * The file's bytes and a NUL after them. Only a regular file of our own with one link and at most
 * FILE_SIZE_MAX bytes is read. ERR_NOT_FOUND: missing; ERR_SYSTEM: anything else.
 */
int file_read_private(struct arena *arena, int folder, const char *name, char **data, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* Is the open file a regular one of our own, with one link at most? *st is what fstat() says of it.
 * ERR_SYSTEM: no. */
int file_check_private(int fd, struct stat *st, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* As file_read_private() for a file that may belong to anybody (templates, words), of at most
 * FILE_PUBLIC_MAX bytes. */
int file_read_public(struct arena *arena, const char *path, char **data, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* The first half of file_read_public(): a descriptor that the arena closes, for reading it later,
 * when files cannot be opened any more. */
int file_open_public(struct arena *arena, const char *path, int *fd, struct err *err)
    __attribute__((warn_unused_result));

/* The second half. */
int file_read_opened(struct arena *arena, int fd, const char *path, char **data, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* Could something be made at path, for what the folder above it says? */
bool file_can_create(struct arena *arena, const char *path);

/* The folder above path, for naming it and nothing else (O_PATH); the arena closes it. */
int file_open_above(struct arena *arena, const char *path, int *folder, struct err *err)
    __attribute__((warn_unused_result));

/* Makes an empty file where there is none of that name. Did it? */
bool file_mark(int folder, const char *name);

/* Calls visit for each file of the folder with its modification time; stops when it returns not 0.
 * ERR_SYSTEM: not all of them were seen. */
int file_list(int folder, int (*visit)(void *context, const char *name, long long stamp),
    void *context, struct err *err) __attribute__((warn_unused_result));

#endif
