/*
 * lines: files that grow by lines, which processes add at the same moment.
 */
#ifndef WECHAT_LINES_H
#define WECHAT_LINES_H

#include <stdbool.h>

struct arena;
struct err;

/*
 * Adds a line, which ends with a line end, to a file: whole, and durably when it returns 0, also
 * while others add theirs. A line that a process left half when it died is cut off. *created: the
 * file is new. ERR_SYSTEM: nothing was added.
 */
int lines_append(int folder, const char *name, const char *line, bool *created, struct err *err)
    __attribute__((warn_unused_result));

/*
 * Removes the lines that contain word: the file is written anew and takes the other's place,
 * durably when it returns 0. Who adds a line meanwhile waits, and adds it to the new file. A file
 * that is missing is no error. ERR_SYSTEM: nothing changed.
 */
int lines_remove(struct arena *arena, int folder, const char *name, const char *word,
    struct err *err) __attribute__((warn_unused_result));

#endif
