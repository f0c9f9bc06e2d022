#include <string.h>

#include "base/pairs.h"
#include "base/text.h"
#include "oidc/clients.h"
#include "oidc/endpoints.h"
#include "oidc/grant.h"
#include "oidc/identity.h"
#include "oidc/provider.h"
#include "web/app.h"

/* A token of a client's, and what it stands for. */
struct found {
        struct grant grant;
        const char *scope;
        long long expires;
        bool is_access;
};

/* Finds the client's own token. A hint is not needed: neither kind can be taken for the other. */
static int
find(struct app *app, const struct clients_item *client, const char *token, struct found *found)
{
        found->is_access =
            grant_of_access(app, token, &found->grant, &found->scope, &found->expires) == 0;
        if (!found->is_access) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                err_clear(&app->err);
                if (grant_of_refresh(app, token, &found->grant) != 0)
                        return -1;
                found->scope = found->grant.scope;
                found->expires = found->grant.expires;
        }
        return strcmp(found->grant.client, client->id) == 0
                   ? 0
                   : err_set(&app->err, ERR_NOT_FOUND, "the token of another client");
}

/* Reads the request of both endpoints. *client NULL: the answer is given. */
static int
read_request(struct app *app, const struct provider *provider, const struct clients_item **client,
    const char **token)
{
        if (provider_authenticate(app, provider, client) != 0)
                return -1;
        *token = pairs_get_once(&app->request.form, "token");
        if (*client == NULL || *token != NULL)
                return 0;
        *client = NULL;
        return provider_answer_error(app, 400, "invalid_request");
}

/* ---- introspection ---- */

static int
answer_inactive(struct app *app)
{
        struct pairs fields;

        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        pairs_init(&fields, app->arena);
        pairs_add_typed(&fields, "active", "false", PAIR_BOOL);
        return app_answer_json(app, 200, &fields);
}

int
endpoint_introspect(struct app *app, struct provider *provider)
{
        const struct clients_item *client;
        const char *token, *subject;
        struct pairs fields;
        struct found found;

        if (read_request(app, provider, &client, &token) != 0)
                return -1;
        if (client == NULL)
                return 0;
        if (client->is_public)
                return provider_answer_error(app, 401, "invalid_client");
        if (find(app, client, token, &found) != 0 || grant_check(app, client, &found.grant) != 0)
                return answer_inactive(app);
        if (!found.is_access && !grant_is_latest(app, &found.grant, token)) {
                err_set(&app->err, ERR_NOT_FOUND, "a refresh token that was replaced");
                return answer_inactive(app);
        }
        if (provider_read_keys(app, provider) != 0 ||
            identity_subject(
                app, provider, client, found.grant.openid, &found.grant.user, &subject) != 0)
                return -1;
        pairs_init(&fields, app->arena);
        pairs_add_typed(&fields, "active", "true", PAIR_BOOL);
        pairs_add(&fields, "scope", found.scope);
        pairs_add(&fields, "client_id", client->id);
        pairs_add(&fields, "token_type", found.is_access ? "Bearer" : NULL);
        pairs_add_number(&fields, "exp", found.expires);
        pairs_add(&fields, "sub", subject);
        pairs_add(&fields, "aud", client->id);
        pairs_add(&fields, "iss", provider->issuer);
        return app_answer_json(app, 200, &fields);
}

/* ---- revocation ---- */

/* A refresh token takes the whole grant with it (RFC 7009, section 2.1). */
int
endpoint_revoke(struct app *app, struct provider *provider)
{
        const struct clients_item *client;
        struct found found;
        const char *token;

        if (read_request(app, provider, &client, &token) != 0)
                return -1;
        if (client == NULL)
                return 0;
        if (find(app, client, token, &found) == 0) {
                if ((found.is_access ? grant_end_access(app, token)
                                     : grant_end(app, &found.grant)) != 0)
                        return -1;
        } else if (err_accept(&app->err, ERR_NOT_FOUND) != 0)
                return -1;
        return app_answer_text(app, 200, "application/json", "{}");
}
