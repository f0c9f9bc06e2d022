#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "oidc/approvals.h"
#include "oidc/approve_page.h"
#include "oidc/clients.h"
#include "oidc/endpoints.h"
#include "oidc/grant.h"
#include "oidc/identity.h"
#include "oidc/provider.h"
#include "oidc/response.h"
#include "oidc/request.h"
#include "oidc/saved.h"
#include "signin/session.h"
#include "web/app.h"

/* A request on its way. */
struct authorization {
        const struct provider *provider;
        struct request request;
        struct saved saved;
        struct session session; /* of whoever is signed in; name is NULL: nobody */
        const char *subject;    /* the person's sub */
        enum approve_answer answer;
};

static int
refuse(struct app *app, const struct authorization *a, const char *error)
{
        return response_error(app, a->provider, &a->request, error);
}

/* ---- who is it? ---- */

static int
find_session(struct app *app, struct authorization *a)
{
        const struct provider *p = a->provider;

        if (session_of_browser(app, &a->session) != 0) {
                a->session.name = NULL;
                return err_accept(&app->err, ERR_NOT_FOUND);
        }
        return session_check_power(app, &a->session) != 0 ||
                       identity_subject(app, p, a->request.client, a->session.openid,
                           &a->session.user, &a->subject) != 0
                   ? -1
                   : 0;
}

/* Has the visitor signed in since the request came? */
static bool
is_fresh(const struct authorization *a)
{
        return a->saved.id != NULL && a->session.name != NULL &&
               strcmp(a->session.name, a->saved.session) != 0;
}

/* Is id_token_hint an ID token of ours (*error NULL), and is it about somebody else? */
static bool
hints_at_another(struct app *app, const struct authorization *a, const char **error)
{
        struct err ignored = {.kind = ERR_NONE};
        struct pairs claims;

        *error = NULL;
        if (a->request.hint == NULL)
                return false;
        pairs_init(&claims, app->arena);
        if (key_set_verify(
                app->arena, &a->provider->keys, a->request.hint, "JWT", &claims, &ignored) != 0 ||
            strcmp(pairs_get_text(&claims, "aud"), a->request.client->id) != 0) {
                *error = "invalid_request";
                return false;
        }
        return a->session.name != NULL && strcmp(pairs_get_text(&claims, "sub"), a->subject) != 0;
}

/* Does the request want the visitor to sign in, once more if somebody is signed in? That was found
 * out before the question for consent was asked. */
static bool
needs_sign_in(const struct app *app, const struct authorization *a, bool is_another)
{
        long long age = app->now - a->session.created;

        if (a->session.name == NULL || a->answer != APPROVE_UNANSWERED)
                return a->session.name == NULL;
        return is_another ||
               (!is_fresh(a) && (a->request.asks_login || a->request.max_age == 0 ||
                                    (a->request.max_age > 0 && age > a->request.max_age)));
}

static int
sign_in(struct app *app, struct authorization *a)
{
        bool someone = a->session.name != NULL;

        a->saved.session = someone ? a->session.name : "";
        if (saved_write(app, &a->saved) != 0)
                return response_failure(app, a->provider, &a->request);
        app->next = saved_path(app, &a->saved);
        return app_answer_redirect(app, someone ? app_login_again_url(app) : app_login_url(app));
}

/* ---- the code ---- */

static int
issue(struct app *app, struct authorization *a, const struct approval *approval)
{
        const struct request *r = &a->request;
        const struct grant grant = {.client = r->client->id,
            .openid = a->session.openid,
            .generation = a->session.generation,
            .approval = approval->id,
            .scope = r->scope,
            .session = a->session.name,
            .nonce = r->nonce,
            .id_token_claims = r->id_token_claims,
            .userinfo_claims = r->userinfo_claims,
            .auth_time = a->session.created};
        const struct grant_code of_code = {
            .redirect_uri = r->redirect_uri, .challenge = r->challenge, .is_plain = r->is_plain};
        const char *code;

        if (grant_begin(app, r->client, &grant, &of_code, &code) != 0)
                return response_failure(app, a->provider, r);
        return response_code(app, a->provider, r, code);
}

static bool
is_approved(struct app *app, const struct authorization *a, struct approval *approval)
{
        return approvals_find(app, &a->session.user, a->request.client->id, approval) == 0 &&
               request_is_within(app->arena, a->request.approval, approval->scope);
}

static int
ask(struct app *app, struct authorization *a)
{
        if (a->saved.id == NULL)
                a->saved.session = a->session.name;
        return saved_write(app, &a->saved) != 0
                   ? response_failure(app, a->provider, &a->request)
                   : approve_page_answer(app, &a->request, &a->saved, &a->session);
}

static int
approve(struct app *app, struct authorization *a)
{
        const struct request *r = &a->request;
        struct approval approval;
        bool known = is_approved(app, a, &approval);
        bool asks = a->answer == APPROVE_UNANSWERED &&
                    (r->asks_consent || (!known && !r->client->skip_consent));

        /* A5. Has the person agreed, or is the program the owner's own? */
        if (a->answer == APPROVE_NO)
                return refuse(app, a, "access_denied");
        if (asks && r->asks_none)
                return refuse(app, a, "consent_required");
        if (asks)
                return ask(app, a);

        /* A6. The code. */
        if (!known && approvals_add(app, a->session.openid, r->client, r->approval, &approval) != 0)
                return response_failure(app, a->provider, r);
        return issue(app, a, &approval);
}

/* ---- the steps ---- */

/* From A3 on every answer goes to the program. */
static int
go_on(struct app *app, struct authorization *a)
{
        const struct request *r = &a->request;
        const char *error;
        bool another;

        /* A3. Who is signed in, and is that enough? */
        if (find_session(app, a) != 0)
                return response_failure(app, a->provider, r);
        another = hints_at_another(app, a, &error);
        if (error != NULL)
                return refuse(app, a, error);
        if (needs_sign_in(app, a, another))
                return r->asks_none || (another && is_fresh(a)) ? refuse(app, a, "login_required")
                                                                : sign_in(app, a);

        /* A4. May that person sign in to the program? */
        if (!clients_admit(r->client, a->session.openid, &a->session.user))
                return refuse(app, a, "access_denied");
        return approve(app, a);
}

/* A1. A program that is known, and an address that it has registered; else a page. A2. The
 * parameters. Returns false if the answer is given, by *result. */
static bool
read_request(struct app *app, struct provider *provider, struct authorization *a, int *result)
{
        const char *error;

        a->provider = provider;
        if (request_find_client(&provider->clients, &a->saved.given, &a->request, &app->err) != 0) {
                *result = -1;
                return false;
        }
        error = request_check(app->arena, &a->saved.given, &a->request);
        if (error != NULL)
                *result = refuse(app, a, error);
        else if (provider_read_keys(app, provider) != 0)
                *result = response_failure(app, provider, &a->request);
        else
                return true;
        return false;
}

int
endpoint_authorize(struct app *app, struct provider *provider)
{
        struct authorization a = {.saved = {.given = *provider_given(&app->request)}};
        int result;

        if (!read_request(app, provider, &a, &result))
                return result;
        /* The cookie does not come with another site's form (SameSite=Lax): come again without. */
        if (strcmp(app->request.method, "POST") == 0) {
                a.saved.session = saved_unseen;
                return saved_write(app, &a.saved) != 0
                           ? response_failure(app, provider, &a.request)
                           : app_answer_redirect(app, saved_path(app, &a.saved));
        }
        return go_on(app, &a);
}

int
endpoint_continue(struct app *app, struct provider *provider)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        const char *id = pairs_get_once(provider_given(&app->request), "id");
        struct authorization a = {.answer = APPROVE_UNANSWERED};
        int result;

        if (saved_read(app, id, &a.saved) != 0)
                return -1;
        if (!read_request(app, provider, &a, &result))
                return result;
        /* Only the person who was asked can answer, and once. */
        if (post &&
            (approve_page_read(app, &a.saved, &a.answer) != 0 || saved_take(app, &a.saved) != 0))
                return -1;
        return go_on(app, &a);
}
