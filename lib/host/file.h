/*
 * file: opens and reads files. Every path is opened relative to a folder's descriptor, with
 * O_NOFOLLOW and O_CLOEXEC, and checked before use (threats 16 and 17).
 */
#ifndef WECHAT_FILE_H
#define WECHAT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct stat;

/* The most that is read of the kit's own files, and of the owner's and the host's: a host's
 * certificates take some 200 kB, with those of a company more. */
enum { FILE_SIZE_MAX = 256 * 1024, FILE_PUBLIC_MAX = 4 * 1024 * 1024 };

/*
 * Opens one of the kit's own folders: a real folder, owned by the program's user and closed to
 * others (0700). If create is set, a missing one is created. at: AT_FDCWD or a folder. The arena
 * closes the descriptor. ERR_NOT_FOUND: missing; ERR_SYSTEM: anything else, with path and what to
 * do.
 */
int file_open_folder(struct arena *arena, int at, const char *path, bool create, int *folder,
    struct err *err) __attribute__((warn_unused_result));

/* The same, made where it is missing, for what need not survive a power cut: the new folder is not
 * synced. */
int file_open_folder_unsynced(struct arena *arena, int at, const char *path, int *folder,
    struct err *err) __attribute__((warn_unused_result));

/* Checks a folder as file_open_folder() does, without opening it. */
int file_check_folder(int at, const char *path, struct err *err)
    __attribute__((warn_unused_result));

/* Is the open folder the one at path, closed to others? */
bool file_is_at(int folder, const char *path);

/*
 * Reads a file and adds a NUL. It must be a regular file of the program's own user, with one link
 * and at most FILE_SIZE_MAX bytes. ERR_NOT_FOUND: missing; ERR_SYSTEM: anything else.
 */
int file_read_private(struct arena *arena, int folder, const char *name, char **data, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* Checks that an open file is a regular one of the program's own user with at most one link. *st is
 * set by fstat(). ERR_SYSTEM: it is not. */
int file_check_private(int fd, struct stat *st, const char *name, struct err *err)
    __attribute__((warn_unused_result));

/* As file_read_private(), for a file of any owner (templates, words) with at most FILE_PUBLIC_MAX
 * bytes. */
int file_read_public(struct arena *arena, const char *path, char **data, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* The first half of file_read_public(): opens the file, to be read later, when no file can be
 * opened any more. The arena closes the descriptor. */
int file_open_public(struct arena *arena, const char *path, int *fd, struct err *err)
    __attribute__((warn_unused_result));

/* The second half of file_read_public(). */
int file_read_opened(struct arena *arena, int fd, const char *path, char **data, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* Do the rights of the folder above path allow something to be created at path? */
bool file_can_create(struct arena *arena, const char *path);

/* Opens the folder above path to name it only (O_PATH); the arena closes it. */
int file_open_above(struct arena *arena, const char *path, int *folder, struct err *err)
    __attribute__((warn_unused_result));

/* Arranges for a descriptor to be closed when the arena is freed. */
void file_close_with(struct arena *arena, int fd);

/* Creates an empty file if there is none with that name. Returns whether it did. */
bool file_mark(int folder, const char *name);

/* Calls visit for each file of the folder with its modification time; stops if visit returns
 * non-zero. ERR_SYSTEM: the folder could not be read to the end. */
int file_list(int folder, int (*visit)(void *context, const char *name, long long stamp),
    void *context, struct err *err) __attribute__((warn_unused_result));

/* Writes all of data, size bytes, to a descriptor. 0, or -1 with errno. */
int file_write_all(int fd, const char *data, size_t size) __attribute__((warn_unused_result));

#endif
