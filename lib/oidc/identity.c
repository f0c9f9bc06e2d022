#include "oidc/identity.h"

#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/json_build.h"
#include "format/jws.h"
#include "format/signed.h"
#include "host/os.h"
#include "oidc/claims.h"
#include "oidc/clients.h"
#include "oidc/grant.h"
#include "oidc/provider.h"
#include "web/app.h"

/* The type of a logout token's event (Back-Channel Logout 1.0, section 2.4). */
static const char logout_event[] = "http://schemas.openid.net/event/backchannel-logout";

/* The person's address in the owner's file, if there is one. */
static int
find_email(struct app *app, const char *openid, const char **email)
{
        struct pairs emails;
        size_t size;
        char *text;

        *email = NULL;
        if (*app->conf.oidc_emails == '\0')
                return 0;
        pairs_init(&emails, app->arena);
        if (host_file_read(
                app->host->arena, &app->host->emails, app->arena, &text, &size, &app->err) != 0 ||
            claims_parse_emails(
                app->arena, text, size, app->conf.oidc_emails, &emails, &app->err) != 0) {
                app->err.kind = ERR_CONFIG;
                return -1;
        }
        *email = pairs_get(&emails, openid);
        return 0;
}

static int
fill_person(struct app *app, const struct clients_item *client, const char *openid,
    const struct pairs *user, struct claims_person *person)
{
        *person = (struct claims_person){.openid = openid, .user = user};
        return client->email == EMAIL_FILE ? find_email(app, openid, &person->email) : 0;
}

int
identity_subject(struct app *app, const struct provider *provider,
    const struct clients_item *client, const char *openid, const struct pairs *user,
    const char **subject)
{
        const struct claims_person person = {.openid = openid, .user = user};

        return claims_subject(app->arena, client, provider->keys.salt, &person, subject, &app->err);
}

const char *
identity_sid(struct app *app, const char *session)
{
        return digest_hmac_text(
            app->arena, signed_key(app->arena, app->conf.secret, "sid"), session);
}

/* Adds those of all that the words name, unless the scope gave them. */
static void
add_named(const struct pairs *all, const char *words, struct pairs *fields)
{
        const struct pairs given = *fields;

        for (size_t i = 0; i < all->count; i++) {
                const struct pair *pair = &all->items[i];

                if (text_has_word(words, pair->name) && pairs_get(&given, pair->name) == NULL)
                        pairs_add_typed(fields, pair->name, pair->value, pair->type);
        }
}

int
identity_fill(struct app *app, const struct provider *provider, const struct clients_item *client,
    const struct grant *grant, const char *scope, const char *claims, struct pairs *fields)
{
        struct claims_person person;
        struct pairs all;
        const char *subject;

        if (fill_person(app, client, grant->openid, &grant->user, &person) != 0 ||
            claims_subject(app->arena, client, provider->keys.salt, &person, &subject, &app->err) !=
                0)
                return -1;
        pairs_add(fields, "sub", subject);
        claims_fill(&app->conf, client, scope, subject, &person, fields);
        pairs_init(&all, app->arena);
        claims_fill(&app->conf, client, client->scope, subject, &person, &all);
        add_named(&all, claims, fields);
        return 0;
}

/* Signs the text of claims as a token of that type (jws_sign()). */
static int
sign(struct app *app, const struct provider *provider, const struct clients_item *client,
    const char *type, const char *payload, const char **token)
{
        char *text;

        if (key_set_sign(app->arena, &provider->keys, client->algorithm, app->now, type, payload,
                &text, &app->err) != 0)
                return -1;
        *token = text;
        return 0;
}

int
identity_logout_token(struct app *app, const struct provider *provider,
    const struct clients_item *client, const char *subject, const char *session, const char **token)
{
        struct pairs fields;
        char *number, *payload;

        if (os_random_token(app->arena, &number, &app->err) != 0)
                return -1;
        pairs_init(&fields, app->arena);
        pairs_add(&fields, "iss", provider->issuer);
        pairs_add(&fields, "aud", client->id);
        pairs_add_number(&fields, "iat", app->now);
        pairs_add_number(&fields, "exp", app->now + IDENTITY_LOGOUT_SECONDS);
        pairs_add(&fields, "jti", number);
        pairs_add(&fields, "sub", subject);
        pairs_add(&fields, "sid", identity_sid(app, session));
        if (json_build(app->arena, &fields, &payload, &app->err) != 0)
                return -1;
        /* The event has no name for json_build_tree(), which divides names at each slash. */
        payload[strlen(payload) - 1] = '\0';
        return sign(app, provider, client, "logout+jwt",
            arena_printf(app->arena, "%s,\"events\":{\"%s\":{}}}", payload, logout_event), token);
}

int
identity_token(struct app *app, const struct provider *provider, const struct clients_item *client,
    const struct grant *grant, const char *nonce, const char *access_token, const char **token)
{
        const char *scope = client->id_token_claims ? grant->scope : "openid";
        struct pairs fields;
        char *payload;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "iss", provider->issuer);
        pairs_add(&fields, "aud", client->id);
        pairs_add_number(&fields, "exp", app->now + client->id_token_seconds);
        pairs_add_number(&fields, "iat", app->now);
        pairs_add_number(&fields, "auth_time", grant->auth_time);
        pairs_add(&fields, "nonce", *nonce == '\0' ? NULL : nonce);
        pairs_add(&fields, "at_hash", jws_half_hash(app->arena, access_token));
        pairs_add(&fields, "sid", identity_sid(app, grant->session));
        if (identity_fill(app, provider, client, grant, scope, grant->id_token_claims, &fields) !=
                0 ||
            json_build_tree(app->arena, &fields, &payload, &app->err) != 0)
                return -1;
        return sign(app, provider, client, "JWT", payload, token);
}
