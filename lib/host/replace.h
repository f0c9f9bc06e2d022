/*
 * replace: puts another version in the place of a file that the site's owner wrote, and keeps the
 * version before as NAME.before.
 *
 * Only a file that is the program's own is replaced, as the program would by an ordinary editor:
 * owner, group and mode stay. After a power cut the file is whole, old or new.
 */
#ifndef WECHAT_REPLACE_H
#define WECHAT_REPLACE_H

#include <stddef.h>

struct arena;
struct err;

enum replace_outcome {
        REPLACE_DONE,
        REPLACE_SAME,     /* it has that text already: nothing was written */
        REPLACE_CHANGED,  /* it is another version than the one that was to be replaced */
        REPLACE_FORBIDDEN /* the program may not write it; err says why */
};

struct replacement {
        const char *path;
        const char *digest; /* of the version to be replaced (digest.h, SHA-256); "": no file */
        const char *text;   /* size bytes */
        size_t size;
};

/* Sets *outcome. Of REPLACE_FORBIDDEN, err says more: the folder is not writable; it is a link, not
 * a regular file, another user's, or has two names. A new file is for the program alone (0600).
 * ERR_SYSTEM: nothing changed, except that NAME.before may be the version in force. */
int replace_file(struct arena *arena, const struct replacement *replacement,
    enum replace_outcome *outcome, struct err *err) __attribute__((warn_unused_result));

/* Returns the path of the version before. */
const char *replace_before(struct arena *arena, const char *path);

#endif
