#include "format/client.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "format/digest.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/url.h"

static const char basic[] = "Basic ";

/* Does text, size bytes, consist of letters, digits, '-' and '_', and is its size within [least,
 * most]? */
static bool
is_word(const char *text, size_t size, size_t least, size_t most)
{
        return size >= least && size <= most &&
               strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") >=
                   size;
}

bool
client_is_list(const char *text)
{
        for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
                size_t size = strcspn(text, " ");
                size_t name = strcspn(text, ": ");

                if (name == size || !is_word(text, name, 1, CLIENT_NAME_MAX) ||
                    !is_word(
                        text + name + 1, size - name - 1, CLIENT_SECRET_MIN, CLIENT_SECRET_MAX))
                        return false;
                text += size;
        }
        return true;
}

bool
client_has_name(const char *list, const char *name, size_t size)
{
        for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
                if (strcspn(list, ":") == size && memcmp(list, name, size) == 0)
                        return true;
                list += strcspn(list, " ");
        }
        return false;
}

bool
client_parse_basic(struct arena *arena, const char *authorization, struct client *client)
{
        const char *pair, *colon;
        size_t size;

        if (strncasecmp(authorization, basic, strlen(basic)) != 0)
                return false;
        authorization += strlen(basic);
        authorization += strspn(authorization, " ");
        pair = digest_base64_decode(arena, authorization, &size);
        if (pair == NULL || strlen(pair) != size)
                return false;
        colon = strchr(pair, ':');
        if (colon == NULL)
                return false;
        client->name = url_decode(arena, pair, (size_t)(colon - pair));
        client->secret = url_decode(arena, colon + 1, strlen(colon + 1));
        return true;
}

bool
client_parse_form(const struct pairs *form, struct client *client)
{
        client->name = pairs_get_once(form, "client_id");
        client->secret = pairs_get_once(form, "client_secret");
        return client->name != NULL && client->secret != NULL;
}

bool
client_read(
    struct arena *arena, const char *authorization, const struct pairs *form, struct client *client)
{
        const char *id = pairs_get(form, "client_id");

        if (pairs_count(form, "client_id") > 1 || pairs_count(form, "client_secret") > 1)
                return false;
        if (client_parse_basic(arena, authorization, client))
                return pairs_count(form, "client_secret") == 0 &&
                       (id == NULL || strcmp(id, client->name) == 0);
        client->name = id;
        client->secret = pairs_get_text(form, "client_secret");
        return true;
}

/* Splits the first name:secret off a valid list; returns its size. */
static size_t
split(struct arena *arena, const char *list, const char **name, const char **secret)
{
        size_t size = strcspn(list, " "), colon = strcspn(list, ":");

        *name = arena_copy(arena, list, colon);
        *secret = arena_copy(arena, list + colon + 1, size - colon - 1);
        return size;
}

bool
client_is_known(struct arena *arena, const char *list, const struct client *client)
{
        bool known = false;

        for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
                const char *name, *secret;

                list += split(arena, list, &name, &secret);
                known |= digest_equal(secret, client->secret) && strcmp(name, client->name) == 0;
        }
        return known;
}

const char *
client_of_secret(struct arena *arena, const char *list, const char *secret)
{
        const char *found = NULL;

        for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
                const char *name, *known;

                list += split(arena, list, &name, &known);
                if (digest_equal(known, secret))
                        found = name;
        }
        return found;
}
