#include "account/upstream.h"

#include <string.h>

#include "web/app.h"
#include "host/http.h"
#include "host/resolve.h"

void
upstream_prepare(struct host *host)
{
        /* With SANDBOX_SERVE names can be looked up later. */
        if (host->kind != HOST_MANY && strcmp(host->conf.sandbox, "strict") == 0 &&
            host->addresses == NULL)
                host->addresses = resolve_origin(host->arena, host->conf.api_url);
}

int
upstream_begin(struct app *app, struct http **http)
{
        struct host *host = app->host;

        if (host->http == NULL && http_open(host->arena, host->conf.ca_file, host->addresses,
                                      &host->http, &app->err) != 0)
                return -1;
        *http = host->http;
        http_begin(*http, app->arena);
        return 0;
}
