/*
 * disk: tries whether a folder is good for a state: whether its file system can do what the state
 * asks of it, and how much room there is.
 */
#ifndef WECHAT_DISK_H
#define WECHAT_DISK_H

#include <stdbool.h>

struct arena;
struct pairs;

/* The steps of a file that is written so that it survives a power cut, and of a lock. */
enum disk_step {
        DISK_CREATE,
        DISK_WRITE, /* 64 kB */
        DISK_SYNC,
        DISK_LINK,
        DISK_RENAME,
        DISK_LOCK,
        DISK_DONE
};

/* Takes the steps with files named name and name with a letter behind it, and deletes them. Returns
 * the step that failed, with its errno in *failed; DISK_DONE: none did. */
enum disk_step disk_try(int folder, const char *name, int *failed);

/* Sets the bytes and files that this user may still add; -1: the file system does not say. Quotas
 * may allow less. Returns false if it says nothing at all. */
bool disk_room(int folder, long long *bytes, long long *files);

/* Creates a file with that text. Returns whether it did. */
bool disk_put(int folder, const char *name, const char *text);

/* Deletes a file; a missing one is as well. */
void disk_remove(int folder, const char *name);

/* Deletes all files whose names begin with prefix. */
void disk_clean(int folder, const char *prefix);

/* Adds to names, as values, the names in a folder that begin and end so. Returns whether the folder
 * could be read. */
bool disk_find(struct arena *arena, const char *path, const char *prefix, const char *suffix,
    struct pairs *names);

#endif
