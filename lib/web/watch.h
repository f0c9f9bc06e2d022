/*
 * watch: notices that a file has changed, for a process that serves many requests.
 *
 * The kernel tells of changes (inotify), so a process that asks before each request need not look
 * at each file. What it does not tell of, such as a change that another machine makes on a network
 * file system, is seen by looking, now and then.
 */
#ifndef WECHAT_WATCH_H
#define WECHAT_WATCH_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct arena;

/* A file as it was when it was looked at. */
struct watch {
        const char *path;
        bool is_folder; /* what counts is which folder it is, not what is in it */
        bool is_told;   /* the kernel tells of changes: watch_tell() */
        bool exists;
        dev_t device;
        ino_t number;
        off_t size;
        struct timespec changed;
};

/* Looks at the file seen->path, which need not exist. */
void watch_look(struct watch *seen);

/* Has the file changed since it was looked at? */
bool watch_has_changed(const struct watch *seen);

/* Has the kernel tell of changes to these files, until path is NULL, and sets .is_told of those of
 * which it does: not of one that is reached by a link, or by a folder that cannot be read. Returns
 * a descriptor, closed when a program is executed, that can be read when one of them may have
 * changed since; -1: there is none. */
int watch_tell(struct arena *arena, struct watch *all);

/* Forgets what watch_tell()'s descriptor has told of so far. */
void watch_heard(int told);

#endif
