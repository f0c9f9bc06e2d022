#include "signin/introspection.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/client.h"
#include "signin/display_name.h"
#include "signin/own_picture.h"
#include "signin/role.h"
#include "signin/session.h"
#include "format/url.h"

/* Does a proxy ask about somebody's request for another page? Some send the header with every
 * request that they pass on, including a client's. */
static bool
is_proxys(const char *uri)
{
        return *uri != '\0' && strstr(uri, "/validate.cgi") == NULL;
}

bool
introspection_wants_body(const struct app *app)
{
        return *app->conf.introspection_clients != '\0' &&
               strcmp(app->request.method, "POST") == 0 && cgi_is_form(&app->request) &&
               app_get_cookie(app, "wx_session") == NULL && !is_proxys(app->request.original_uri) &&
               !is_proxys(app->request.forwarded_uri);
}

/* Does the request come from a known client? *named: does it claim to be a client? */
static bool
check_client(struct app *app, struct introspection *asked, bool *named)
{
        const char *list = app->conf.introspection_clients;
        struct client by_basic, by_form;
        bool form = client_parse_form(&app->request.form, &by_form);

        asked->basic = client_parse_basic(app->arena, app->request.authorization, &by_basic);
        *named = asked->basic || pairs_count(&app->request.form, "client_id") > 0;
        /* Basic may be the site's own password protection, with the client in the form. */
        return (asked->basic && client_is_known(app->arena, list, &by_basic)) ||
               (form && client_is_known(app->arena, list, &by_form));
}

static void
log_stranger(struct app *app)
{
        struct err err = {.kind = ERR_NONE};

        err_set(&err, ERR_DENIED,
            "token introspection: no client in introspection_clients has that name and secret");
        app_log(app, &err);
}

struct introspection
introspection_read(struct app *app)
{
        struct introspection asked = {.token = pairs_get_once(&app->request.form, "token")};
        bool known, named;

        if (!introspection_wants_body(app))
                return asked;
        known = check_client(app, &asked, &named);
        /* A form without a token, with another application's Basic, is a page's form that a proxy
         * passed on. */
        asked.by_client = known || (named && pairs_count(&app->request.form, "token") > 0);
        if (asked.by_client && !known) {
                asked.error = "invalid_client";
                log_stranger(app);
        } else if (known && asked.token == NULL) {
                asked.error = "invalid_request";
        }
        return asked;
}

int
introspection_find(struct app *app, const struct introspection *asked, struct session *session)
{
        return asked->by_client ? session_read(app, asked->token, session)
                                : session_of_request(app, session);
}

int
introspection_answer_error(struct app *app, const struct introspection *asked)
{
        bool stranger = strcmp(asked->error, "invalid_client") == 0;
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "error", asked->error);
        if (stranger && asked->basic)
                pairs_add(&app->response.headers, "WWW-Authenticate",
                    "Basic realm=\"token introspection\"");
        return app_answer_json(app, stranger ? 401 : 400, &fields);
}

/* For a header; a role that was written by hand may be any text. */
static const char *
encode_roles(struct app *app, const struct pairs *roles)
{
        struct pairs encoded;

        pairs_init(&encoded, app->arena);
        for (size_t i = 0; i < roles->count; i++)
                pairs_add(&encoded, "roles", url_encode(app->arena, roles->items[i].value));
        return pairs_join(&encoded, "roles", " ");
}

static void
add_roles(struct app *app, const struct session *session, struct pairs *fields)
{
        struct pairs roles;

        pairs_init(&roles, app->arena);
        role_list(&session->user, &roles);
        if (roles.count == 0)
                return;
        for (size_t i = 0; i < roles.count; i++)
                pairs_add_typed(fields, "roles", roles.items[i].value, PAIR_ITEM);
        pairs_add(&app->response.headers, "X-WX-Roles", encode_roles(app, &roles));
}

/* Has the user the role that is asked for, or one of several, if one is? */
static bool
has_asked_role(const struct app *app, const struct session *session)
{
        const struct pairs *query = &app->request.query;

        return pairs_get(query, "role") == NULL ||
               role_has_word(&session->user, pairs_join(query, "role", " "));
}

int
introspection_answer_active(
    struct app *app, const struct introspection *asked, const struct session *session)
{
        static const char *const profile[] = {"nickname", "headimgurl", "unionid"};
        bool allowed = has_asked_role(app, session);
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add_typed(&fields, "active", "true", PAIR_BOOL);
        pairs_add(&fields, "error", allowed ? NULL : "insufficient_role");
        pairs_add(&fields, "sub", session->openid);
        pairs_add_number(&fields, "iat", session->created);
        pairs_add_number(&fields, "exp", session->ends);
        pairs_add(&fields, "scope", session->scope);
        pairs_add(&fields, "token_type", asked->by_client ? "Bearer" : NULL);
        pairs_add(&fields, "iss", asked->by_client ? app->conf.site_url : NULL);
        pairs_add(&fields, "name", display_name_get(&session->user));
        pairs_add(&fields, "picture", own_picture_address(app->arena, &app->conf, &session->user));
        for (size_t i = 0; i < sizeof(profile) / sizeof(profile[0]); i++)
                pairs_add(&fields, profile[i], pairs_get(&session->user, profile[i]));
        pairs_add(&app->response.headers, "X-WX-OpenID", session->openid);
        pairs_add(&app->response.headers, "X-WX-Nickname",
            url_encode(app->arena, pairs_get_text(&session->user, "nickname")));
        add_roles(app, session, &fields);
        return app_answer_json(app, allowed ? 200 : err_status(ERR_DENIED), &fields);
}

int
introspection_answer_inactive(
    struct app *app, const struct introspection *asked, const char *reason)
{
        const char *login = pairs_get_text(&app->request.query, "login");
        const char *next = app_proxied_page(app);
        bool by_client = asked != NULL && asked->by_client;
        struct pairs fields;

        if (!by_client && strcmp(login, "1") == 0)
                return app_answer_login(app, next == NULL ? app->conf.home : next);
        pairs_init(&fields, app->arena);
        pairs_add_typed(&fields, "active", "false", PAIR_BOOL);
        pairs_add(&fields, "reason", reason);
        if (!by_client)
                pairs_add(&app->response.headers, "WWW-Authenticate", "Bearer");
        return app_answer_json(app, by_client ? 200 : 401, &fields);
}

int
introspection_answer_token(struct app *app, const char *token, long long expires)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "access_token", token);
        pairs_add(&fields, "token_type", "Bearer");
        pairs_add_number(&fields, "expires_in", expires - app->now);
        return app_answer_json(app, 200, &fields);
}
