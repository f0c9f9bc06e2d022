#include "state/shard.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/file.h"
#include "state/record.h"

enum { DIGIT_BITS = 4, NAME_DIGITS = 8 };

static int
open_folder(struct arena *arena, int at, const char *path, enum store_kind kind, bool create,
    int *folder, struct err *err)
{
        if (create && !kind_of(kind)->lasts)
                return file_open_folder_unsynced(arena, at, path, folder, err);
        return file_open_folder(arena, at, path, create, folder, err);
}

int
shard_open(struct arena *arena, int root, enum store_kind kind, const char *name, bool create,
    int *folder, struct err *err)
{
        int parent;

        if (open_folder(arena, root, kind_of(kind)->folder, kind, create, &parent, err) != 0)
                return -1;
        return open_folder(arena, parent, arena_copy(arena, name, kind_of(kind)->digits), kind,
            create, folder, err);
}

/* Reads the record in the file path, in the folder at. */
static int
read_record(struct arena *arena, int at, const char *path, enum store_kind kind,
    struct store_record *record, struct err *err)
{
        size_t size;
        char *file;

        if (file_read_private(arena, at, path, &file, &size, err) != 0)
                return -1;
        if (record_parse(arena, file, size, record, err) == 0)
                return 0;
        if (kind_of(kind)->lasts)
                err->kind = ERR_SYSTEM;
        return -1;
}

int
shard_read(struct arena *arena, int folder, enum store_kind kind, const char *name,
    struct store_record *record, struct err *err)
{
        return read_record(arena, folder, name, kind, record, err);
}

int
shard_read_closed(struct arena *arena, int root, enum store_kind kind, const char *name,
    struct store_record *record, struct err *err)
{
        const char *above = kind_of(kind)->folder;
        const char *shard = arena_printf(arena, "%s/%.*s", above, (int)kind_of(kind)->digits, name);

        if (file_check_folder(root, above, err) != 0 || file_check_folder(root, shard, err) != 0)
                return -1;
        return read_record(
            arena, root, arena_printf(arena, "%s/%s", shard, name), kind, record, err);
}

/* A shard that does not exist is skipped. */
static int
visit_shard(struct arena *arena, int parent, const char *shard,
    int (*visit)(void *context, struct arena *arena, int parent, const char *shard, int folder),
    void *context, struct err *err)
{
        int folder;

        if (file_open_folder(arena, parent, shard, false, &folder, err) == 0)
                return visit(context, arena, parent, shard, folder);
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

int
shard_each(struct arena *arena, int root, enum store_kind kind,
    int (*visit)(void *context, struct arena *arena, int parent, const char *shard, int folder),
    void *context, struct err *err)
{
        unsigned count = 1U << (kind_of(kind)->digits * DIGIT_BITS);
        int parent, result = 0;

        if (file_open_folder(arena, root, kind_of(kind)->folder, false, &parent, err) != 0)
                return err_accept(err, ERR_NOT_FOUND);
        for (unsigned i = 0; i < count && result == 0; i++) {
                struct arena *own = arena_begin(arena);
                char shard[NAME_DIGITS + 1];

                (void)snprintf(shard, sizeof(shard), "%0*x", (int)kind_of(kind)->digits, i);
                result = visit_shard(own, parent, shard, visit, context, err);
                arena_free(own);
        }
        return result;
}
