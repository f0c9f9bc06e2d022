#include "oidc/clients.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "format/digest.h"
#include "signin/role.h"

const struct clients_item *
clients_find(const struct clients *clients, const char *id)
{
        for (size_t i = 0; i < clients->count; i++)
                if (strcmp(clients->items[i].id, id) == 0)
                        return &clients->items[i];
        return NULL;
}

const struct clients_item *
clients_authenticate(const struct clients *clients, const char *id, const char *secret)
{
        /* Nothing has the first hash: so an unknown client takes as long as a known one. The other
         * is that of "". */
        static const char none[] =
            "0000000000000000000000000000000000000000000000000000000000000000";
        static const char empty[] =
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        const struct clients_item *client = NULL;
        const char *expected = none;
        char hex[DIGEST_HEX_SIZE + 1];

        for (size_t i = 0; i < clients->count; i++) {
                const struct clients_item *item = &clients->items[i];

                if (strcmp(item->id, id) == 0) {
                        client = item;
                        expected = item->is_public ? empty : item->secret_sha256;
                }
        }
        digest_sha256_hex(secret, strlen(secret), hex);
        return digest_equal(hex, expected) ? client : NULL;
}

/* ---- addresses ---- */

static bool
has_value(const struct pairs *values, const char *value)
{
        for (size_t i = 0; i < values->count; i++)
                if (strcmp(values->items[i].value, value) == 0)
                        return true;
        return false;
}

/* Returns the size of http://127.0.0.1 or http://[::1] that uri begins with; 0: with neither. */
static size_t
loopback_size(const char *uri)
{
        static const char *const loopbacks[] = {"http://127.0.0.1", "http://[::1]"};

        for (size_t i = 0; i < sizeof(loopbacks) / sizeof(loopbacks[0]); i++) {
                size_t size = strlen(loopbacks[i]);

                if (strncmp(uri, loopbacks[i], size) == 0 && strchr(":/?", uri[size]) != NULL)
                        return size;
        }
        return 0;
}

/* Returns what follows a port, if there is one. NULL: it is not a number up to 65535. */
static const char *
skip_port(const char *at)
{
        long number = 0;
        size_t digits;

        if (*at != ':')
                return at;
        digits = strspn(++at, "0123456789");
        if (digits < 1 || digits > 5)
                return NULL;
        for (size_t i = 0; i < digits; i++)
                number = 10 * number + (at[i] - '0');
        return number > 0 && number <= 65535 ? at + digits : NULL;
}

static bool
differ_in_port(const char *a, const char *b)
{
        size_t size = loopback_size(a);
        const char *rest_a, *rest_b;

        if (size == 0 || strncmp(a, b, size) != 0)
                return false;
        rest_a = skip_port(a + size);
        rest_b = skip_port(b + size);
        return rest_a != NULL && rest_b != NULL && strcmp(rest_a, rest_b) == 0;
}

bool
clients_may_redirect(const struct clients_item *client, const char *uri)
{
        if (has_value(&client->redirect_uris, uri))
                return true;
        for (size_t i = 0; i < client->redirect_uris.count; i++)
                if (differ_in_port(client->redirect_uris.items[i].value, uri))
                        return true;
        return false;
}

bool
clients_may_return(const struct clients_item *client, const char *uri)
{
        return has_value(&client->logout_uris, uri);
}

/* ---- what it may ask for, and whom it lets in ---- */

char *
clients_scope(struct arena *arena, const struct clients_item *client, const char *asked)
{
        struct buf granted;

        buf_init(&granted, arena);
        for (asked += strspn(asked, " "); *asked != '\0'; asked += strspn(asked, " ")) {
                size_t size = strcspn(asked, " ");
                const char *word = arena_copy(arena, asked, size);

                asked += size;
                if (!text_has_word(client->scope, word) || text_has_word(granted.data, word))
                        continue;
                buf_add_text(&granted, granted.size == 0 ? "" : " ");
                buf_add_text(&granted, word);
        }
        return buf_finish(&granted);
}

bool
clients_admit(const struct clients_item *client, const char *openid, const struct pairs *user)
{
        return (client->allowed_users.count == 0 || has_value(&client->allowed_users, openid)) &&
               (client->required_roles.count == 0 || role_has_one(user, &client->required_roles));
}
