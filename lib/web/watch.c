#include "web/watch.h"

#include <fcntl.h>
#include <sys/stat.h>

void
watch_look(const char *path, struct watch *seen)
{
        struct stat st;

        *seen = (struct watch){.path = path};
        seen->exists = fstatat(AT_FDCWD, path, &st, 0) == 0;
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
        struct watch now;

        watch_look(seen->path, &now);
        return now.exists != seen->exists || now.device != seen->device ||
               now.number != seen->number || now.size != seen->size ||
               now.changed.tv_sec != seen->changed.tv_sec ||
               now.changed.tv_nsec != seen->changed.tv_nsec;
}
