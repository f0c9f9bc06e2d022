#include "account/kept.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "host/os.h"
#include "state/state.h"
#include "web/app.h"

enum {
        EARLY_SECONDS = 300,
        DAY_SECONDS = 86400,
        BEIJING_SECONDS = 8 * 3600,
        MINUTE_QUOTA_SECONDS = 60,
        REFUSED_SECONDS = 10
};

const char *
kept_name(enum kept_kind kind)
{
        return kind == KEPT_ACCESS_TOKEN ? "access_token" : "jsapi_ticket";
}

int
kept_read(
    struct state *state, enum kept_kind kind, long long now, struct kept *kept, struct err *err)
{
        struct store_record record;

        *kept = (struct kept){"", 0};
        if (state_read(state, STORE_ACCOUNT, kept_name(kind), now, &record, err) == 0) {
                *kept =
                    (struct kept){pairs_get_text(&record.fields, kept_name(kind)), record.expires};
                return 0;
        }
        if (err->kind != ERR_NOT_FOUND)
                return -1;
        err_clear(err);
        return 0;
}

bool
kept_is_due(const struct kept *kept, long long now)
{
        return kept->expires - now <= EARLY_SECONDS;
}

bool
kept_is_ready(struct host *host, const char *program, enum kept_kind kind)
{
        struct state *state = host_open_state(host, host_find_program(host, program));
        struct kept *kept = arena_alloc(host->request_arena, sizeof(*kept));
        long long now = os_now();
        struct err err;

        if (state_open(state, &err) != 0 || kept_read(state, kind, now, kept, &err) != 0 ||
            kept_is_due(kept, now))
                return false;
        host->kept = kept;
        return true;
}

int
kept_find(struct app *app, enum kept_kind kind, struct kept *kept)
{
        if (app->host->kept != NULL) {
                *kept = *app->host->kept;
                return 0;
        }
        return app_open_state(app) == 0 ? kept_read(app->state, kind, app->now, kept, &app->err)
                                        : -1;
}

/* ---- failures ---- */

static char *
failure_key(struct arena *arena, enum kept_kind kind)
{
        return arena_printf(arena, "%s failure", kept_name(kind));
}

int
kept_write(struct state *state, struct arena *arena, enum kept_kind kind, const struct kept *kept,
    long long now, struct err *err)
{
        struct store_record record = {.created = now, .expires = kept->expires};

        pairs_init(&record.fields, arena);
        pairs_add(&record.fields, kept_name(kind), kept->text);
        if (state_replace(state, STORE_ACCOUNT, kept_name(kind), &record, err) != 0)
                return -1;
        return state_delete(state, STORE_ACCOUNT, failure_key(arena, kind), err);
}

static long long
pause_after(const struct err *failure, long long now)
{
        if (failure->errcode == 45009)
                return DAY_SECONDS - (now + BEIJING_SECONDS) % DAY_SECONDS;
        if (failure->errcode == 45011)
                return MINUTE_QUOTA_SECONDS;
        return REFUSED_SECONDS;
}

void
kept_write_failure(struct state *state, struct arena *arena, enum kept_kind kind,
    const struct err *failure, long long now)
{
        struct store_record record = {.created = now, .expires = now + pause_after(failure, now)};
        struct err ignored;

        if (failure->errcode == 0)
                return;
        pairs_init(&record.fields, arena);
        pairs_add(&record.fields, "kind", err_name(failure->kind));
        pairs_add(&record.fields, "text", failure->text);
        pairs_add(&record.fields, "rid", failure->rid);
        pairs_add_number(&record.fields, "errcode", failure->errcode);
        (void)!state_replace(state, STORE_ACCOUNT, failure_key(arena, kind), &record, &ignored);
}

static enum err_kind
kind_of_name(const char *name)
{
        for (enum err_kind kind = ERR_NONE; kind < ERR_KINDS; kind++)
                if (strcmp(err_name(kind), name) == 0)
                        return kind;
        return ERR_UPSTREAM;
}

int
kept_check_failure(
    struct state *state, struct arena *arena, enum kept_kind kind, long long now, struct err *err)
{
        struct store_record record;

        if (state_read(state, STORE_ACCOUNT, failure_key(arena, kind), now, &record, err) != 0)
                return err_accept(err, ERR_NOT_FOUND);
        err_set(err, kind_of_name(pairs_get_text(&record.fields, "kind")),
            "%s (not asked again for %lld s)", pairs_get_text(&record.fields, "text"),
            record.expires - now);
        err->errcode = (int)pairs_get_number(&record.fields, "errcode", 0);
        (void)snprintf(err->rid, sizeof(err->rid), "%s", pairs_get_text(&record.fields, "rid"));
        return -1;
}
