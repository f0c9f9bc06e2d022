/* docs: the simulator's JSON documents, such as the menu, and other files of its state folder. */
#ifndef SIM_DOCS_H
#define SIM_DOCS_H

#include "base/pairs.h"

struct app;

/* Locks all documents, to read and then change them; lock_release() unlocks them. */
int docs_lock(struct app *app, int *lock) __attribute__((warn_unused_result));

/* Reads the document of that name as json_parse_tree() does; a missing one is empty. */
int docs_read(struct app *app, const char *name, struct pairs *doc)
    __attribute__((warn_unused_result));

/* Writes it whole. */
int docs_write(struct app *app, const char *name, const struct pairs *doc)
    __attribute__((warn_unused_result));

/* Set a member, in place of the one that is there. */
void docs_set(struct pairs *doc, const char *name, const char *value);
void docs_set_number(struct pairs *doc, const char *name, long long number);

/* Copies the members below path, with their paths, to other; they begin with prefix there. */
void docs_copy(const struct pairs *doc, const char *path, struct pairs *other, const char *prefix);

/* Write and read a file of any bytes. ERR_NOT_FOUND: it is missing. */
int docs_write_bytes(struct app *app, const char *name, const void *data, size_t size)
    __attribute__((warn_unused_result));
int docs_read_bytes(struct app *app, const char *name, char **data, size_t *size)
    __attribute__((warn_unused_result));

/* Appends a line to a file, whole. */
int docs_append(struct app *app, const char *name, const char *line)
    __attribute__((warn_unused_result));

/* Reads a file from the byte `from` to its end; a missing one is empty. *end: its size. */
int docs_read_from(struct app *app, const char *name, long long from, char **text, long long *end)
    __attribute__((warn_unused_result));

#endif
