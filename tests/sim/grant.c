#include "grant.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "state.h"

/* How long a record is kept, so that an expired token differs from one that never existed. */
enum { KEPT_SECONDS = 86400 };

/* Returns the current generation of a kind of token. A token of an earlier one has expired. */
static const char *
generation(const struct pairs *switches, const char *name)
{
        const char *value = pairs_get(switches, name);

        return value == NULL ? "0" : value;
}

static bool
is_of_now(const struct store_record *record, const struct pairs *switches, const char *name)
{
        return strcmp(pairs_get_text(&record->fields, name), generation(switches, name)) == 0;
}

static int
issue_access(struct app *app, const struct pairs *who, const struct pairs *switches, char **token)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "person", pairs_get(who, "person"));
        pairs_add(&fields, "scope", pairs_get(who, "scope"));
        pairs_add(&fields, "appid", pairs_get(who, "appid"));
        pairs_add(&fields, "access_generation", generation(switches, "access_generation"));
        return kept_issue(app, STATE_ACCESS, &fields, KEPT_SECONDS, token);
}

int
grant_issue(
    struct app *app, const struct pairs *who, const struct pairs *switches, struct grant *grant)
{
        char *access_token, *refresh_token;
        struct pairs fields;

        if (issue_access(app, who, switches, &access_token) != 0)
                return -1;
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "person", pairs_get(who, "person"));
        pairs_add(&fields, "scope", pairs_get(who, "scope"));
        pairs_add(&fields, "appid", pairs_get(who, "appid"));
        pairs_add(&fields, "refresh_generation", generation(switches, "refresh_generation"));
        pairs_add(&fields, "access_token", access_token);
        if (kept_issue(app, STATE_REFRESH, &fields, GRANT_REFRESH_SECONDS, &refresh_token) != 0)
                return -1;
        *grant = (struct grant){fields, access_token, refresh_token};
        return 0;
}

/* Reads the record of a valid access_token. Returns 0, an errcode, or -1. */
static int
read_access(
    struct app *app, const char *token, const struct pairs *switches, struct store_record *record)
{
        if (kept_find(app, STATE_ACCESS, token, record) != 0)
                return app->err.kind == ERR_NOT_FOUND ? 40001 : -1;
        return record->created + GRANT_ACCESS_SECONDS <= app->now ||
                       !is_of_now(record, switches, "access_generation")
                   ? 42001
                   : 0;
}

/* Restarts the lifetime of the access_token, or, if it has expired, puts a new one into the record
 * of the refresh_token. */
static int
renew(struct app *app, const char *refresh_token, struct store_record *refresh,
    const struct pairs *switches)
{
        const char *token = pairs_get_text(&refresh->fields, "access_token");
        struct store_record access;
        char *fresh;
        int wrong = read_access(app, token, switches, &access);

        if (wrong < 0)
                return -1;
        if (wrong == 0) {
                access.created = app->now;
                access.expires = app->now + KEPT_SECONDS;
                return kept_replace(app, STATE_ACCESS, token, &access);
        }
        err_clear(&app->err);
        if (issue_access(app, &refresh->fields, switches, &fresh) != 0)
                return -1;
        pairs_remove(&refresh->fields, "access_token");
        pairs_add(&refresh->fields, "access_token", fresh);
        return kept_replace(app, STATE_REFRESH, refresh_token, refresh);
}

int
grant_refresh(
    struct app *app, const char *refresh_token, const struct pairs *switches, struct grant *grant)
{
        struct store_record record;

        if (kept_find(app, STATE_REFRESH, refresh_token, &record) != 0)
                return app->err.kind == ERR_NOT_FOUND ? 40030 : -1;
        if (!is_of_now(&record, switches, "refresh_generation"))
                return 42002;
        if (renew(app, refresh_token, &record, switches) != 0)
                return -1;
        *grant = (struct grant){
            record.fields, pairs_get_text(&record.fields, "access_token"), refresh_token};
        return 0;
}

int
grant_find(
    struct app *app, const char *access_token, const struct pairs *switches, struct pairs *who)
{
        struct store_record record;
        int wrong = read_access(app, access_token, switches, &record);

        if (wrong == 0)
                *who = record.fields;
        return wrong;
}
