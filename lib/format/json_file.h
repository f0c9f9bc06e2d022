/*
 * json_file: JSON that the site's owner wrote, and its mistakes, each with its line and what to do,
 * in two languages. A value is named by its path, as in pairs.h: "button/0/name".
 */
#ifndef WECHAT_JSON_FILE_H
#define WECHAT_JSON_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pairs.h"

struct arena;
struct err;
struct json_element;

/* More mistakes than this are not kept. */
enum { JSON_MISTAKES_MAX = 32 };

struct json_mistake {
        int line; /* from 1 */
        const char *en, *zh;
};

struct json_file {
        struct arena *arena;
        const char *text;
        struct pairs fields; /* as json_parse_tree() reads them; none, if text is no object */
        struct json_mistake *mistakes; /* in the order of their lines */
        size_t count;                  /* of mistakes */
};

/* Reads text, size bytes followed by a NUL. What json_check() finds is the first mistake, and then
 * there are no fields. */
void json_file_read(struct arena *arena, const char *text, size_t size, struct json_file *file);

/* Adds a mistake of the value at path, or of the object where it is missing. Both texts take the
 * same arguments. */
void json_file_add(struct json_file *file, const char *path, const char *en, const char *zh, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* Adds what err says as a mistake of that line. */
void json_file_add_error(struct json_file *file, int line, const struct err *err);

/* Reads a file that is an array of objects (json_parse_array()). If it is something else, that is
 * added as a mistake, and *count is 0. */
void json_file_elements(struct json_file *file, struct json_element **elements, size_t *count);

/* Is there a value at path? */
bool json_file_has(const struct json_file *file, const char *path);

/* Does the value at path begin with that character: '{', '['? */
bool json_file_begins(const struct json_file *file, const char *path, char first);

/* Counts the elements of the array at path, up to one more than most. */
int json_file_count(const struct json_file *file, const char *path, int most);

/* Returns the text at path. NULL: there is no value, or it is no text or an empty one, which is
 * added as a mistake. */
const char *json_file_text(struct json_file *file, const char *path);

/* Returns the name of the next member of the object at path ("": the whole file) from *at on, and
 * moves *at behind it; NULL after the last. Empty objects have no name here. */
const char *json_file_next(const struct json_file *file, const char *path, size_t *at);

#endif
