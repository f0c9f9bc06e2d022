#include "web/watch.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum {
        /* A folder above: it goes elsewhere. */
        OF_WAY = IN_DELETE_SELF | IN_MOVE_SELF,
        /* The folder: another file may take the place of ours, or come to it. */
        OF_FOLDER = OF_WAY | IN_CREATE | IN_DELETE | IN_MOVE,
        /* The file: it is written, by whatever name, or its rights change. */
        OF_FILE = OF_WAY | IN_MODIFY | IN_ATTRIB
};

void
watch_look(struct watch *seen)
{
        struct stat st;

        seen->exists = fstatat(AT_FDCWD, seen->path, &st, 0) == 0;
        if (!seen->exists)
                return;
        seen->device = st.st_dev;
        seen->number = st.st_ino;
        seen->size = st.st_size;
        seen->changed = st.st_ctim;
}

bool
watch_has_changed(const struct watch *seen)
{
        struct watch now = *seen;

        watch_look(&now);
        if (now.exists != seen->exists || now.device != seen->device || now.number != seen->number)
                return true;
        return !seen->is_folder &&
               (now.size != seen->size || now.changed.tv_sec != seen->changed.tv_sec ||
                   now.changed.tv_nsec != seen->changed.tv_nsec);
}

/* Has the kernel tell of the folders on the way to the file. By a link, another folder could come
 * into the place of one without a word. */
static bool
tell_of_folders(struct arena *arena, int told, const char *path)
{
        const char *last = strrchr(path, '/');
        char real[PATH_MAX];

        if (*path != '/' ||
            (last != path &&
                realpath(arena_copy(arena, path, (size_t)(last - path)), real) == NULL))
                return false;
        if (last != path && strncmp(real, path, (size_t)(last - path)) != 0)
                return false;
        for (const char *slash = path; slash != NULL; slash = strchr(slash + 1, '/')) {
                const char *folder = arena_copy(arena, path, (size_t)(slash - path) + 1);
                uint32_t of = slash == last ? OF_FOLDER : OF_WAY;

                if (inotify_add_watch(told, folder, of | IN_ONLYDIR | IN_MASK_ADD) < 0)
                        return false;
        }
        return true;
}

static bool
tell_of(struct arena *arena, int told, const struct watch *file)
{
        if (!tell_of_folders(arena, told, file->path))
                return false;
        return file->is_folder || !file->exists ||
               inotify_add_watch(told, file->path, OF_FILE | IN_MASK_ADD) >= 0;
}

int
watch_tell(struct arena *arena, struct watch *all)
{
        int told = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

        for (struct watch *file = all; told >= 0 && file->path != NULL; file++)
                file->is_told = tell_of(arena, told, file);
        return told;
}

void
watch_heard(int told)
{
        char events[4096];

        while (read(told, events, sizeof(events)) > 0)
                ;
}
