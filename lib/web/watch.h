/*
 * watch: notices that a file has changed, for a process that serves many requests.
 */
#ifndef WECHAT_WATCH_H
#define WECHAT_WATCH_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

/* A file as it was when it was looked at. */
struct watch {
        const char *path;
        bool exists;
        dev_t device;
        ino_t number;
        off_t size;
        struct timespec changed;
};

/* Looks at the file of that name, which need not exist. */
void watch_look(const char *path, struct watch *seen);

/* Has the file changed since it was looked at? */
bool watch_has_changed(const struct watch *seen);

#endif
