#include "signin/ticket.h"

#include "web/app.h"
#include "format/digest.h"
#include "signin/hook.h"
#include "signin/consent.h"
#include "signin/tokens.h"
#include "signin/session.h"
#include "state/state.h"
#include "wechat/api.h"

int
ticket_write(struct app *app, const struct session *session, enum store_kind kind, const char *key,
    int seconds, const struct pairs *more)
{
        struct store_record ticket = {*more, app->now, app->now + seconds};

        if (session_check_power(app, session) != 0)
                return -1;
        pairs_add(&ticket.fields, "session", session->name);
        pairs_add(&ticket.fields, "generation", session->generation);
        consent_add(app, &ticket.fields);
        return state_create(app->state, kind, key, &ticket, &app->err);
}

int
ticket_read(struct app *app, const struct store_record *ticket, struct session *session)
{
        const char *generation = pairs_get_text(&ticket->fields, "generation");

        if (session_read_name(app, pairs_get_text(&ticket->fields, "session"), session) == 0 &&
            digest_equal(generation, session->generation)) {
                app->consented = pairs_get_number(&ticket->fields, "consented", 0);
                return 0;
        }
        if (app->err.kind == ERR_SYSTEM)
                return -1;
        return err_set(&app->err, ERR_EXPIRED, "ticket: its session has ended");
}

static int
read_grant(struct app *app, const struct session *session, struct token_response *grant)
{
        if (tokens_read(app, session->name, grant) == 0)
                return 0;
        if (app->err.kind == ERR_NOT_FOUND)
                app->err.kind = ERR_EXPIRED;
        return -1;
}

/* Opens a session with that token response until expires. */
static int
join(struct app *app, const struct session *beside, const char *signin,
    const struct token_response *grant, long long expires, const char **token)
{
        struct session session = {
            .signin = signin, .generation = beside->generation, .expires = expires};
        struct user_session added = {
            .now = app->now, .expires = expires, .consented = app->consented};
        struct pairs ended;

        pairs_init(&ended, app->arena);
        *token = NULL;
        if (consent_is_missing(app, &beside->user))
                return consent_check(app, beside->openid);
        if (session_draw_token(app, token) != 0)
                return -1;
        session.name = added.name = session_name(app, *token);
        if (state_join(app->state, beside->openid, beside->generation, beside->name, &added, &ended,
                &app->err) != 0 ||
            session_write(app, *token, grant, &session, &ended) != 0)
                return -1;
        return session_check(app, beside->name, session.name);
}

int
ticket_join(struct app *app, const struct session *beside, const char *signin, const char **token)
{
        struct token_response grant;

        return read_grant(app, beside, &grant) != 0
                   ? -1
                   : join(app, beside, signin, &grant, beside->expires, token);
}

int
ticket_join_page(struct app *app, const struct session *beside, int seconds, const char **token,
    long long *expires)
{
        struct token_response grant;

        if (read_grant(app, beside, &grant) != 0)
                return -1;
        grant.scope = SESSION_SCOPE_DEV;
        grant.access_token = grant.refresh_token = "";
        *expires = app->now + seconds < beside->expires ? app->now + seconds : beside->expires;
        if (join(app, beside, "ticket", &grant, *expires, token) != 0)
                return -1;
        hook_add(app, "sign_in", beside->openid);
        return 0;
}

int
ticket_join_browser(struct app *app, const struct session *beside, const char *signin)
{
        const char *token;

        if (ticket_join(app, beside, signin, &token) != 0)
                return -1;
        return session_give_browser(app, token, beside->expires);
}
