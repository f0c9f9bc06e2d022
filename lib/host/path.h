/*
 * path: paths without links, compared.
 */
#ifndef WECHAT_PATH_H
#define WECHAT_PATH_H

#include <stdbool.h>

struct arena;

/* The folder that path is in, by its text. */
const char *path_folder(struct arena *arena, const char *path);

/* path without links, "." and ".."; its last part need not be there. known: a path that is resolved
 * already, or NULL: of what path shares with that the kernel is not asked again. */
const char *path_resolve(struct arena *arena, const char *known, const char *path);

/* Is path the folder, or in it? Both are resolved. */
bool path_is_within(const char *folder, const char *path);

#endif
