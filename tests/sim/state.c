#include "state.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "host/atomic.h"
#include "host/file.h"
#include "format/json_build.h"
#include "host/lock.h"
#include "host/os.h"
#include "format/url.h"

enum { LONG_KEY = 512 };

static char *
full_key(struct app *app, enum kept_kind kind, const char *key)
{
        static const char *const names[] = {"ticket", "code", "access", "refresh"};

        return arena_printf(app->arena, "%s %s", names[kind], key);
}

/* Makes a key of the greatest length of tokens, with - and _ as well as letters and digits. */
static int
make_long_key(struct app *app, char **key)
{
        struct buf text;
        char *part;

        buf_init(&text, app->arena);
        buf_add_text(&text, "9_-");
        while (text.size < LONG_KEY) {
                if (os_random_token(app->arena, &part, &app->err) != 0)
                        return -1;
                buf_add_text(&text, part);
        }
        text.data[LONG_KEY] = '\0';
        *key = text.data;
        return 0;
}

static int
make_key(struct app *app, enum kept_kind kind, char **key)
{
        struct pairs switches;

        if (kept_read_switches(app, &switches) != 0)
                return -1;
        if ((kind == STATE_ACCESS || kind == STATE_REFRESH) &&
            *pairs_get_text(&switches, "long_tokens") != '\0')
                return make_long_key(app, key);
        if (os_random_token(app->arena, key, &app->err) != 0)
                return -1;
        for (char *p = *key; *p != '\0'; p++)
                if (*p == '-' || *p == '_')
                        *p = 'x';
        if (kind == STATE_CODE)
                (*key)[32] = '\0';
        return 0;
}

int
kept_issue(
    struct app *app, enum kept_kind kind, const struct pairs *fields, long long seconds, char **key)
{
        struct store_record record = {*fields, app->now, app->now + seconds};

        if (app_open_state(app) != 0 || make_key(app, kind, key) != 0)
                return -1;
        return state_create(
            app->state, STORE_TOKENS, full_key(app, kind, *key), &record, &app->err);
}

int
kept_replace(
    struct app *app, enum kept_kind kind, const char *key, const struct store_record *record)
{
        if (app_open_state(app) != 0)
                return -1;
        return state_replace(app->state, STORE_TOKENS, full_key(app, kind, key), record, &app->err);
}

int
kept_find(struct app *app, enum kept_kind kind, const char *key, struct store_record *record)
{
        if (app_open_state(app) != 0)
                return -1;
        return state_read(
            app->state, STORE_TOKENS, full_key(app, kind, key), app->now, record, &app->err);
}

int
kept_use(struct app *app, enum kept_kind kind, const char *key)
{
        struct store_record record = {.created = app->now, .expires = app->now + 86400};

        pairs_init(&record.fields, app->arena);
        if (app_open_state(app) != 0)
                return -1;
        return state_create(app->state, STORE_CLAIM, full_key(app, kind, key), &record, &app->err);
}

static int
open_folder(struct app *app, int *folder)
{
        return file_open_folder(app->arena, AT_FDCWD, app->conf.state_dir, true, folder, &app->err);
}

int
kept_lock_switches(struct app *app, int *lock)
{
        int folder;

        if (open_folder(app, &folder) != 0)
                return -1;
        return lock_acquire(folder, "control.lock", lock, &app->err);
}

int
kept_read_switches(struct app *app, struct pairs *switches)
{
        size_t size;
        char *text;
        int folder;

        pairs_init(switches, app->arena);
        if (open_folder(app, &folder) != 0)
                return -1;
        if (file_read_private(app->arena, folder, "control", &text, &size, &app->err) != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                return 0;
        }
        return url_parse_form(app->arena, text, switches, &app->err);
}

int
kept_write_switches(struct app *app, const struct pairs *switches)
{
        char *text = url_build_form(app->arena, switches);
        int folder;

        if (open_folder(app, &folder) != 0)
                return -1;
        return atomic_write(
            app->arena, folder, "control", text, strlen(text), app->now, ATOMIC_REPLACE, &app->err);
}

int
kept_journal(struct app *app, const char *answer)
{
        static const char *const shown[] = {"appid", "openid", "scope", "state", "redirect_uri",
            "lang", "grant_type", "response_type"};
        const struct pairs *query = &app->request.query;
        struct pairs line;
        char *text;
        int folder, fd;
        ssize_t written;

        pairs_init(&line, app->arena);
        pairs_add_number(&line, "time", app->now);
        pairs_add(&line, "method", app->request.method);
        pairs_add(&line, "path", app->request.path_info);
        pairs_add(&line, "connection", app->request.client_port);
        for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
                pairs_add(&line, shown[i], pairs_get(query, shown[i]));
        pairs_add(&line, "answer", answer);
        if (json_build(app->arena, &line, &text, &app->err) != 0 || open_folder(app, &folder) != 0)
                return -1;
        text = arena_printf(app->arena, "%s\n", text);
        fd = openat(folder, "requests.jsonl", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (fd < 0)
                return err_set(&app->err, ERR_SYSTEM, "cannot write the journal");
        written = write(fd, text, strlen(text));
        close(fd);
        return written < 0 ? err_set(&app->err, ERR_SYSTEM, "cannot write the journal") : 0;
}
