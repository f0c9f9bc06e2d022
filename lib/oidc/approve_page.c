#include "oidc/approve_page.h"

#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/signed.h"
#include "format/url.h"
#include "oidc/clients.h"
#include "oidc/provider.h"
#include "oidc/request.h"
#include "oidc/saved.h"
#include "signin/display_name.h"
#include "signin/own_picture.h"
#include "signin/session.h"
#include "web/app.h"

/* The form's token: for this session and this request, which is taken with the answer. */
static const char *
form_token(struct app *app, const struct session *session, const struct saved *saved)
{
        const char *key = signed_key(app->arena, app->conf.secret, "approve");

        return digest_hmac_text(
            app->arena, key, arena_printf(app->arena, "%s %s", session->token, saved->id));
}

/* Where the answer goes: the host of the address, or the scheme of an app's. */
static const char *
destination(struct arena *arena, const char *uri)
{
        const char *host = strstr(uri, "://");
        bool is_web = text_starts_with(uri, "https://") || text_starts_with(uri, "http://");

        return is_web && host != NULL ? arena_copy(arena, host + 3, strcspn(host + 3, "/?#"))
                                      : arena_copy(arena, uri, strcspn(uri, "/"));
}

int
approve_page_answer(struct app *app, const struct request *request, const struct saved *saved,
    const struct session *session)
{
        static const char *const scopes[] = {"profile", "email", "groups", "offline_access"};
        const struct clients_item *client = request->client;
        struct pairs *page = &app->page;

        if (request->language != NULL)
                app->language = request->language;
        for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
                if (text_has_word(request->approval, scopes[i]))
                        pairs_add(page, arena_printf(app->arena, "has_%s", scopes[i]), "1");
        pairs_add(page, "client_name", client->name);
        pairs_add(page, "client_logo", client->logo);
        app->image_origin = url_origin(app->arena, client->logo);
        pairs_add(page, "client_host", destination(app->arena, request->redirect_uri));
        pairs_add(page, "nickname", display_name_get(&session->user));
        pairs_add(page, "headimgurl", own_picture_path(app->arena, &app->conf, &session->user));
        pairs_add(page, "approve_url", provider_path(app, "/continue"));
        pairs_add(page, "id", saved->id);
        pairs_add(page, "csrf", form_token(app, session, saved));
        app->form_leaves = true;
        return app_answer_page(app, 200, "approve");
}

int
approve_page_read(struct app *app, const struct saved *saved, enum approve_answer *answer)
{
        const struct pairs *form = &app->request.form;
        const char *given = pairs_get_once(form, "csrf");
        const char *word = pairs_get_text(form, "answer");
        struct session session;

        if (session_of_browser(app, &session) != 0 && app->err.kind != ERR_NOT_FOUND)
                return -1;
        if (app->err.kind == ERR_NOT_FOUND || given == NULL || saved->id == NULL ||
            !digest_equal(given, form_token(app, &session, saved)))
                return err_set(&app->err, ERR_DENIED,
                    "authorize: the form was not made for whoever is signed in");
        *answer = strcmp(word, "yes") == 0 ? APPROVE_YES : APPROVE_NO;
        return *answer == APPROVE_YES || strcmp(word, "no") == 0
                   ? 0
                   : err_set(&app->err, ERR_REQUEST, "authorize: neither yes nor no");
}
