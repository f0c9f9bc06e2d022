#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "conf/conf.h"
#include "format/json_build.h"
#include "oidc/endpoints.h"
#include "oidc/provider.h"
#include "web/app.h"

/* Programs keep both for so long; a new key is published a day before it signs (key_set.h). */
enum { CACHE_SECONDS = 3600 };

static const struct {
        const char *name, *endpoint;
} addresses[] = {{"authorization_endpoint", "/authorize"}, {"token_endpoint", "/token"},
    {"userinfo_endpoint", "/userinfo"}, {"jwks_uri", "/jwks"}, {"revocation_endpoint", "/revoke"},
    {"introspection_endpoint", "/introspect"}, {"end_session_endpoint", "/logout"}};

static const struct {
        const char *name, *words;
} lists[] = {{"response_types_supported", "code"}, {"response_modes_supported", "query form_post"},
    {"grant_types_supported", "authorization_code refresh_token"},
    {"subject_types_supported", "public pairwise"},
    {"id_token_signing_alg_values_supported", "RS256 ES256"},
    {"token_endpoint_auth_methods_supported", "client_secret_basic client_secret_post none"},
    {"revocation_endpoint_auth_methods_supported", "client_secret_basic client_secret_post none"},
    {"introspection_endpoint_auth_methods_supported", "client_secret_basic client_secret_post"},
    {"code_challenge_methods_supported", "S256"},
    {"scopes_supported", "openid profile email groups offline_access"},
    {"claims_supported",
        "sub name nickname preferred_username picture gender locale updated_at email "
        "email_verified groups auth_time sid"},
    {"prompt_values_supported", "none login consent"}, {"ui_locales_supported", "zh-CN zh-TW en"}};

static const struct {
        const char *name, *value;
} switches[] = {{"claims_parameter_supported", "true"}, {"request_parameter_supported", "false"},
    {"request_uri_parameter_supported", "false"},
    {"authorization_response_iss_parameter_supported", "true"},
    {"backchannel_logout_supported", "true"}, {"backchannel_logout_session_supported", "true"},
    {"frontchannel_logout_supported", "true"}, {"frontchannel_logout_session_supported", "true"}};

static void
add_words(struct pairs *fields, const char *name, const char *words)
{
        while (*words != '\0') {
                size_t size = strcspn(words, " ");

                pairs_add_typed(fields, name, arena_copy(fields->arena, words, size), PAIR_ITEM);
                words += size + (words[size] == ' ');
        }
}

int
endpoint_metadata(struct app *app, struct provider *provider)
{
        struct pairs fields;
        char *text;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "issuer", provider->issuer);
        for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
                pairs_add(&fields, addresses[i].name,
                    conf_url(app->arena, &app->conf, provider_path(app, addresses[i].endpoint)));
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
                add_words(&fields, lists[i].name, lists[i].words);
        for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
                pairs_add_typed(&fields, switches[i].name, switches[i].value, PAIR_BOOL);
        if (json_build_tree(app->arena, &fields, &text, &app->err) != 0)
                return -1;
        return app_answer_public(app, "application/json", text, CACHE_SECONDS);
}

int
endpoint_jwks(struct app *app, struct provider *provider)
{
        if (provider_read_keys(app, provider) != 0)
                return -1;
        return app_answer_public(app, "application/json",
            key_set_published(app->arena, &provider->keys, app->now), CACHE_SECONDS);
}
