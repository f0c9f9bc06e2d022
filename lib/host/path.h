/*
 * path: resolves and compares paths.
 */
#ifndef WECHAT_PATH_H
#define WECHAT_PATH_H

#include <stdbool.h>

struct arena;

/* Returns the folder that path is in, by its text alone. */
const char *path_folder(struct arena *arena, const char *path);

/* Returns the file of the program that runs; NULL: /proc does not say. */
const char *path_own(struct arena *arena);

/* Resolves links, "." and ".." in path; its last part may be missing. known: a path that is
 * resolved already, or NULL; the part that path shares with it is not resolved again. */
const char *path_resolve(struct arena *arena, const char *known, const char *path);

/* Is path the folder itself or inside it? Both are resolved. */
bool path_is_within(const char *folder, const char *path);

#endif
