#include "validation.h"

#include <string.h>

#include "app.h"
#include "arena.h"
#include "session.h"
#include "url.h"

bool
validation_wants_body(const struct app *app)
{
        (void)app;
        return false;
}

int
validation_answer_active(struct app *app, const struct session *session)
{
        static const char *const profile[] = {"nickname", "headimgurl", "unionid"};
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add_typed(&fields, "active", "true", PAIR_BOOL);
        pairs_add(&fields, "sub", session->openid);
        pairs_add_number(&fields, "iat", session->created);
        pairs_add_number(&fields, "exp", session->expires);
        pairs_add(&fields, "scope", session->scope);
        for (size_t i = 0; i < sizeof(profile) / sizeof(profile[0]); i++)
                pairs_add(&fields, profile[i], pairs_get(&session->user, profile[i]));
        pairs_add(&app->response.headers, "X-WX-OpenID", session->openid);
        pairs_add(&app->response.headers, "X-WX-Nickname",
            url_encode(app->arena, pairs_get_text(&session->user, "nickname")));
        return app_answer_json(app, 200, &fields);
}

int
validation_answer_inactive(struct app *app, const char *reason)
{
        const char *login = pairs_get_text(&app->request.query, "login");
        const char *next = app_proxied_page(app);
        struct pairs fields;

        if (strcmp(login, "1") == 0)
                return app_answer_login(app, next == NULL ? app->conf.home : next);
        pairs_init(&fields, app->arena);
        pairs_add_typed(&fields, "active", "false", PAIR_BOOL);
        pairs_add(&fields, "reason", reason);
        pairs_add(&app->response.headers, "WWW-Authenticate", "Bearer");
        return app_answer_json(app, 401, &fields);
}

int
validation_answer_token(struct app *app, const char *token)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "access_token", token);
        pairs_add(&fields, "token_type", "Bearer");
        pairs_add_number(&fields, "expires_in", app->conf.session_seconds);
        return app_answer_json(app, 200, &fields);
}
