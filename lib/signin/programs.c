#include "signin/programs.h"

#include "base/arena.h"
#include "state/state.h"
#include "web/app.h"
#include "web/errand.h"

/* The record's key: its owner is the session. */
static const char *
key_of(struct app *app, const struct programs_item *program)
{
        return arena_printf(app->arena, "%s %s", program->session, program->client);
}

int
programs_add(struct app *app, const struct programs_item *program, long long expires)
{
        struct store_record record = {.created = app->now, .expires = expires};

        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "client", program->client);
        pairs_add(&record.fields, "subject", program->subject);
        return state_create(app->state, STORE_PROGRAM, key_of(app, program), &record, &app->err) ==
                       0
                   ? 0
                   : err_accept(&app->err, ERR_EXISTS);
}

int
programs_remove(struct app *app, const struct programs_item *program)
{
        return state_delete(app->state, STORE_PROGRAM, key_of(app, program), &app->err);
}

/* Of too many, the rest is not told. */
static void
add_ended(struct app *app, const struct programs_item *program)
{
        struct programs_item *item, **last = &app->ended;
        struct err err = {.kind = ERR_NONE};
        size_t count = 0;

        for (; *last != NULL; last = &(*last)->next)
                count++;
        if (count == PROGRAMS_ENDED_MAX) {
                err_set(&err, ERR_FULL,
                    "%s was not told that somebody has signed out: at most %d notices go out at "
                    "once",
                    program->client, PROGRAMS_ENDED_MAX);
                app_log(app, &err);
                return;
        }
        item = arena_alloc(app->arena, sizeof(*item));
        *item = *program;
        *last = item;
        errand_add(app, ERRAND_NOTIFY,
            arena_printf(app->arena, "%s %s %s\n", item->client, item->session, item->subject));
}

/* One that is broken cannot be told. */
static int
take(struct app *app, const char *session, const char *name)
{
        struct store_record record;

        if (state_read_name(app->state, STORE_PROGRAM, name, app->now, &record, &app->err) == 0) {
                const struct programs_item program = {
                    .client = pairs_get_text(&record.fields, "client"),
                    .session = session,
                    .subject = pairs_get_text(&record.fields, "subject")};

                add_ended(app, &program);
        } else if (app->err.kind != ERR_NOT_FOUND) {
                app_log(app, &app->err);
        }
        err_clear(&app->err);
        return state_delete_name(app->state, STORE_PROGRAM, name, &app->err);
}

int
programs_end(struct app *app, const char *session)
{
        struct pairs names;

        if (*app->conf.oidc_clients == '\0')
                return 0;
        pairs_init(&names, app->arena);
        if (state_find_owned(app->state, STORE_PROGRAM, session, &names, &app->err) != 0)
                return -1;
        for (size_t i = 0; i < names.count; i++)
                if (take(app, session, names.items[i].value) != 0)
                        return -1;
        return 0;
}
