#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "format/url.h"
#include "oidc/clients.h"
#include "oidc/endpoints.h"
#include "oidc/front_channel.h"
#include "oidc/identity.h"
#include "oidc/provider.h"
#include "signin/session.h"
#include "web/app.h"

/* A request to sign out (RP-Initiated Logout 1.0, section 2). */
struct leaving {
        const struct clients_item *client; /* NULL: none is named */
        const char *subject, *sid;         /* of a valid id_token_hint; NULL: there is none */
        const char *to;                    /* post_logout_redirect_uri; NULL: none */
        const char *state;
};

static int
refuse(struct app *app, const char *what)
{
        return err_set(&app->err, ERR_REQUEST, "%s", what);
}

/* One that has expired is as good; one that we have not signed is refused. */
static int
read_hint(struct app *app, struct provider *provider, const char *hint, struct leaving *leaving)
{
        struct err ignored = {.kind = ERR_NONE};
        struct pairs claims;

        pairs_init(&claims, app->arena);
        if (key_set_verify(app->arena, &provider->keys, hint, "JWT", &claims, &ignored) != 0)
                return refuse(app, "logout: id_token_hint is no ID token of this site");
        leaving->subject = pairs_get_text(&claims, "sub");
        leaving->sid = pairs_get_text(&claims, "sid");
        leaving->client = clients_find(&provider->clients, pairs_get_text(&claims, "aud"));
        return leaving->client != NULL
                   ? 0
                   : refuse(app, "logout: the client of id_token_hint is unknown");
}

static int
read_request(
    struct app *app, struct provider *provider, const struct pairs *given, struct leaving *leaving)
{
        const char *hint = pairs_get(given, "id_token_hint");
        const char *id = pairs_get(given, "client_id");

        memset(leaving, 0, sizeof(*leaving));
        leaving->to = pairs_get(given, "post_logout_redirect_uri");
        leaving->state = pairs_get(given, "state");
        if (hint != NULL && read_hint(app, provider, hint, leaving) != 0)
                return -1;
        if (hint == NULL && id != NULL)
                leaving->client = clients_find(&provider->clients, id);
        if (id != NULL && (leaving->client == NULL || strcmp(leaving->client->id, id) != 0))
                return refuse(app, "logout: client_id is unknown, or not that of id_token_hint");
        if (leaving->to != NULL &&
            (leaving->client == NULL || pairs_count(given, "post_logout_redirect_uri") != 1 ||
                !clients_may_return(leaving->client, leaving->to)))
                return refuse(app, "logout: post_logout_redirect_uri is none of the client's");
        return 0;
}

/* Does the ID token belong to who is signed in? Then its program need not ask. */
static int
is_own(struct app *app, const struct provider *provider, const struct leaving *leaving,
    const struct session *session, bool *own)
{
        const char *subject;

        *own = false;
        if (leaving->subject == NULL)
                return 0;
        if (identity_subject(
                app, provider, leaving->client, session->openid, &session->user, &subject) != 0)
                return -1;
        *own = strcmp(subject, leaving->subject) == 0 &&
               strcmp(identity_sid(app, session->name), leaving->sid) == 0;
        return 0;
}

/* ---- answers ---- */

/* The question, with what the request had. */
static int
ask(struct app *app, const struct pairs *given, const struct session *session)
{
        static const char *const names[] = {
            "id_token_hint", "client_id", "post_logout_redirect_uri", "state"};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                pairs_add(&app->page, names[i], pairs_get(given, names[i]));
        pairs_add(&app->page, "leave_url", provider_path(app, "/logout"));
        pairs_add(&app->page, "csrf", session_csrf(app, session));
        app->form_leaves = true;
        return app_answer_page(app, 200, "leave");
}

/* Returns the address to which the program wants the browser back. */
static const char *
return_address(struct app *app, const struct leaving *leaving)
{
        struct pairs fields;

        if (leaving->state == NULL)
                return leaving->to;
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "state", leaving->state);
        return url_add_query(app->arena, leaving->to, url_build_form(app->arena, &fields));
}

/* Back to the program, if an ID token or a person has vouched for that. */
static int
answer_end(
    struct app *app, const struct provider *provider, const struct leaving *leaving, bool vouched)
{
        const char *to = leaving->to == NULL || !vouched ? NULL : return_address(app, leaving);

        /* logout.cgi shows a page that says so. */
        if (front_channel_has_frames(app, provider))
                return front_channel_answer(app, provider,
                    to == NULL ? conf_program(app->arena, &app->conf, "logout.cgi") : to);
        return to == NULL ? app_answer_page(app, 200, "signedout") : app_answer_redirect(app, to);
}

int
endpoint_logout(struct app *app, struct provider *provider)
{
        const struct pairs *given = provider_given(&app->request);
        bool post = strcmp(app->request.method, "POST") == 0;
        bool answered = post && pairs_count(given, "csrf") > 0, own;
        struct leaving leaving;
        struct session session;

        /* E1. Which program, whose ID token, and where to go then? */
        if (provider_read_keys(app, provider) != 0 ||
            read_request(app, provider, given, &leaving) != 0)
                return -1;

        /* E2. The cookie does not come with another site's form: come again without. */
        if (post && !answered)
                return app_answer_redirect(
                    app, arena_printf(app->arena, "%s?%s", provider_path(app, "/logout"),
                             url_build_form(app->arena, given)));

        /* E3. Nobody is signed in: that is what was asked for. */
        if (session_of_browser(app, &session) != 0)
                return err_accept(&app->err, ERR_NOT_FOUND) != 0
                           ? -1
                           : answer_end(app, provider, &leaving, leaving.subject != NULL);

        /* E4. Without an ID token of this session, ask. */
        if (is_own(app, provider, &leaving, &session, &own) != 0)
                return -1;
        if (!own && !answered)
                return ask(app, given, &session);
        if (!own && !session_is_own_form(app, &session))
                return err_set(&app->err, ERR_DENIED, "logout: not from our own page");

        /* E5. End the session; programs are told. */
        if (session_sign_out(app, &session) != 0)
                return -1;
        return answer_end(app, provider, &leaving, true);
}
