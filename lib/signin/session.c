#include "signin/session.h"

#include <string.h>
#include <strings.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/digest.h"
#include "signin/admission.h"
#include "signin/consent.h"
#include "signin/desktop.h"
#include "signin/hook.h"
#include "signin/idle.h"
#include "signin/programs.h"
#include "signin/tokens.h"
#include "host/os.h"
#include "format/signed.h"
#include "state/state.h"
#include "base/text.h"
#include "wechat/api.h"

static const char cookie[] = "wx_session";

/* Does it have the form of a session's token? */
static bool
is_token(const char *text)
{
        return text_is_id(text, DIGEST_BASE64URL_SIZE, DIGEST_BASE64URL_SIZE);
}

const char *
session_name(struct app *app, const char *token)
{
        return state_name(app->arena, STORE_SESSION, token);
}

/* Returns the name of the token's session; NULL if it cannot be one. */
static const char *
name_of(struct app *app, const char *token)
{
        return token != NULL && is_token(token) ? session_name(app, token) : NULL;
}

int
session_delete(struct app *app, const char *name)
{
        if (state_delete_name(app->state, STORE_SESSION, name, &app->err) != 0 ||
            state_delete(app->state, STORE_TOKENS, name, &app->err) != 0 ||
            idle_forget(app, name) != 0 ||
            state_delete(app->state, STORE_VALUES, name, &app->err) != 0)
                return -1;
        return programs_end(app, name);
}

int
session_delete_all(struct app *app, const struct pairs *names)
{
        for (size_t i = 0; i < names->count; i++)
                if (session_delete(app, names->items[i].value) != 0)
                        return -1;
        return 0;
}

/* Without their records the sessions are over, even where there is no room to write the list. */
int
session_end(struct app *app, const char *openid, const struct pairs *names)
{
        const struct member_change change = {.leaves = names};
        struct err err = {.kind = ERR_NONE};
        struct pairs ended;

        pairs_init(&ended, app->arena);
        if (session_delete_all(app, names) != 0)
                return -1;
        if (state_change_user(app->state, openid, &change, &ended, &err) != 0 &&
            err.kind != ERR_NOT_FOUND)
                app_log(app, &err);
        return 0;
}

static int
end_one(struct app *app, const char *openid, const char *name)
{
        struct pairs names;

        pairs_init(&names, app->arena);
        pairs_add(&names, "name", name);
        return session_end(app, openid, &names);
}

/* Ends the browser's session, if any: a new sign-in never continues with an old token. */
static int
close_old(struct app *app)
{
        const char *name = name_of(app, app_get_cookie(app, cookie));
        struct session old;

        if (name == NULL)
                return 0;
        if (session_read_record(app, name, &old) == 0)
                return end_one(app, old.openid, name);
        err_clear(&app->err);
        return session_delete(app, name);
}

static int
no_session(struct app *app)
{
        return err_set(&app->err, ERR_NOT_FOUND, "no valid session");
}

int
session_read_record(struct app *app, const char *name, struct session *session)
{
        struct store_record record;

        if (app_open_state(app) != 0 ||
            state_read_name(app->state, STORE_SESSION, name, app->now, &record, &app->err) != 0)
                return -1;
        memset(session, 0, sizeof(*session));
        pairs_init(&session->user, app->arena);
        session->name = name;
        session->openid = pairs_get_text(&record.fields, "openid");
        session->scope = pairs_get_text(&record.fields, "scope");
        session->signin = pairs_get_text(&record.fields, "signin");
        session->browser = pairs_get_text(&record.fields, "browser");
        session->address = pairs_get_text(&record.fields, "address");
        session->generation = pairs_get_text(&record.fields, "generation");
        session->created = record.created;
        session->expires = session->ends = record.expires;
        return 0;
}

int
session_check_use(struct app *app, struct session *session)
{
        struct idle idle = {session->name, session->created, session->expires, 0, 0};

        if (idle_check(app, &idle) != 0)
                return -1;
        session->used = idle.used;
        session->ends = idle.ends;
        return 0;
}

static void
note_use(struct app *app, struct session *session)
{
        struct idle idle = {
            session->name, session->created, session->expires, session->used, session->ends};

        idle_note(app, &idle);
        session->used = idle.used;
        session->ends = idle.ends;
}

/* A user who was forgotten and came back has another generation, so earlier sessions are not
 * valid. Of a block and a sign-in at the same moment, whichever comes later sees the other. */
int
session_read_name(struct app *app, const char *name, struct session *session)
{
        if (session_read_record(app, name, session) != 0 ||
            state_read_user(app->state, session->openid, &session->user, &app->err) != 0)
                return -1;
        return member_is_in_force(&session->user, session->generation, name) &&
                       !admission_is_blocked(app, &session->user)
                   ? session_check_use(app, session)
                   : no_session(app);
}

int
session_check(struct app *app, const char *name, const char *written)
{
        struct session session;

        if (session_read_name(app, name, &session) == 0)
                return 0;
        if (app->err.kind != ERR_NOT_FOUND || session_delete(app, written) != 0)
                return -1;
        return err_set(&app->err, ERR_EXPIRED, "session: it ended during this request");
}

int
session_replace_grant(
    struct app *app, const struct session *session, const struct token_response *grant)
{
        if (tokens_write(app, session->name, grant, session->created, session->expires, true) != 0)
                return -1;
        return session_check(app, session->name, session->name);
}

/* The session's record is written last: it is the one that counts. */
int
session_write(struct app *app, const char *token, const struct token_response *grant,
    const struct session *session, const struct pairs *ended)
{
        struct store_record record = {.created = app->now, .expires = session->expires};
        struct err err = {.kind = ERR_NONE};

        if (session_delete_all(app, ended) != 0 ||
            tokens_write(app, session->name, grant, app->now, session->expires, false) != 0)
                return -1;
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", grant->openid);
        pairs_add(&record.fields, "scope", grant->scope);
        pairs_add(&record.fields, "signin", session->signin);
        pairs_add(&record.fields, "generation", session->generation);
        pairs_add(&record.fields, "browser", desktop_browser(app->arena, app->request.user_agent));
        pairs_add(&record.fields, "address", app->request.client);
        if (state_create(app->state, STORE_SESSION, token, &record, &app->err) != 0 ||
            session_check(app, session->name, session->name) != 0)
                return -1;
        if (state_tidy(
                app->state, STATE_SIGNED_IN, conf_journal_days(&app->conf), app->now, &err) != 0)
                app_log(app, &err);
        return 0;
}

int
session_draw_token(struct app *app, const char **token)
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
session_create(struct app *app, const struct token_response *grant, const struct pairs *profile,
    const char *signin, const char **token)
{
        struct session session = {
            .signin = signin, .expires = app->now + app->conf.session_seconds};
        bool is_first = false;
        struct user_session added = {.now = app->now,
            .expires = session.expires,
            .consented = app->consented,
            .is_first = &is_first};
        struct pairs ended;

        pairs_init(&ended, app->arena);
        if (admission_ask(app, profile, grant->scope) != 0 || session_draw_token(app, token) != 0)
                return -1;
        session.name = added.name = session_name(app, *token);
        if (state_sign_in(app->state, profile, grant->scope, &added, &session.generation, &ended,
                &app->err) != 0)
                return -1;
        if (session_write(app, *token, grant, &session, &ended) != 0)
                return -1;
        app_tally(app, TALLY_SIGN_INS);
        if (is_first)
                app_tally(app, TALLY_NEW_PEOPLE);
        hook_add(app, is_first ? "first_sign_in" : "sign_in", grant->openid);
        return 0;
}

int
session_give_browser(struct app *app, const char *token, long long expires)
{
        if (close_old(app) != 0)
                return -1;
        app_set_cookie(app, cookie, token, expires - app->now);
        consent_remember(app);
        return 0;
}

int
session_open(struct app *app, const char *token, const struct token_response *grant,
    const struct pairs *profile, const char *signin)
{
        if (consent_check(app, grant->openid) != 0 ||
            session_create(app, grant, profile, signin, &token) != 0)
                return -1;
        return session_give_browser(app, token, app->now + app->conf.session_seconds);
}

int
session_open_openid(struct app *app, const char *openid, const char *scope)
{
        struct token_response grant = {.openid = openid, .scope = scope};
        struct pairs profile;

        pairs_init(&profile, app->arena);
        pairs_add(&profile, "openid", openid);
        return session_open(app, NULL, &grant, &profile, scope);
}

int
session_read_values(struct app *app, const struct session *session, struct pairs *values)
{
        struct store_record record;

        pairs_init(values, app->arena);
        if (state_read(app->state, STORE_VALUES, session->name, app->now, &record, &app->err) ==
            0) {
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

        if (state_replace(app->state, STORE_VALUES, session->name, &record, &app->err) != 0)
                return -1;
        return session_check(app, session->name, session->name);
}

int
session_read(struct app *app, const char *token, struct session *session)
{
        const char *name = name_of(app, token);

        if (name == NULL)
                return no_session(app);
        if (session_read_name(app, name, session) != 0)
                return -1;
        session->token = token;
        note_use(app, session);
        return 0;
}

int
session_to_forget(struct app *app, struct session *session)
{
        const char *token = app_get_cookie(app, cookie);
        const char *name = name_of(app, token);

        if (name == NULL)
                return no_session(app);
        if (session_read_name(app, name, session) != 0 &&
            (app->err.kind != ERR_SYSTEM || session_read_record(app, name, session) != 0))
                return -1;
        err_clear(&app->err);
        session->token = token;
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
        return api_scope_has_profile(session->scope) &&
               pairs_get(&session->user, "nickname") != NULL;
}

static void
delete_cookies(struct app *app)
{
        app_set_cookie(app, cookie, "", 0);
        app_set_cookie(app, "wx_signin", "", 0);
}

int
session_check_power(struct app *app, const struct session *session)
{
        if (strcmp(session->scope, SESSION_SCOPE_DEV) != 0)
                return 0;
        return err_set(&app->err, ERR_DENIED,
            "the session of a page under local development may read only: sign in on the site "
            "itself");
}

int
session_close(struct app *app, const struct session *session)
{
        if (end_one(app, session->openid, session->name) != 0)
                return -1;
        delete_cookies(app);
        return 0;
}

int
session_sign_out(struct app *app, const struct session *session)
{
        if (session_close(app, session) != 0)
                return -1;
        hook_add(app, "sign_out", session->openid);
        return 0;
}

const char *
session_csrf(struct app *app, const struct session *session)
{
        return digest_hmac_text(
            app->arena, signed_key(app->arena, app->conf.secret, "form"), session->token);
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
