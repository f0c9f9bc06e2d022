/* authorize: an authorization request (the input's first text), and the verifier of the token
 * request that redeems its code (in the rest, a form). */
#include "fuzz.h"

#include "format/url.h"
#include "oidc/clients.h"
#include "oidc/clients_file.h"
#include "oidc/request.h"

static const char file[] =
    "[{\"client_id\": \"shop\", \"client_secret_sha256\": "
    "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
    "\"scope\": \"openid profile email\", \"redirect_uris\": [\"https://a.example/cb\"]},"
    "{\"client_id\": \"page\", \"token_endpoint_auth_method\": \"none\","
    "\"redirect_uris\": [\"http://127.0.0.1/cb\", \"com.example:/cb\"]}]";

/* Only a registered address gets an answer, and each value that is kept is one that was given. */
static void
check_request(struct arena *arena, const struct pairs *given, const struct request *request)
{
        struct pairs again;

        CHECK(clients_may_redirect(request->client, request->redirect_uri));
        CHECK(pairs_count(given, "redirect_uri") == 1 && pairs_count(given, "client_id") == 1);
        CHECK(request_is_within(arena, request->scope, request->client->scope));
        CHECK(request_is_within(arena, request->scope, request->approval));
        CHECK(request_is_within(arena, request->approval, request->client->scope));
        CHECK(!request->client->require_pkce || *request->challenge != '\0');
        CHECK(!request->is_plain || request->client->allow_plain_pkce);
        CHECK(!request->asks_none || (!request->asks_login && !request->asks_consent));
        CHECK(request->max_age >= -1);
        /* What is saved reads back as the same request. */
        pairs_init(&again, arena);
        CHECK(url_read_form(arena, request_format(arena, given),
                  strlen(request_format(arena, given)), &again) == NULL);
        CHECK(strcmp(request_format(arena, &again), request_format(arena, given)) == 0);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *query = fuzz_text(arena, &data, &size);
        char *form = arena_copy(arena, data, size);
        struct err err = {.kind = ERR_NONE};
        struct pairs given, fields;
        struct clients clients;
        struct request request;
        const char *verifier;

        pairs_init(&given, arena);
        pairs_init(&fields, arena);
        CHECK(clients_parse(arena, file, strlen(file), "clients.json", &clients, &err) == 0);
        (void)url_read_form(arena, query, strlen(query), &given);
        if (request_find_client(&clients, &given, &request, &err) != 0) {
                CHECK(err.kind == ERR_REQUEST && strstr(err.text, "http") == NULL);
                return;
        }
        if (request_check(arena, &given, &request) != NULL)
                return;
        check_request(arena, &given, &request);
        (void)url_read_form(arena, form, strlen(form), &fields);
        verifier = pairs_get(&fields, "code_verifier");
        if (request_is_verified(arena, request.challenge, request.is_plain, verifier))
                CHECK((verifier == NULL) == (*request.challenge == '\0'));
}
