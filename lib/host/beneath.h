/*
 * beneath: opens files and folders below a folder, by paths from outside, and never anything else
 * (threat 30).
 */
#ifndef WECHAT_BENEATH_H
#define WECHAT_BENEATH_H

struct arena;
struct err;
struct stat;

/*
 * Opens a regular file, or a folder, for reading; *st is what fstat() says of it. folder may be a
 * link itself. path has parts separated by '/'; "" is the folder. Below the folder no link is
 * followed, wherever it leads, and ".." leads nowhere: by openat2() (Linux 5.6), or part by part
 * where the kernel or the host's sandbox does not have it. The arena closes the descriptor.
 * ERR_NOT_FOUND: there is nothing of that name, or a link, or neither file nor folder. ERR_CONFIG:
 * folder itself cannot be opened. ERR_SYSTEM.
 */
int beneath_open(struct arena *arena, const char *folder, const char *path, int *fd,
    struct stat *st, struct err *err) __attribute__((warn_unused_result));

/* Calls visit for each name in an open folder, "." and ".." among them, with what lstat() says of
 * it. ERR_SYSTEM: the folder could not be read to the end. */
int beneath_list(int folder, void (*visit)(void *context, const char *name, const struct stat *st),
    void *context, struct err *err) __attribute__((warn_unused_result));

#endif
