#include "owner/versions.h"

#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "format/digest.h"
#include "format/json.h"
#include "format/owner.h"
#include "host/file.h"
#include "host/os.h"
#include "host/replace.h"
#include "host/runner.h"
#include "owner/editable.h"
#include "web/app.h"
#include "web/environment.h"
#include "web/local.h"

static const char saver[] = "wechat-save.cgi";

enum { SAVE_MS = 10000, WHICH = 2 };

/* A file as it was before the sandbox. */
struct opened {
        const char *path; /* "": it is not set */
        int fd;           /* -1: err says why not */
        struct err err;
        char *text; /* NULL until it is read */
        size_t size;
};

_Static_assert(EDITABLE_FILES *WHICH <= HOST_WATCHES, "each version is watched");

struct versions {
        struct opened files[EDITABLE_FILES][WHICH];
        struct runner_program program;
        struct runner *runner; /* NULL: this request saves nothing */
};

/* ---- before the sandbox ---- */

static void
open_file(struct host *host, const char *path, struct opened *file)
{
        *file = (struct opened){.path = path, .fd = -1};
        if (*path == '\0')
                return;
        host_watch_file(host, path);
        if (file_open_public(host->arena, path, &file->fd, &file->err) != 0)
                file->fd = -1;
}

static void
start_saver(struct host *host, struct versions *versions)
{
        local_prepare(host, saver, &versions->program);
        versions->runner = runner_start(host->arena, &versions->program, NULL, false);
}

/* Is it a request of a browser with a session, valid or not? A process for many requests cannot
 * know. */
static bool
may_be_owner(const struct host *host, bool *sends_form)
{
        const char *method = environment_get(host->environment, "REQUEST_METHOD");
        const char *cookies = environment_get(host->environment, "HTTP_COOKIE");

        *sends_form = host->watched != NULL || (method != NULL && strcmp(method, "POST") == 0);
        return host->watched != NULL || (cookies != NULL && strstr(cookies, "wx_session") != NULL);
}

void
versions_prepare(struct host *host)
{
        struct versions *versions;
        bool sends_form;

        if (!may_be_owner(host, &sends_form))
                return;
        versions = arena_alloc(host->arena, sizeof(*versions));
        for (size_t i = 0; i < EDITABLE_FILES; i++) {
                const char *path = editable_path(&editables[i], &host->conf);

                open_file(host, path, &versions->files[i][VERSION_NOW]);
                open_file(host, *path == '\0' ? "" : replace_before(host->arena, path),
                    &versions->files[i][VERSION_BEFORE]);
        }
        if (sends_form)
                start_saver(host, versions);
        host->versions = versions;
}

/* ---- what is there ---- */

/* Reads the bytes, once: later requests of the process get the same. */
static int
read_bytes(struct app *app, struct opened *file)
{
        if (file->fd < 0) {
                app->err = file->err;
                return -1;
        }
        return file->text != NULL || file_read_opened(app->host->arena, file->fd, file->path,
                                         &file->text, &file->size, &app->err) == 0
                   ? 0
                   : -1;
}

static const char *
digest_of(struct arena *arena, const char *bytes, size_t size)
{
        char *digest = arena_alloc(arena, DIGEST_HEX_SIZE + 1);

        digest_sha256_hex(bytes, size, digest);
        return digest;
}

int
versions_read(
    struct app *app, const struct editable *file, enum version_which which, struct version *version)
{
        struct versions *versions = app->host->versions;
        struct opened *opened;
        struct stat st;
        char *text;

        *version = (struct version){.text = "", .digest = ""};
        if (versions == NULL)
                return err_set(&app->err, ERR_SYSTEM, "the owner's files were not opened");
        opened = &versions->files[file - editables][which];
        if (*opened->path == '\0' || opened->err.kind == ERR_NOT_FOUND)
                return 0;
        if (read_bytes(app, opened) != 0)
                return -1;
        version->exists = true;
        version->digest = digest_of(app->arena, opened->text, opened->size);
        if (fstat(opened->fd, &st) == 0)
                version->changed = (long long)st.st_mtime;
        text = arena_copy(app->arena, opened->text, opened->size);
        version->size = opened->size;
        if (owner_read_text(opened->path, text, &version->size, &app->err) != 0)
                return -1;
        version->text = text;
        return 0;
}

/* ---- another version ---- */

/* Reads what wechat-save.cgi says. */
static enum version_saved
read_outcome(struct app *app, const char *output, size_t size)
{
        static const char *const names[] = {"saved", "same", "changed", "forbidden"};
        struct pairs fields;
        const char *outcome;

        pairs_init(&fields, app->arena);
        if (json_parse(app->arena, output, size, &fields, &app->err) != 0)
                return VERSION_FAILED;
        outcome = pairs_get_text(&fields, "outcome");
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (strcmp(names[i], outcome) == 0)
                        return (enum version_saved)i;
        return VERSION_FAILED;
}

enum version_saved
versions_save(struct app *app, const struct editable *file, const char *digest, const char *text)
{
        struct versions *versions = app->host->versions;
        enum version_saved saved = VERSION_FAILED;
        const char *input =
            arena_printf(app->arena, "%s %s\n%s", file->name, *digest == '\0' ? "-" : digest, text);
        char *output;
        size_t size;

        if (versions == NULL || versions->runner == NULL)
                err_set(&app->err, ERR_SYSTEM, "the process that saves was not started");
        else if (runner_run(versions->runner, app->arena, 0, input, os_clock_ms() + SAVE_MS,
                     &output, &size, &app->err) == 0)
                saved = read_outcome(app, output, size);
        if (saved == VERSION_FAILED)
                app_log(app, &app->err);
        err_clear(&app->err);
        return saved;
}
