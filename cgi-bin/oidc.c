/* oidc.cgi: other programs sign people in with this site (OpenID Connect). */
#include <string.h>

#include "web/app.h"
#include "base/pairs.h"
#include "oidc/endpoints.h"
#include "oidc/provider.h"
#include "web/program.h"
#include "host/sandbox.h"

enum caller {
        BROWSER, /* errors are pages */
        PROGRAM, /* errors are JSON for any origin, as for the next one */
        ANYBODY  /* the answer depends on no client, so their file is not read */
};

/* The endpoints, by PATH_INFO. */
static const struct endpoint {
        const char *path;
        const char *methods;
        enum caller caller; /* who reads the answers */
        int (*answer)(struct app *app, struct provider *provider);
} endpoints[] = {
    {"/.well-known/openid-configuration", "GET, HEAD", ANYBODY, endpoint_metadata},
    {"/.well-known/oauth-authorization-server", "GET, HEAD", ANYBODY, endpoint_metadata},
    {"/jwks", "GET, HEAD", ANYBODY, endpoint_jwks},
    {"/authorize", "GET, POST", BROWSER, endpoint_authorize},
    {"/continue", "GET, POST", BROWSER, endpoint_continue},
    {"/token", "POST", PROGRAM, endpoint_token},
    {"/userinfo", "GET, POST", PROGRAM, endpoint_userinfo},
    {"/introspect", "POST", PROGRAM, endpoint_introspect},
    {"/revoke", "POST", PROGRAM, endpoint_revoke},
    {"/logout", "GET, POST", BROWSER, endpoint_logout},
};

static const struct endpoint *
find(const struct app *app)
{
        for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
                if (strcmp(app->request.path_info, endpoints[i].path) == 0)
                        return &endpoints[i];
        return NULL;
}

/* Is the method one of the endpoint's? No name of a method is a part of another one's. */
static bool
is_allowed(const struct endpoint *endpoint, const char *method)
{
        return strstr(endpoint->methods, method) != NULL;
}

static int
oidc(struct app *app)
{
        const struct endpoint *endpoint = find(app);
        struct provider provider;

        /* C1. An endpoint, of a site that is a provider. */
        if (endpoint == NULL)
                return err_set(
                    &app->err, ERR_NOT_FOUND, "OpenID Connect: no endpoint of that path");
        if (provider_open(app, &provider) != 0)
                return -1;

        /* C2. Scripts of any page may call what programs call. */
        if (endpoint->caller != BROWSER)
                provider_allow_origins(app);
        if (endpoint->caller != BROWSER && strcmp(app->request.method, "OPTIONS") == 0)
                return app_answer_text(app, 204, NULL, "");
        if (!is_allowed(endpoint, app->request.method)) {
                pairs_add(&app->response.headers, "Allow", endpoint->methods);
                return provider_answer_error(app, 405, "invalid_request");
        }

        /* C3. The clients, where the answer depends on them, and the endpoint. */
        if (endpoint->caller != ANYBODY && provider_read_clients(app, &provider) != 0)
                return -1;
        return endpoint->answer(app, &provider);
}

/* A program's errors are those of RFC 6749: it may try again later, or its owner looks at the log.
 * Where there is no endpoint, they are those of all our programs. */
static int
answer_error(struct app *app)
{
        const struct endpoint *endpoint = find(app);
        int status = err_status(app->err.kind);
        bool ours = status >= 500;

        if (endpoint == NULL || app->err.kind == ERR_NOT_FOUND)
                return app_answer_error_json(app);
        if (endpoint->caller == BROWSER)
                return -1;
        provider_allow_origins(app);
        return provider_answer_error(
            app, ours ? 503 : status, ours ? "server_error" : "invalid_request");
}

static const struct app_program program = {
    .name = "oidc.cgi",
    .purpose = "Signs people in to other programs by OpenID Connect: oidc_clients lists them.\n"
               "oidc.cgi/.well-known/openid-configuration says where everything is; /authorize,\n"
               "/token, /userinfo, /jwks, /introspect, /revoke, /logout.",
    .methods = "GET, HEAD, POST, OPTIONS",
    .handle = oidc,
    .handle_error = answer_error,
    .errands = true,
    .errands_at = "/logout",
    .prepare = provider_prepare,
    .reads = offsetof(struct conf, oidc_clients),
};

PROGRAM_MAIN(program)
