#include "oidc/provider.h"

#include <string.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "format/address.h"
#include "format/client.h"
#include "oidc/clients_file.h"
#include "state/state.h"
#include "web/app.h"

/* FAILURES_MAX: wrong secrets of one address in FAILURE_SECONDS. */
enum { FAILURES_MAX = 50, FAILURE_SECONDS = 600 };

static const char basic_realm[] = "Basic realm=\"OpenID Connect\"";

void
provider_prepare(struct host *host)
{
        if (host->err.kind != ERR_NONE || *host->conf.oidc_emails == '\0')
                return;
        host_file_open(host->arena, host->conf.oidc_emails, &host->emails);
        host_watch_file(host, host->conf.oidc_emails);
}

int
provider_open(struct app *app, struct provider *provider)
{
        memset(provider, 0, sizeof(*provider));
        provider->issuer = conf_issuer(app->arena, &app->conf);
        return *app->conf.oidc_clients != '\0'
                   ? 0
                   : err_set(&app->err, ERR_NOT_FOUND, "OpenID Connect: oidc_clients is not set");
}

int
provider_read_clients(struct app *app, struct provider *provider)
{
        size_t size;
        char *text;

        if (app_read_file(app, &text, &size) == 0 &&
            clients_parse(
                app->arena, text, size, app->conf.oidc_clients, &provider->clients, &app->err) == 0)
                return 0;
        app->err.kind = ERR_CONFIG;
        return -1;
}

int
provider_read_keys(struct app *app, struct provider *provider)
{
        if (app_open_state(app) == 0 &&
            key_set_read(app->state, app->arena, app->now, &provider->keys, &app->err) == 0)
                return 0;
        return app->err.kind == ERR_NOT_FOUND
                   ? err_set(&app->err, ERR_CONFIG,
                         "OpenID Connect: there are no keys: run wechat keys")
                   : -1;
}

char *
provider_path(struct app *app, const char *endpoint)
{
        return arena_printf(
            app->arena, "%s%s", conf_program(app->arena, &app->conf, "oidc.cgi"), endpoint);
}

const struct pairs *
provider_given(const struct cgi_request *request)
{
        return strcmp(request->method, "POST") == 0 ? &request->form : &request->query;
}

/* ---- answers ---- */

void
provider_allow_origins(struct app *app)
{
        struct pairs *headers = &app->response.headers;

        pairs_add(headers, "Access-Control-Allow-Origin", "*");
        pairs_add(headers, "Access-Control-Expose-Headers", "WWW-Authenticate");
        if (strcmp(app->request.method, "OPTIONS") != 0)
                return;
        pairs_add(headers, "Access-Control-Allow-Methods", "GET, POST");
        pairs_add(headers, "Access-Control-Allow-Headers", "Authorization, Content-Type");
        pairs_add(headers, "Access-Control-Max-Age", "3600");
}

int
provider_answer_error(struct app *app, int status, const char *error)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "error", error);
        return app_answer_json(app, status, &fields);
}

int
provider_answer_bearer(struct app *app, int status, const char *error)
{
        const char *realm = "Bearer realm=\"OpenID Connect\"";

        pairs_add(&app->response.headers, "WWW-Authenticate",
            error == NULL ? realm : arena_printf(app->arena, "%s, error=\"%s\"", realm, error));
        return provider_answer_error(app, status, error == NULL ? "invalid_request" : error);
}

/* ---- who asks ---- */

static char *
failures_key(struct app *app)
{
        return arena_printf(
            app->arena, "oidc secret %s", address_group(app->arena, app->request.client));
}

/* Are secrets of that address looked at? */
static int
check_failures(struct app *app, bool *refused)
{
        struct store_record record;

        *refused = false;
        if (app_open_state(app) != 0)
                return -1;
        if (state_read(app->state, STORE_COUNT, failures_key(app), app->now, &record, &app->err) !=
            0)
                return err_accept(&app->err, ERR_NOT_FOUND);
        *refused = pairs_get_number(&record.fields, "count", 0) >= FAILURES_MAX;
        return 0;
}

static int
answer_stranger(struct app *app, bool counts)
{
        struct err err = {.kind = ERR_NONE};
        int failures;

        if (counts) {
                err_set(&err, ERR_DENIED,
                    "OpenID Connect: no client in oidc_clients has that client_id and secret");
                app_log(app, &err);
                if (state_count(app->state, STORE_COUNT, failures_key(app), 1, app->now,
                        FAILURE_SECONDS, &failures, &app->err) != 0)
                        return -1;
        }
        pairs_add(&app->response.headers, "WWW-Authenticate", basic_realm);
        return provider_answer_error(app, 401, "invalid_client");
}

int
provider_authenticate(
    struct app *app, const struct provider *provider, const struct clients_item **client)
{
        struct client by;
        bool refused;

        *client = NULL;
        if (!client_read(app->arena, app->request.authorization, &app->request.form, &by))
                return provider_answer_error(app, 400, "invalid_request");
        if (by.name == NULL)
                return answer_stranger(app, false);
        if (check_failures(app, &refused) != 0)
                return -1;
        if (refused) {
                pairs_add(&app->response.headers, "Retry-After", "600");
                return provider_answer_error(app, 429, "invalid_client");
        }
        *client = clients_authenticate(&provider->clients, by.name, by.secret);
        return *client != NULL ? 0 : answer_stranger(app, true);
}
