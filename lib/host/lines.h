/*
 * lines: files of lines, to which several processes append at the same time.
 */
#ifndef WECHAT_LINES_H
#define WECHAT_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct err;

/*
 * Appends a line, which ends with a line end, to a file: as a whole, and durably when it returns 0,
 * even if others append at the same time. Half a line left by a process that died is cut off.
 * *created: the file is new. ERR_SYSTEM: nothing was added.
 */
int lines_append(int folder, const char *name, const char *line, bool *created, struct err *err)
    __attribute__((warn_unused_result));

/*
 * Removes the lines that contain word: writes a new file that replaces the old one, durably when it
 * returns 0. A process that appends meanwhile waits, and appends to the new file. A missing file is
 * not an error. ERR_SYSTEM: nothing changed.
 */
int lines_remove(struct arena *arena, int folder, const char *name, const char *word,
    struct err *err) __attribute__((warn_unused_result));

/*
 * Adds to found the whole lines that contain word, with their line ends: of more than size bytes
 * the last ones, and then *all is false, else as it was. Waits for nobody. A missing file is not an
 * error. ERR_SYSTEM.
 */
int lines_find(struct arena *arena, int folder, const char *name, const char *word, size_t size,
    struct buf *found, bool *all, struct err *err) __attribute__((warn_unused_result));

/*
 * Deletes a file of lines and returns what was in it. Lines that others append meanwhile are in it
 * or go into a new file. Not durable. ERR_NOT_FOUND: there is no such file, which takes one system
 * call to find out. ERR_TOO_LARGE: it had more than FILE_SIZE_MAX bytes, and is deleted.
 * ERR_SYSTEM.
 */
int lines_take(struct arena *arena, int folder, const char *name, char **text, struct err *err)
    __attribute__((warn_unused_result));

/* Is called for a line, size bytes without the line end, with a NUL behind them. Returns whether
 * to go on. */
typedef bool lines_visit(void *context, const char *line, size_t size);

/*
 * Calls visit for each whole line of a file, oldest first, until it returns false. Lines that are
 * appended meanwhile may be among them; half a line is not. Takes as much memory as the longest
 * line. ERR_NOT_FOUND: there is no such file. ERR_SYSTEM.
 */
int lines_read(struct arena *arena, int folder, const char *name, lines_visit *visit, void *context,
    struct err *err) __attribute__((warn_unused_result));

/* The same, newest first, for the lines in the last FILE_SIZE_MAX bytes of the file. */
int lines_read_back(struct arena *arena, int folder, const char *name, lines_visit *visit,
    void *context, struct err *err) __attribute__((warn_unused_result));

#endif
