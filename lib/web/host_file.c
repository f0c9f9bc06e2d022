#include "web/host_file.h"

#include "base/arena.h"
#include "host/file.h"

void
host_file_open(struct arena *arena, const char *path, struct host_file *file)
{
        file->path = path;
        if (file_open_public(arena, path, &file->fd, &file->err) != 0)
                file->fd = -1;
}

int
host_file_read(struct arena *host_arena, struct host_file *file, struct arena *arena, char **text,
    size_t *size, struct err *err)
{
        if (file->path == NULL || file->fd < 0) {
                *err = file->err;
                return -1;
        }
        if (file->text == NULL &&
            file_read_opened(host_arena, file->fd, file->path, &file->text, &file->size, err) != 0)
                return -1;
        *text = arena_copy(arena, file->text, file->size);
        *size = file->size;
        return 0;
}
