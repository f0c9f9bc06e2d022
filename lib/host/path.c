#include "host/path.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

const char *
path_folder(struct arena *arena, const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash == NULL ? "." : arena_copy(arena, path, (size_t)(slash - path));
}

const char *
path_own(struct arena *arena)
{
        char file[PATH_MAX];
        ssize_t size = readlink("/proc/self/exe", file, sizeof(file));

        return size <= 0 || size == (ssize_t)sizeof(file) ? NULL
                                                          : arena_copy(arena, file, (size_t)size);
}

/* Is path already in its resolved form? */
static bool
is_resolved(const char *known, const char *path)
{
        char part[PATH_MAX], link;
        size_t at = 0, end, shared = 0;

        while (known[shared] != '\0' && known[shared] == path[shared])
                shared++;
        for (; path[at] == '/'; at = end) {
                size_t dots = strspn(path + ++at, ".");

                end = at + strcspn(path + at, "/");
                if (end == at || end >= sizeof(part) || (dots == end - at && dots <= 2))
                        return false;
                if (end < shared || (end == shared && strchr("/", known[end]) != NULL))
                        continue;
                memcpy(part, path, end);
                part[end] = '\0';
                if (readlink(part, &link, 1) >= 0 || errno != EINVAL)
                        return false;
        }
        return at > 0;
}

const char *
path_resolve(struct arena *arena, const char *known, const char *path)
{
        char real[PATH_MAX], *text = arena_strdup(arena, path), *slash;

        if (is_resolved(known == NULL ? "" : known, path))
                return path;
        if (realpath(path, real) != NULL)
                return arena_strdup(arena, real);
        for (size_t size = strlen(text); size > 1 && text[size - 1] == '/'; size--)
                text[size - 1] = '\0';
        slash = strrchr(text, '/');
        if (slash == NULL || realpath(slash == text ? "/" : path_folder(arena, text), real) == NULL)
                return text;
        return arena_printf(arena, "%s%s", strcmp(real, "/") == 0 ? "" : real, slash);
}

bool
path_is_within(const char *folder, const char *path)
{
        size_t size = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

        return strncmp(folder, path, size) == 0 && (path[size] == '/' || path[size] == '\0');
}
