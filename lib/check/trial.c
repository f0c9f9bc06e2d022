#include "check/trial.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "host/path.h"
#include "web/environment.h"

enum { NAMES_SHOWN = 8 };

const char *
trial_show(const struct trial *trial, const char *path)
{
        const char *last = strrchr(path, '/');

        if (trial->in_shell || last == NULL)
                return path;
        while (last > path && last[-1] != '/')
                last--;
        return last;
}

const char *
trial_program_folder(const struct trial *trial)
{
        const char *file = path_own(trial->arena);

        if (file == NULL)
                file = environment_get(trial->environment, "SCRIPT_FILENAME");
        return file == NULL || *file != '/' ? NULL : path_folder(trial->arena, file);
}

const char *
trial_join(struct arena *arena, const struct pairs *names)
{
        struct buf out;

        buf_init(&out, arena);
        for (size_t i = 0; i < names->count && i < NAMES_SHOWN; i++) {
                buf_add_text(&out, i == 0 ? "" : ", ");
                buf_add_text(&out, names->items[i].value);
        }
        if (names->count > NAMES_SHOWN)
                buf_add_text(&out, arena_printf(arena, ", … (%zu)", names->count));
        return buf_finish(&out);
}
