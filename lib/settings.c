#include "settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "conf.h"
#include "err.h"
#include "secret.h"

/* The program's own file: what runs, or where /proc is not there, what the server says runs. */
static char *
program_file(struct arena *arena)
{
        const char *script = getenv("SCRIPT_FILENAME");
        char program[4096];
        ssize_t size = readlink("/proc/self/exe", program, sizeof(program));

        if (size > 0 && size < (ssize_t)sizeof(program))
                return arena_copy(arena, program, (size_t)size);
        return arena_strdup(arena, script == NULL ? "" : script);
}

const char *
settings_find(struct arena *arena)
{
        const char *named = getenv("WECHAT_CONF");
        char *folder;

        if (named != NULL && *named != '\0')
                return arena_strdup(arena, named);
        folder = program_file(arena);
        for (int up = 0; up < 2 && strrchr(folder, '/') != NULL; up++)
                *strrchr(folder, '/') = '\0';
        return arena_printf(arena, "%s/wechat.conf", folder);
}

int
settings_read(struct arena *arena, const char *file, struct conf *conf, struct err *err)
{
        const char *slash = strrchr(file, '/');
        char *text;
        size_t size;

        conf_init(
            arena, slash == NULL ? "." : arena_copy(arena, file, (size_t)(slash - file)), conf);
        if (secret_read(arena, file, &text, &size, err) != 0) {
                err->kind = ERR_CONFIG;
                return -1;
        }
        if (strlen(text) != size)
                return err_set(err, ERR_CONFIG, "%s is no text", file);
        return conf_parse(arena, text, file, conf, err);
}
