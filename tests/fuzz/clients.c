/* clients: an address (the input's first text) and the file of the clients (the rest). */
#include "fuzz.h"

#include "format/json_file.h"
#include "format/url.h"
#include "oidc/clients.h"
#include "oidc/clients_file.h"
#include "oidc/clients_text.h"

/* What must hold for each client that was accepted. */
static void
check_client(struct arena *arena, const struct clients *clients, const struct clients_item *client)
{
        CHECK(clients_find(clients, client->id) == client);
        CHECK(fuzz_is_visible(client->id) && *client->id != '\0' &&
              strlen(client->id) <= CLIENTS_ID_MAX);
        CHECK(fuzz_is_clean(client->name, ""));
        CHECK(client->is_public == (*client->secret_sha256 == '\0'));
        CHECK(!client->is_public || (client->require_pkce && !client->allow_plain_pkce));
        CHECK(client->redirect_uris.count > 0 && client->redirect_uris.count <= CLIENTS_URIS_MAX);
        for (size_t i = 0; i < client->redirect_uris.count; i++) {
                const char *uri = client->redirect_uris.items[i].value;

                CHECK(fuzz_is_visible(uri) && strpbrk(uri, "#*\\<>\"") == NULL);
                CHECK(strlen(uri) <= CLIENTS_URI_MAX && clients_may_redirect(client, uri));
                CHECK(strncmp(uri, "javascript:", 11) != 0 && strncmp(uri, "data:", 5) != 0);
                if (strncmp(uri, "http", 4) == 0 && strchr("s:", uri[4]) != NULL)
                        CHECK(url_origin(arena, uri) != NULL);
        }
        CHECK(clients_authenticate(clients, client->id, "") == (client->is_public ? client : NULL));
        CHECK(clients_authenticate(clients, client->id, client->secret_sha256) == NULL ||
              client->is_public);
        CHECK(*clients_scope(arena, client, "") == '\0');
}

/* An address that is accepted is on a list, or on this computer. */
static void
check_address(const struct clients_item *client, const char *uri)
{
        bool listed = false;

        for (size_t i = 0; i < client->redirect_uris.count; i++)
                listed |= strcmp(client->redirect_uris.items[i].value, uri) == 0;
        CHECK(!clients_may_redirect(client, uri) || listed ||
              strncmp(uri, "http://127.0.0.1", 16) == 0 || strncmp(uri, "http://[::1]", 12) == 0);
}

/* What is added can be removed, and leaves the others. */
static void
check_changes(struct arena *arena, const char *text, size_t count)
{
        static const char entry[] =
            "{\"client_id\":\"~fuzz\",\"token_endpoint_auth_method\":\"none\","
            "\"redirect_uris\":[\"https://a.example/\"]}";
        struct err err = {.kind = ERR_NONE};
        struct clients clients;
        char *added, *removed;

        if (clients_text_add(arena, text, entry, &added, &err) != 0) {
                CHECK(fuzz_is_error(&err));
                return;
        }
        if (clients_parse(arena, added, strlen(added), "c", &clients, &err) != 0)
                return; /* it had that client, or as many as there may be */
        CHECK(clients.count == count + 1);
        CHECK(clients_text_remove(arena, added, "~fuzz", &removed, &err) == 0);
        CHECK(clients_parse(arena, removed, strlen(removed), "c", &clients, &err) == 0);
        CHECK(clients.count == count);
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *uri = fuzz_text(arena, &data, &size);
        const char *text = arena_copy(arena, data, size);
        struct err err = {.kind = ERR_NONE};
        struct clients clients;
        struct json_file file;
        int result = clients_parse(arena, text, strlen(text), "clients.json", &clients, &err);

        json_file_read(arena, text, strlen(text), &file);
        (void)clients_check(&file);
        CHECK((result == 0) == (file.count == 0));
        if (result != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_CONFIG);
                CHECK(strncmp(err.text, "clients.json, ", 14) == 0);
                return;
        }
        for (size_t i = 0; i < clients.count; i++) {
                check_client(arena, &clients, &clients.items[i]);
                check_address(&clients.items[i], uri);
        }
        check_changes(arena, text, clients.count);
}
