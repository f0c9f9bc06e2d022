#include "oidc/grant.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/digest.h"
#include "host/os.h"
#include "oidc/approvals.h"
#include "oidc/clients.h"
#include "signin/admission.h"
#include "signin/session.h"
#include "state/state.h"
#include "web/app.h"

enum { LOCK_MS = 5000 };

static bool
is_token(const char *text)
{
        return text_is_id(text, DIGEST_BASE64URL_SIZE, DIGEST_BASE64URL_SIZE);
}

static int
none(struct app *app)
{
        return err_set(&app->err, ERR_NOT_FOUND, "no such grant");
}

/* ---- the record ---- */

/* The fields that are texts. */
static const struct {
        const char *name;
        size_t offset;
} texts[] = {{"client", offsetof(struct grant, client)}, {"openid", offsetof(struct grant, openid)},
    {"generation", offsetof(struct grant, generation)},
    {"approval", offsetof(struct grant, approval)}, {"scope", offsetof(struct grant, scope)},
    {"session", offsetof(struct grant, session)}, {"nonce", offsetof(struct grant, nonce)},
    {"id_token_claims", offsetof(struct grant, id_token_claims)},
    {"userinfo_claims", offsetof(struct grant, userinfo_claims)},
    {"number", offsetof(struct grant, number)}, {"refresh", offsetof(struct grant, refresh)}};

enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static struct store_record
to_record(struct app *app, const struct grant *grant)
{
        struct store_record record = {.created = grant->created, .expires = grant->expires};

        pairs_init(&record.fields, app->arena);
        for (size_t i = 0; i < TEXTS; i++) {
                const char *value;

                memcpy(&value, (const char *)grant + texts[i].offset, sizeof(value));
                pairs_add(&record.fields, texts[i].name, value);
        }
        pairs_add_number(&record.fields, "auth_time", grant->auth_time);
        pairs_add(&record.fields, "redeemed", grant->is_redeemed ? "1" : NULL);
        return record;
}

static const char *
key_of(struct app *app, const struct grant *grant)
{
        return arena_printf(app->arena, "%s %s", grant->openid, grant->number);
}

/* One that was emptied, because the person was forgotten, has no client. */
static int
read(struct app *app, const char *name, struct grant *grant)
{
        struct store_record record;

        if (state_read_name(app->state, STORE_GRANT, name, app->now, &record, &app->err) != 0)
                return -1;
        memset(grant, 0, sizeof(*grant));
        for (size_t i = 0; i < TEXTS; i++) {
                const char *value = pairs_get_text(&record.fields, texts[i].name);

                memcpy((char *)grant + texts[i].offset, &value, sizeof(value));
        }
        pairs_init(&grant->user, app->arena);
        grant->name = name;
        grant->auth_time = pairs_get_number(&record.fields, "auth_time", 0);
        grant->is_redeemed = pairs_get(&record.fields, "redeemed") != NULL;
        grant->created = record.created;
        grant->expires = record.expires;
        return *grant->client == '\0' ? none(app) : 0;
}

/* Two requests with the same code, or refresh token, come one after the other. */
static int
hold(struct app *app, const char *name, struct grant *grant)
{
        const char *key = arena_printf(app->arena, "grant %s", name);

        return state_lock(app->state, key, os_clock_ms() + LOCK_MS, &app->err) != 0
                   ? -1
                   : read(app, name, grant);
}

/* Creates a record of a random key, which names the grant. */
static int
create(struct app *app, enum store_kind kind, const struct grant *grant, struct pairs *fields,
    long long expires, const char **key)
{
        struct store_record record = {.created = app->now, .expires = expires};
        char *drawn;

        if (os_random_token(app->arena, &drawn, &app->err) != 0)
                return -1;
        pairs_add(fields, "grant", grant->name);
        record.fields = *fields;
        *key = drawn;
        return state_create(app->state, kind, drawn, &record, &app->err);
}

static int
find(struct app *app, enum store_kind kind, const char *text, struct store_record *record)
{
        if (!is_token(text))
                return none(app);
        return app_open_state(app) != 0
                   ? -1
                   : state_read(app->state, kind, text, app->now, record, &app->err);
}

/* ---- is it valid? ---- */

static int
read_person(struct app *app, struct grant *grant)
{
        struct session session;

        if (text_has_word(grant->scope, "offline_access"))
                return state_read_user(app->state, grant->openid, &grant->user, &app->err);
        if (session_read_name(app, grant->session, &session) != 0)
                return -1;
        grant->user = session.user;
        return 0;
}

int
grant_check(struct app *app, const struct clients_item *client, struct grant *grant)
{
        struct approval approval;

        if (read_person(app, grant) != 0)
                return -1;
        return strcmp(pairs_get_text(&grant->user, "generation"), grant->generation) == 0 &&
                       !admission_is_blocked(app, &grant->user) &&
                       approvals_find(app, &grant->user, client->id, &approval) == 0 &&
                       strcmp(approval.id, grant->approval) == 0 &&
                       clients_admit(client, grant->openid, &grant->user)
                   ? 0
                   : none(app);
}

/* What is written at the moment in which the person is forgotten, or the session ends, would stay.
 */
static int
check_again(struct app *app, const struct clients_item *client, struct grant *grant)
{
        if (grant_check(app, client, grant) == 0)
                return 0;
        if (app->err.kind != ERR_NOT_FOUND || grant_end(app, grant) != 0)
                return -1;
        return none(app);
}

/* ---- a code ---- */

static int
count(struct app *app, const char *openid)
{
        const char *key = arena_printf(app->arena, "oidc codes %s", openid);
        int codes;

        if (state_count(app->state, STORE_COUNT, key, 1, app->now, GRANT_REUSE_SECONDS, &codes,
                &app->err) != 0)
                return -1;
        return codes <= GRANT_CODES_MAX
                   ? 0
                   : err_set(&app->err, ERR_BUSY, "authorize: too many codes for one person");
}

int
grant_begin(struct app *app, const struct clients_item *client, const struct grant *grant,
    const struct grant_code *code, const char **text)
{
        struct grant begun = *grant;
        struct store_record record;
        struct pairs fields;
        char *number;

        if (count(app, grant->openid) != 0 || os_random_token(app->arena, &number, &app->err) != 0)
                return -1;
        begun.number = number;
        begun.name = state_name(app->arena, STORE_GRANT, key_of(app, &begun));
        begun.refresh = "";
        begun.created = app->now;
        begun.expires = app->now + GRANT_REUSE_SECONDS;
        record = to_record(app, &begun);
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "redirect_uri", code->redirect_uri);
        pairs_add(&fields, "challenge", code->challenge);
        pairs_add(&fields, "plain", code->is_plain ? "1" : NULL);
        pairs_add_number(&fields, "until", app->now + GRANT_CODE_SECONDS);
        return state_create(app->state, STORE_GRANT, key_of(app, &begun), &record, &app->err) !=
                           0 ||
                       create(app, STORE_REDEEM, &begun, &fields, begun.expires, text) != 0
                   ? -1
                   : check_again(app, client, &begun);
}

int
grant_of_code(struct app *app, const char *text, struct grant *grant, struct grant_code *code)
{
        struct store_record record;

        if (find(app, STORE_REDEEM, text, &record) != 0)
                return -1;
        code->redirect_uri = pairs_get_text(&record.fields, "redirect_uri");
        code->challenge = pairs_get_text(&record.fields, "challenge");
        code->is_plain = pairs_get(&record.fields, "plain") != NULL;
        code->until = pairs_get_number(&record.fields, "until", 0);
        return hold(app, pairs_get_text(&record.fields, "grant"), grant);
}

/* ---- tokens ---- */

int
grant_of_access(
    struct app *app, const char *text, struct grant *grant, const char **scope, long long *expires)
{
        struct store_record record;

        if (find(app, STORE_ACCESS, text, &record) != 0)
                return -1;
        *scope = pairs_get_text(&record.fields, "scope");
        *expires = record.expires;
        return read(app, pairs_get_text(&record.fields, "grant"), grant);
}

int
grant_of_refresh(struct app *app, const char *text, struct grant *grant)
{
        struct store_record record;

        return find(app, STORE_REFRESH, text, &record) != 0
                   ? -1
                   : hold(app, pairs_get_text(&record.fields, "grant"), grant);
}

bool
grant_is_latest(struct app *app, const struct grant *grant, const char *text)
{
        return strcmp(grant->refresh, state_name(app->arena, STORE_REFRESH, text)) == 0;
}

static long long
lesser(long long a, long long b)
{
        return a < b ? a : b;
}

int
grant_go_on(struct app *app, const struct clients_item *client, struct grant *grant, bool renews,
    const char **refresh)
{
        bool lasts = renews || *grant->refresh != '\0';
        long long idle = lasts ? client->refresh_token_seconds : client->access_token_seconds;
        struct store_record record;
        struct pairs fields;

        *refresh = NULL;
        grant->is_redeemed = true;
        grant->expires = lesser(app->now + idle, grant->created + GRANT_SECONDS_MAX);
        pairs_init(&fields, app->arena);
        if (renews) {
                /* A token lasts as long as its grant may, so that one used long after is noticed.
                 */
                if (create(app, STORE_REFRESH, grant, &fields, grant->created + GRANT_SECONDS_MAX,
                        refresh) != 0)
                        return -1;
                grant->refresh = state_name(app->arena, STORE_REFRESH, *refresh);
        }
        record = to_record(app, grant);
        if (state_replace(app->state, STORE_GRANT, key_of(app, grant), &record, &app->err) != 0)
                return -1;
        return check_again(app, client, grant);
}

int
grant_add_access(struct app *app, const struct grant *grant, const char *scope, long long seconds,
    const char **text)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "scope", scope);
        return create(app, STORE_ACCESS, grant, &fields, app->now + seconds, text);
}

int
grant_end(struct app *app, const struct grant *grant)
{
        return state_delete_name(app->state, STORE_GRANT, grant->name, &app->err);
}

int
grant_end_access(struct app *app, const char *text)
{
        return state_delete(app->state, STORE_ACCESS, text, &app->err);
}
