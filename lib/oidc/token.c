#include <string.h>

#include "base/pairs.h"
#include "base/text.h"
#include "oidc/clients.h"
#include "oidc/endpoints.h"
#include "oidc/grant.h"
#include "oidc/identity.h"
#include "oidc/provider.h"
#include "oidc/request.h"
#include "signin/programs.h"
#include "signin/session.h"
#include "web/app.h"

/* A token request that was found good. */
struct issue {
        const struct clients_item *client;
        struct grant grant;
        const char *scope; /* of the access token */
        const char *nonce; /* of the ID token; "": none */
        bool renews;       /* a refresh token is to be made */
};

static int
refuse(struct app *app, const char *error)
{
        return provider_answer_error(app, 400, error);
}

/* An error that means that the grant is not there, or not any more. */
static int
refuse_missing(struct app *app)
{
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return refuse(app, "invalid_grant");
}

/* Ends the grant of a code, or of a refresh token, that was used before: somebody else may have it
 * (RFC 6749, section 4.1.2; RFC 9700, section 4.14.2). */
static int
refuse_reuse(struct app *app, const struct grant *grant, const char *what)
{
        struct err err = {.kind = ERR_NONE};

        err_set(&err, ERR_DENIED, "OpenID Connect: the client %s used a %s again: it was given up",
            grant->client, what);
        app_log(app, &err);
        return grant_end(app, grant) != 0 ? -1 : refuse(app, "invalid_grant");
}

/* ---- who is told when the session ends ---- */

static struct programs_item
as_program(const struct issue *issue)
{
        return (struct programs_item){.client = issue->client->id, .session = issue->grant.session};
}

/* Notes a program that can be told and redeems a code. If the session has ended already, what
 * follows says so. */
static int
note_program(struct app *app, const struct provider *provider, const struct issue *issue)
{
        const struct clients_item *client = issue->client;
        struct programs_item program = as_program(issue);
        struct session session;

        if (issue->grant.is_redeemed ||
            (*client->back_channel == '\0' && *client->front_channel == '\0'))
                return 0;
        if (session_read_record(app, issue->grant.session, &session) != 0)
                return err_accept(&app->err, ERR_NOT_FOUND);
        return identity_subject(app, provider, client, issue->grant.openid, &issue->grant.user,
                   &program.subject) != 0
                   ? -1
                   : programs_add(app, &program, session.expires);
}

/* The session, or the approval, ended at the same moment. */
static int
refuse_ended(struct app *app, const struct issue *issue)
{
        const struct programs_item program = as_program(issue);
        struct err err = app->err;

        if (programs_remove(app, &program) != 0)
                return -1;
        app->err = err;
        return refuse_missing(app);
}

/* ---- the answer ---- */

static int
answer(struct app *app, const struct provider *provider, struct issue *issue)
{
        const struct clients_item *client = issue->client;
        const char *refresh, *access, *id_token;
        struct pairs fields;

        /* The code, or the refresh token, is used up last: if anything fails, it still works. */
        if (grant_add_access(
                app, &issue->grant, issue->scope, client->access_token_seconds, &access) != 0 ||
            identity_token(app, provider, client, &issue->grant, issue->nonce, access, &id_token) !=
                0)
                return -1;
        /* Noted before: whoever ends the session afterwards finds the note, and whoever has ended
         * it already is seen by the check in grant_go_on(). */
        if (note_program(app, provider, issue) != 0)
                return -1;
        if (grant_go_on(app, client, &issue->grant, issue->renews, &refresh) != 0)
                return refuse_ended(app, issue);
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "access_token", access);
        pairs_add(&fields, "token_type", "Bearer");
        pairs_add_number(&fields, "expires_in", client->access_token_seconds);
        pairs_add(&fields, "refresh_token", refresh);
        pairs_add(&fields, "id_token", id_token);
        pairs_add(&fields, "scope", issue->scope);
        return app_answer_json(app, 200, &fields);
}

/* ---- grant_type=authorization_code ---- */

static int
redeem(struct app *app, const struct provider *provider, const struct clients_item *client)
{
        const struct pairs *form = &app->request.form;
        const char *code = pairs_get_once(form, "code"), *uri;
        struct issue issue = {.client = client};
        struct grant_code of_code;

        /* T1. A code that is known, and this client's. Another one's stays as it is. */
        if (code == NULL)
                return refuse(app, "invalid_request");
        if (grant_of_code(app, code, &issue.grant, &of_code) != 0)
                return refuse_missing(app);
        if (strcmp(issue.grant.client, client->id) != 0)
                return refuse(app, "invalid_grant");

        /* T2. Used for the first time, and in time. */
        if (issue.grant.is_redeemed)
                return refuse_reuse(app, &issue.grant, "code");
        if (of_code.until <= app->now)
                return refuse(app, "invalid_grant");

        /* T3. By whoever began: the same address, and the verifier. */
        uri = pairs_get_once(form, "redirect_uri");
        if (uri == NULL || strcmp(uri, of_code.redirect_uri) != 0 ||
            pairs_count(form, "code_verifier") > 1 ||
            !request_is_verified(
                app->arena, of_code.challenge, of_code.is_plain, pairs_get(form, "code_verifier")))
                return refuse(app, "invalid_grant");

        /* T4. The person may still sign in to it. */
        if (grant_check(app, client, &issue.grant) != 0)
                return refuse_missing(app);
        issue.scope = issue.grant.scope;
        issue.nonce = issue.grant.nonce;
        issue.renews = client->may_refresh;
        return answer(app, provider, &issue);
}

/* ---- grant_type=refresh_token ---- */

static int
refresh(struct app *app, const struct provider *provider, const struct clients_item *client)
{
        const struct pairs *form = &app->request.form;
        const char *token = pairs_get_once(form, "refresh_token");
        const char *scope = pairs_get_text(form, "scope");
        struct issue issue = {.client = client, .nonce = ""};

        /* R1. A refresh token that is known, and this client's. */
        if (token == NULL)
                return refuse(app, "invalid_request");
        if (grant_of_refresh(app, token, &issue.grant) != 0)
                return refuse_missing(app);
        if (strcmp(issue.grant.client, client->id) != 0)
                return refuse(app, "invalid_grant");

        /* R2. The latest one: where each is used once, one before it is a copy. */
        if (!grant_is_latest(app, &issue.grant, token))
                return refuse_reuse(app, &issue.grant, "refresh token");

        /* R3. The scope may only become smaller. */
        if (!request_is_within(app->arena, scope, issue.grant.scope))
                return refuse(app, "invalid_scope");
        issue.scope = *scope == '\0' ? issue.grant.scope : scope;

        /* R4. The person may still sign in to it. A program that has no secret gets another one. */
        if (grant_check(app, client, &issue.grant) != 0)
                return refuse_missing(app);
        issue.renews = client->is_public;
        return answer(app, provider, &issue);
}

int
endpoint_token(struct app *app, struct provider *provider)
{
        const char *type = pairs_get_once(&app->request.form, "grant_type");
        const struct clients_item *client;

        if (!cgi_is_form(&app->request) || app->request.query_flaw != NULL)
                return refuse(app, "invalid_request");
        if (provider_authenticate(app, provider, &client) != 0)
                return -1;
        if (client == NULL)
                return 0;
        if (type == NULL)
                return refuse(app, "invalid_request");
        if (provider_read_keys(app, provider) != 0)
                return -1;
        if (strcmp(type, "authorization_code") == 0)
                return redeem(app, provider, client);
        if (strcmp(type, "refresh_token") != 0)
                return refuse(app, "unsupported_grant_type");
        return client->may_refresh ? refresh(app, provider, client)
                                   : refuse(app, "unauthorized_client");
}
