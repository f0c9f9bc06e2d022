/* wechat-save.cgi: writes a JSON file of the site's owner for owner.cgi, which runs it: a program
 * that answers visitors cannot write where the settings are. */
#include <string.h>
#include <unistd.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/digest.h"
#include "format/json_build.h"
#include "format/json_file.h"
#include "format/owner.h"
#include "host/log.h"
#include "host/os.h"
#include "host/path.h"
#include "host/replace.h"
#include "host/sandbox.h"
#include "owner/editable.h"
#include "state/state.h"
#include "web/environment.h"
#include "web/program.h"

enum { TURN_MS = 5000 };

/* Beside the state, for its lock, it may write the folders of the files in the table; nothing if a
 * web server runs it. */
static void
prepare(struct host *host)
{
        const char **folders = arena_alloc(host->arena, (EDITABLE_FILES + 1) * sizeof(*folders));
        size_t count = 0;

        if (environment_get(host->environment, "GATEWAY_INTERFACE") != NULL)
                return;
        for (size_t i = 0; i < EDITABLE_FILES; i++) {
                const char *path = editable_path(&editables[i], &host->conf);

                if (*path != '\0')
                        folders[count++] = path_folder(host->arena, path);
        }
        folders[count] = NULL;
        host->folders = folders;
}

/* The first line: which file, and the digest of the version that the new one replaces, or "-". The
 * new one follows. Returns NULL if there is no such file to be saved. */
static const struct editable *
read_input(struct app *app, const char *input, struct replacement *replacement)
{
        const char *end = strchr(input, '\n'), *blank = strchr(input, ' ');
        const struct editable *file;
        const char *digest;

        if (end == NULL || blank == NULL || blank > end) {
                err_set(&app->err, ERR_REQUEST, "stdin: no file is named");
                return NULL;
        }
        file = editable_find(arena_copy(app->arena, input, (size_t)(blank - input)));
        if (file == NULL || *editable_path(file, &app->conf) == '\0') {
                err_set(&app->err, ERR_REQUEST, "stdin: there is no such file to be saved");
                return NULL;
        }
        digest = arena_copy(app->arena, blank + 1, (size_t)(end - blank) - 1);
        *replacement = (struct replacement){.path = editable_path(file, &app->conf),
            .digest = strcmp(digest, "-") == 0 ? "" : digest,
            .text = end + 1,
            .size = strlen(end + 1)};
        return file;
}

/* owner.cgi has checked it already, and shows each mistake. */
static int
check(struct app *app, const struct editable *file, const struct replacement *replacement)
{
        char *text = arena_copy(app->arena, replacement->text, replacement->size);
        size_t size = replacement->size;
        struct json_file read;

        if (size > EDITABLE_MAX)
                return err_set(&app->err, ERR_TOO_LARGE, "%s: the new text is larger than %d bytes",
                    replacement->path, EDITABLE_MAX);
        if (owner_read_text(replacement->path, text, &size, &app->err) != 0)
                return -1;
        json_file_read(app->arena, text, size, &read);
        (void)!file->check(&read);
        if (read.count > 0)
                return err_set(&app->err, ERR_REQUEST,
                    "%s was not saved: the new text has a mistake in line %d: %s",
                    replacement->path, read.mistakes[0].line, read.mistakes[0].en);
        return 0;
}

static const char *
outcome_name(enum replace_outcome outcome)
{
        static const char *const names[] = {
            [REPLACE_DONE] = "saved",
            [REPLACE_SAME] = "same",
            [REPLACE_CHANGED] = "changed",
            [REPLACE_FORBIDDEN] = "forbidden",
        };

        return names[outcome];
}

static int
report(struct app *app, enum replace_outcome outcome)
{
        struct pairs fields;
        const struct cgi_out out = {.file = STDOUT_FILENO};
        char *json;

        if (outcome == REPLACE_FORBIDDEN)
                log_error(app->program->name, "-", NULL, &app->err);
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "outcome", outcome_name(outcome));
        if (json_build_tree(app->arena, &fields, &json, &app->err) != 0)
                return -1;
        return cgi_write(&out, json, strlen(json), "", 0, &app->err);
}

static int
save(struct app *app, const char *input)
{
        struct replacement replacement = {.path = "", .digest = "", .text = ""};
        const struct editable *file;
        enum replace_outcome outcome;

        /* F1. Which file, instead of which version? */
        file = read_input(app, input, &replacement);
        if (file == NULL)
                return -1;

        /* F2. Nothing with a mistake gets into force. */
        if (check(app, file, &replacement) != 0)
                return -1;

        /* F3. One process at a time compares the version, and writes. */
        if (app_open_state(app) != 0 ||
            state_lock(app->state, "wechat-save.cgi", os_clock_ms() + TURN_MS, &app->err) != 0 ||
            replace_file(app->arena, &replacement, &outcome, &app->err) != 0)
                return -1;

        /* F4. Say what happened. */
        return report(app, outcome);
}

static int
wechat_save(struct app *app)
{
        return err_set(&app->err, ERR_NOT_FOUND, "owner.cgi runs this program; nobody else asks");
}

static const struct app_program program = {
    .name = "wechat-save.cgi",
    .purpose = "The program that owner.cgi runs to save replies.json and the like: it checks the\n"
               "new text, keeps the version before, and writes nothing else. A web server gets\n"
               "404 from it.",
    .methods = "GET, POST",
    .handle = wechat_save,
    .handle_error = app_answer_error_json,
    .local = save,
    .needs = SANDBOX_WRITE_STATE | SANDBOX_FILES,
    .prepare = prepare,
};

PROGRAM_MAIN(program)
