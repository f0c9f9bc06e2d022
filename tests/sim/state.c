#include "state.h"

#include <fcntl.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "host/atomic.h"
#include "docs.h"
#include "host/file.h"
#include "format/json.h"
#include "format/json_build.h"
#include "host/lock.h"
#include "host/os.h"
#include "format/url.h"

static char *
full_key(struct app *app, enum kept_kind kind, const char *key)
{
        static const char *const names[] = {
            "ticket", "code", "access", "refresh", "qr", "qr_ticket", "media"};

        return arena_printf(app->arena, "%s %s", names[kind], key);
}

/* Only what a site was given to sign people in must survive a power cut. */
static enum store_kind
store_of(enum kept_kind kind)
{
        return kind <= STATE_REFRESH ? STORE_TOKENS : STORE_VALUES;
}

int
kept_random(struct app *app, size_t size, char **text)
{
        struct buf all;
        char *part;

        buf_init(&all, app->arena);
        buf_add_text(&all, "9_-");
        while (all.size < size) {
                if (os_random_token(app->arena, &part, &app->err) != 0)
                        return -1;
                buf_add_text(&all, part);
        }
        all.data[size] = '\0';
        *text = all.data;
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
                return kept_random(app, KEPT_LONG, key);
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
            app->state, store_of(kind), full_key(app, kind, *key), &record, &app->err);
}

int
kept_replace(
    struct app *app, enum kept_kind kind, const char *key, const struct store_record *record)
{
        if (app_open_state(app) != 0)
                return -1;
        return state_replace(
            app->state, store_of(kind), full_key(app, kind, key), record, &app->err);
}

int
kept_find(struct app *app, enum kept_kind kind, const char *key, struct store_record *record)
{
        if (app_open_state(app) != 0)
                return -1;
        return state_read(
            app->state, store_of(kind), full_key(app, kind, key), app->now, record, &app->err);
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

int
kept_folder(struct app *app, int *folder)
{
        return file_open_folder(app->arena, AT_FDCWD, app->conf.state_dir, true, folder, &app->err);
}

int
kept_lock_switches(struct app *app, int *lock)
{
        int folder;

        if (kept_folder(app, &folder) != 0)
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
        if (kept_folder(app, &folder) != 0)
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

        if (kept_folder(app, &folder) != 0)
                return -1;
        return atomic_write(
            app->arena, folder, "control", text, strlen(text), app->now, ATOMIC_REPLACE, &app->err);
}

/* Adds the JSON of a call's body to its line, without secrets. */
static void
add_body(struct app *app, struct pairs *line)
{
        struct pairs body;
        struct err ignored;

        pairs_init(&body, app->arena);
        if (app->request.body_size == 0 || json_parse_tree(app->arena, app->request.body,
                                               app->request.body_size, &body, &ignored) != 0)
                return;
        pairs_remove(&body, "secret");
        pairs_remove(&body, "access_token");
        for (size_t i = 0; i < body.count; i++)
                pairs_add_typed(line, arena_printf(app->arena, "body/%s", body.items[i].name),
                    body.items[i].value, body.items[i].type);
}

int
kept_journal(struct app *app, const char *answer)
{
        static const char *const shown[] = {"appid", "openid", "scope", "state", "redirect_uri",
            "lang", "grant_type", "response_type", "type", "next_openid"};
        const struct pairs *query = &app->request.query;
        struct pairs line;
        char *text;

        pairs_init(&line, app->arena);
        pairs_add_number(&line, "time", app->now);
        pairs_add(&line, "method", app->request.method);
        pairs_add(&line, "path", app->request.path_info);
        pairs_add(&line, "connection", app->request.client_port);
        for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
                pairs_add(&line, shown[i], pairs_get(query, shown[i]));
        add_body(app, &line);
        pairs_add(&line, "answer", answer);
        return json_build_tree(app->arena, &line, &text, &app->err) != 0
                   ? -1
                   : docs_append(app, "requests.jsonl", text);
}
