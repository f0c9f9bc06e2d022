#include "signin/waiting.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/address.h"
#include "signin/desktop.h"

int
waiting_count(struct app *app, const char *what, int most)
{
        const char *key =
            arena_printf(app->arena, "%s %s", what, address_group(app->arena, app->request.client));
        int count;

        if (state_count(app->state, STORE_COUNT, key, 1, app->now, WAITING_COUNT_SECONDS, &count,
                &app->err) != 0)
                return -1;
        return count <= most
                   ? 0
                   : err_set(&app->err, ERR_FULL, "%s: too many QR codes for this address", what);
}

static struct store_record
empty_record(struct app *app, long long expires)
{
        struct store_record record = {
            .created = expires - DESKTOP_SECONDS, .expires = expires + DESKTOP_PICKUP_SECONDS};

        pairs_init(&record.fields, app->arena);
        return record;
}

/* Creates a record, or replaces one that a power cut has broken. */
static int
put(struct app *app, enum store_kind kind, const char *key, const struct store_record *record)
{
        if (state_create(app->state, kind, key, record, &app->err) == 0)
                return 0;
        if (app->err.kind != ERR_EXISTS)
                return -1;
        err_clear(&app->err);
        return state_replace(app->state, kind, key, record, &app->err);
}

int
waiting_create(struct app *app, enum store_kind kind, const char *user_code, long long expires,
    struct waiting *waiting)
{
        struct waiting made = {user_code, desktop_browser(app->arena, app->request.user_agent),
            app->request.client, expires, false};
        struct store_record record = empty_record(app, expires);

        pairs_add(&record.fields, "browser", made.browser);
        pairs_add(&record.fields, "address", made.address);
        if (put(app, kind, user_code, &record) != 0)
                return -1;
        *waiting = made;
        return 0;
}

/* The scan has a record of its own: to replace one makes ext4 write it at once, and a power cut
 * could take both. Those of scenes are among those of desktops, which drive out each other. */
static char *
scan_key(struct app *app, const char *user_code)
{
        return arena_printf(app->arena, "%s scanned", user_code);
}

int
waiting_read(struct app *app, enum store_kind kind, const char *user_code, struct waiting *waiting)
{
        struct store_record record, scan;
        bool is_scanned;

        if (state_read(app->state, kind, user_code, app->now, &record, &app->err) != 0)
                return -1;
        is_scanned = state_read(app->state, STORE_DESKTOP, scan_key(app, user_code), app->now,
                         &scan, &app->err) == 0;
        if (!is_scanned && app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        *waiting = (struct waiting){user_code, pairs_get_text(&record.fields, "browser"),
            pairs_get_text(&record.fields, "address"), record.expires - DESKTOP_PICKUP_SECONDS,
            is_scanned};
        return 0;
}

int
waiting_note_scan(struct app *app, struct waiting *waiting)
{
        struct store_record record = empty_record(app, waiting->expires);

        if (!waiting->is_scanned &&
            put(app, STORE_DESKTOP, scan_key(app, waiting->user_code), &record) != 0)
                return -1;
        waiting->is_scanned = true;
        return 0;
}

int
waiting_answer_script(struct app *app, enum store_kind kind, const char *user_code)
{
        const char *state = "missing";
        struct store_record answer;
        struct waiting waiting;
        struct pairs fields;

        if (waiting_read(app, kind, user_code, &waiting) == 0)
                state = waiting.is_scanned ? "scanned" : "waiting";
        else if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        /* Nobody answers before the scan is noted. */
        if (strcmp(state, "waiting") != 0) {
                if (state_read(app->state, STORE_ANSWER, user_code, app->now, &answer, &app->err) ==
                    0)
                        state = "answered";
                else if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
        }
        err_clear(&app->err);
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "state", state);
        return app_answer_json(app, 200, &fields);
}

/* answer NULL: it is not stored yet. */
static struct store_record
note_of(struct app *app, const struct waiting *waiting, const char *person, const char *answer)
{
        struct store_record note = {
            .created = app->now, .expires = waiting->expires + DESKTOP_PICKUP_SECONDS};

        pairs_init(&note.fields, app->arena);
        pairs_add(&note.fields, "generation", person);
        if (answer != NULL)
                pairs_add(&note.fields, "answer", answer);
        return note;
}

int
waiting_begin_answer(struct app *app, struct waiting *waiting, const char *person)
{
        struct store_record note = note_of(app, waiting, person, NULL);

        /* The computer looks for an answer only if the scan is noted, which others may have driven
         * out. */
        if (waiting_note_scan(app, waiting) != 0)
                return -1;
        return state_create(app->state, STORE_ANSWERED, waiting->user_code, &note, &app->err);
}

void
waiting_end_answer(struct app *app, const struct waiting *waiting, const char *person, bool yes)
{
        struct store_record note = note_of(app, waiting, person, yes ? "yes" : "no");
        struct err ignored = {.kind = ERR_NONE};

        if (state_replace(app->state, STORE_ANSWERED, waiting->user_code, &note, &ignored) != 0)
                app_log(app, &ignored);
}

void
waiting_undo_answer(struct app *app, const struct waiting *waiting)
{
        struct err ignored = {.kind = ERR_NONE};

        if (state_delete(app->state, STORE_ANSWERED, waiting->user_code, &ignored) != 0)
                app_log(app, &ignored);
}

/* Reads the note; *found is false if there is none. */
static int
read_note(struct app *app, const char *user_code, struct store_record *note, bool *found)
{
        *found = state_read(app->state, STORE_ANSWERED, user_code, app->now, note, &app->err) == 0;
        if (*found)
                return 0;
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 0;
}

int
waiting_is_answered(struct app *app, const char *user_code, bool *answered)
{
        struct store_record note;

        if (read_note(app, user_code, &note, answered) != 0)
                return -1;
        *answered = *answered && pairs_get(&note.fields, "answer") != NULL;
        return 0;
}

int
waiting_answer_again(
    struct app *app, const struct waiting *waiting, const char *person, bool *answered)
{
        struct store_record note;
        const char *answer;
        bool yes;

        if (read_note(app, waiting->user_code, &note, answered) != 0)
                return -1;
        if (!*answered)
                return 0;
        answer = pairs_get_text(&note.fields, "answer");
        if (*answer == '\0' || strcmp(pairs_get_text(&note.fields, "generation"), person) != 0)
                return app_answer_page(app, err_status(ERR_EXPIRED), "scanagain");
        yes = strcmp(answer, "yes") == 0;
        return app_answer_page(app, 200, yes ? "confirmed" : "notconfirmed");
}
