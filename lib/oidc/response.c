#include "oidc/response.h"

#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "format/url.h"
#include "oidc/provider.h"
#include "oidc/request.h"
#include "web/app.h"

static int
respond(struct app *app, const struct provider *provider, const struct request *request,
    const char *name, const char *value)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, name, value);
        pairs_add(&fields, "state", request->state);
        pairs_add(&fields, "iss", provider->issuer);
        if (!request->by_form)
                return app_answer_redirect(app, url_add_query(app->arena, request->redirect_uri,
                                                    url_build_form(app->arena, &fields)));
        for (size_t i = 0; i < fields.count; i++) {
                const char *at = arena_printf(app->arena, "fields/%zu/", i);

                pairs_add(&app->page, arena_printf(app->arena, "%sname", at), fields.items[i].name);
                pairs_add(
                    &app->page, arena_printf(app->arena, "%svalue", at), fields.items[i].value);
        }
        pairs_add(&app->page, "redirect_uri", request->redirect_uri);
        pairs_add(&app->page, "client_name", request->client->name);
        app->form_leaves = true;
        return app_answer_page(app, 200, "formpost");
}

int
response_code(struct app *app, const struct provider *provider, const struct request *request,
    const char *code)
{
        return respond(app, provider, request, "code", code);
}

int
response_error(struct app *app, const struct provider *provider, const struct request *request,
    const char *error)
{
        return respond(app, provider, request, "error", error);
}

int
response_failure(struct app *app, const struct provider *provider, const struct request *request)
{
        bool busy = app->err.kind == ERR_BUSY || app->err.kind == ERR_FULL;

        app_log(app, &app->err);
        err_clear(&app->err);
        return response_error(
            app, provider, request, busy ? "temporarily_unavailable" : "server_error");
}
