#include <string.h>
#include <strings.h>

#include "base/pairs.h"
#include "base/text.h"
#include "oidc/clients.h"
#include "oidc/endpoints.h"
#include "oidc/grant.h"
#include "oidc/identity.h"
#include "oidc/provider.h"
#include "web/app.h"

/* Returns the token in Authorization: Bearer; NULL: there is none. */
static const char *
bearer(const char *authorization)
{
        static const char scheme[] = "Bearer ";
        size_t size = strlen(scheme);

        if (strncasecmp(authorization, scheme, size) != 0)
                return NULL;
        return authorization + size + strspn(authorization + size, " ");
}

/* Finds the valid grant of an access token, and its client. */
static int
find(struct app *app, const struct provider *provider, const char *token, struct grant *grant,
    const char **scope, const struct clients_item **client)
{
        long long expires;

        if (grant_of_access(app, token, grant, scope, &expires) != 0)
                return -1;
        *client = clients_find(&provider->clients, grant->client);
        return *client != NULL ? grant_check(app, *client, grant)
                               : err_set(&app->err, ERR_NOT_FOUND,
                                     "userinfo: the client is registered no more");
}

int
endpoint_userinfo(struct app *app, struct provider *provider)
{
        const char *header = bearer(app->request.authorization);
        const char *field = pairs_get(&app->request.form, "access_token");
        const struct clients_item *client;
        struct pairs fields;
        struct grant grant;
        const char *scope;

        /* I1. One token, in the header or in the form (RFC 6750, section 2). */
        if ((header != NULL && field != NULL) ||
            pairs_count(&app->request.form, "access_token") > 1)
                return provider_answer_bearer(app, 400, "invalid_request");
        if (header == NULL && field == NULL)
                return provider_answer_bearer(app, 401, NULL);

        /* I2. Whose is it? */
        if (provider_read_keys(app, provider) != 0)
                return -1;
        if (find(app, provider, header != NULL ? header : field, &grant, &scope, &client) != 0)
                return err_accept(&app->err, ERR_NOT_FOUND) != 0
                           ? -1
                           : provider_answer_bearer(app, 401, "invalid_token");
        if (!text_has_word(scope, "openid"))
                return provider_answer_bearer(app, 403, "insufficient_scope");

        /* I3. What the program may know. */
        pairs_init(&fields, app->arena);
        if (identity_fill(app, provider, client, &grant, scope, grant.userinfo_claims, &fields) !=
            0)
                return -1;
        return app_answer_json(app, 200, &fields);
}
