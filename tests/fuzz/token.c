/* token: a request to /token: an Authorization header (the input's first text), and the form (the
 * rest). Who asks, and for which code or refresh token. */
#include "fuzz.h"

#include <strings.h>

#include "format/client.h"
#include "format/digest.h"
#include "format/url.h"
#include "oidc/clients.h"
#include "oidc/clients_file.h"
#include "oidc/request.h"

/* The secret of shop is "s"; page is public; lost has a hash that nothing has. */
static const char file[] = "[{\"client_id\": \"shop\", \"client_secret_sha256\": "
                           "\"043a718774c572bd8a25adbeb1bfcd5c0256ae11cecf9f9c3f925d0e52beaf89\","
                           "\"redirect_uris\": [\"https://a.example/cb\"]},"
                           "{\"client_id\": \"page\", \"token_endpoint_auth_method\": \"none\","
                           "\"redirect_uris\": [\"http://127.0.0.1/cb\"]},"
                           "{\"client_id\": \"lost\", \"client_secret_sha256\": "
                           "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
                           "\"redirect_uris\": [\"https://b.example/cb\"]}]";

/* The code_challenge of the verifier in the seeds (RFC 7636, appendix B). */
static const char challenge[] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/* Whoever is let in has given id and secret once each, in one way. */
static void
check_client(const char *header, const struct pairs *form, const struct client *by,
    const struct clients_item *client)
{
        bool basic = strncasecmp(header, "Basic ", 6) == 0;

        CHECK(strcmp(client->id, by->name) == 0 && strcmp(client->id, "lost") != 0);
        CHECK(strcmp(by->secret, client->is_public ? "" : "s") == 0);
        CHECK(pairs_count(form, "client_id") <= 1 && pairs_count(form, "client_secret") <= 1);
        CHECK(basic || pairs_count(form, "client_id") == 1);
}

/* A verifier is good only for its own challenge, and where there is none, only without one. */
static void
check_verifier(struct arena *arena, const char *verifier)
{
        uint8_t hash[DIGEST_SIZE];

        CHECK(request_is_verified(arena, "", false, verifier) == (verifier == NULL));
        if (verifier == NULL) {
                CHECK(!request_is_verified(arena, challenge, false, verifier));
                return;
        }
        digest_sha256(verifier, strlen(verifier), hash);
        if (request_is_verified(arena, challenge, false, verifier))
                CHECK(strcmp(digest_base64url(arena, hash, sizeof(hash)), challenge) == 0);
        if (request_is_verified(arena, challenge, true, verifier))
                CHECK(strcmp(verifier, challenge) == 0);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *header = fuzz_text(arena, &data, &size);
        char *text = arena_copy(arena, data, size);
        const struct clients_item *client;
        struct err err = {.kind = ERR_NONE};
        struct clients clients;
        struct pairs form;
        struct client by;
        const char *scope;

        pairs_init(&form, arena);
        CHECK(clients_parse(arena, file, strlen(file), "clients.json", &clients, &err) == 0);
        if (url_read_form(arena, text, strlen(text), &form) != NULL ||
            !client_read(arena, header, &form, &by))
                return;
        client = by.name == NULL ? NULL : clients_authenticate(&clients, by.name, by.secret);
        if (client == NULL)
                return;
        check_client(header, &form, &by, client);
        check_verifier(arena, pairs_get_once(&form, "code_verifier"));
        scope = pairs_get_text(&form, "scope");
        if (request_is_within(arena, scope, "openid profile"))
                CHECK(strstr(scope, "email") == NULL && strstr(scope, "groups") == NULL);
}
