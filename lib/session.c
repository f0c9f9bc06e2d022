#include "session.h"

#include <string.h>
#include <strings.h>

#include "app.h"
#include "arena.h"
#include "digest.h"
#include "os.h"
#include "seal.h"
#include "store.h"
#include "text.h"
#include "user.h"
#include "wechat.h"

static const char cookie[] = "wx_session";

/* Can it be the token of a session? */
static bool
is_token(const char *text)
{
        return text_is_id(text, DIGEST_BASE64URL_SIZE, DIGEST_BASE64URL_SIZE);
}

const char *
session_name(struct app *app, const char *token)
{
        return store_name(app->arena, STORE_SESSION, token);
}

/* Deletes the session of that name and what is kept with it. */
static int
delete_records(struct app *app, const char *name)
{
        if (store_delete_name(app->store, STORE_SESSION, name, &app->err) != 0 ||
            store_delete(app->store, STORE_GRANT, name, &app->err) != 0)
                return -1;
        return store_delete(app->store, STORE_VALUES, name, &app->err);
}

/* Ends the session that the browser has, if any: a new sign-in never goes on with an old token. */
static int
close_old(struct app *app)
{
        const char *token = app_get_cookie(app, cookie);

        if (token == NULL || !is_token(token))
                return 0;
        return delete_records(app, session_name(app, token));
}

/* A grant's record: openid, scope, access_token, refresh_token, access_expires (seconds since
 * 1970). */
static void
fill_grant(struct app *app, const struct wechat_grant *grant, struct pairs *fields)
{
        pairs_init(fields, app->arena);
        pairs_add(fields, "openid", grant->openid);
        pairs_add(fields, "scope", grant->scope);
        pairs_add(fields, "access_token", grant->access_token);
        pairs_add(fields, "refresh_token", grant->refresh_token);
        pairs_add_number(fields, "access_expires", app->now + grant->expires_in);
}

int
session_read_grant(struct app *app, const char *name, struct wechat_grant *grant, long long *opened)
{
        struct store_record record;

        memset(grant, 0, sizeof(*grant));
        if (store_read(app->store, STORE_GRANT, name, app->now, &record, &app->err) != 0)
                return -1;
        grant->openid = pairs_get_text(&record.fields, "openid");
        grant->scope = pairs_get_text(&record.fields, "scope");
        grant->access_token = pairs_get_text(&record.fields, "access_token");
        grant->refresh_token = pairs_get_text(&record.fields, "refresh_token");
        grant->expires_in = pairs_get_number(&record.fields, "access_expires", 0) - app->now;
        *opened = record.created;
        return 0;
}

int
session_replace_grant(
    struct app *app, const struct session *session, const struct wechat_grant *grant)
{
        struct store_record record = {.created = session->created, .expires = session->expires};

        fill_grant(app, grant, &record.fields);
        return store_replace(
            app->store, STORE_GRANT, session_name(app, session->token), &record, &app->err);
}

/* The session's record comes last: it is what counts. */
static int
create_records(struct app *app, const char *token, const struct wechat_grant *grant,
    const char *signin, const char *generation)
{
        struct store_record record = {
            .created = app->now, .expires = app->now + app->conf.session_seconds};

        fill_grant(app, grant, &record.fields);
        if (store_create(app->store, STORE_GRANT, session_name(app, token), &record, &app->err) !=
            0)
                return -1;
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", grant->openid);
        pairs_add(&record.fields, "scope", grant->scope);
        pairs_add(&record.fields, "signin", signin);
        pairs_add(&record.fields, "generation", generation);
        return store_create(app->store, STORE_SESSION, token, &record, &app->err);
}

static int
draw_token(struct app *app, const char **token)
{
        char *drawn;

        if (*token != NULL)
                return 0;
        if (os_random_token(app->arena, &drawn, &app->err) != 0)
                return -1;
        *token = drawn;
        return 0;
}

int
session_create(struct app *app, const struct wechat_grant *grant, const struct pairs *profile,
    const char *signin, const char **token)
{
        const char *generation;
        struct pairs nothing_new;

        pairs_init(&nothing_new, app->arena);
        pairs_add(&nothing_new, "openid", grant->openid);
        if (draw_token(app, token) != 0 ||
            user_sign_in(app->users, profile == NULL ? &nothing_new : profile, grant->scope,
                session_name(app, *token), app->now, app->now + app->conf.session_seconds,
                &generation, &app->err) != 0)
                return -1;
        return create_records(app, *token, grant, signin, generation);
}

int
session_open(struct app *app, const char *token, const struct wechat_grant *grant,
    const struct pairs *profile, const char *signin)
{
        if (close_old(app) != 0 || session_create(app, grant, profile, signin, &token) != 0)
                return -1;
        app_set_cookie(app, cookie, token, app->conf.session_seconds);
        return 0;
}

int
session_write_ticket(struct app *app, const struct session *session, const char *key, int seconds,
    const struct pairs *more)
{
        struct store_record ticket = {*more, app->now, app->now + seconds};

        pairs_add(&ticket.fields, "session", session_name(app, session->token));
        return store_create(app->store, STORE_TICKET, key, &ticket, &app->err);
}

int
session_read_ticket(struct app *app, const struct store_record *ticket, struct wechat_grant *grant)
{
        const char *name = pairs_get_text(&ticket->fields, "session");
        long long opened;

        if (session_read_grant(app, name, grant, &opened) == 0)
                return 0;
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        return err_set(&app->err, ERR_EXPIRED, "ticket: its session has ended");
}

int
session_read_values(struct app *app, const struct session *session, struct pairs *values)
{
        struct store_record record;

        pairs_init(values, app->arena);
        if (store_read(app->store, STORE_VALUES, session_name(app, session->token), app->now,
                &record, &app->err) == 0) {
                *values = record.fields;
                return 0;
        }
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 0;
}

int
session_write_values(struct app *app, const struct session *session, const struct pairs *values)
{
        struct store_record record = {*values, app->now, session->expires};

        return store_replace(
            app->store, STORE_VALUES, session_name(app, session->token), &record, &app->err);
}

static int
no_session(struct app *app)
{
        return err_set(&app->err, ERR_NOT_FOUND, "no session in force");
}

int
session_read(struct app *app, const char *token, struct session *session)
{
        struct store_record record;

        if (token == NULL || !is_token(token))
                return no_session(app);
        if (app_open_state(app) != 0 ||
            store_read(app->store, STORE_SESSION, token, app->now, &record, &app->err) != 0)
                return -1;
        session->by_header = false;
        session->token = token;
        session->openid = pairs_get_text(&record.fields, "openid");
        session->scope = pairs_get_text(&record.fields, "scope");
        session->signin = pairs_get_text(&record.fields, "signin");
        session->created = record.created;
        session->expires = record.expires;
        if (user_read(app->users, session->openid, &session->user, &app->err) != 0)
                return -1;
        /* A user who was forgotten and came back is a new one to the sessions of before. */
        if (!digest_equal(pairs_get_text(&record.fields, "generation"),
                pairs_get_text(&session->user, "generation")))
                return no_session(app);
        return 0;
}

int
session_of_browser(struct app *app, struct session *session)
{
        return session_read(app, app_get_cookie(app, cookie), session);
}

const char *
session_header_token(const struct app *app)
{
        static const char scheme[] = "Bearer ";
        const char *bearer = app->request.authorization;
        size_t size = strlen(scheme);

        if (strncasecmp(bearer, scheme, size) == 0) {
                bearer += size + strspn(bearer + size, " ");
                if (is_token(bearer))
                        return bearer;
        }
        return is_token(app->request.wx_session) ? app->request.wx_session : NULL;
}

int
session_of_request(struct app *app, struct session *session)
{
        const char *token = session_header_token(app);

        if (token == NULL)
                return session_of_browser(app, session);
        if (session_read(app, token, session) != 0)
                return -1;
        session->by_header = true;
        return 0;
}

bool
session_has_profile(const struct session *session)
{
        return wechat_scope_has_profile(session->scope) &&
               pairs_get(&session->user, "nickname") != NULL;
}

static void
delete_cookies(struct app *app)
{
        app_set_cookie(app, cookie, "", 0);
        app_set_cookie(app, "wx_signin", "", 0);
}

int
session_close(struct app *app, const struct session *session)
{
        if (delete_records(app, session_name(app, session->token)) != 0)
                return -1;
        delete_cookies(app);
        return 0;
}

int
session_forget_openid(struct app *app, const char *openid)
{
        struct pairs sessions;

        pairs_init(&sessions, app->arena);
        if (user_forget(app->users, openid, &sessions, &app->err) != 0)
                return -1;
        for (size_t i = 0; i < sessions.count; i++)
                if (delete_records(app, sessions.items[i].value) != 0)
                        return -1;
        return 0;
}

int
session_forget_user(struct app *app, const struct session *session)
{
        if (session_forget_openid(app, session->openid) != 0)
                return -1;
        return session_close(app, session);
}

const char *
session_csrf(struct app *app, const struct session *session)
{
        return digest_hmac_text(
            app->arena, seal_key(app->arena, app->conf.secret, "form"), session->token);
}

bool
session_is_own_form(struct app *app, const struct session *session)
{
        const char *given = pairs_get_once(&app->request.form, "csrf");

        if (session->by_header)
                return true;
        if (given != NULL)
                return digest_equal(given, session_csrf(app, session));
        return strcmp(app->request.fetch_site, "same-origin") == 0;
}
