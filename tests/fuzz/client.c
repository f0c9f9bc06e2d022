/* client: an Authorization header (the input's first text) and a list of clients (the rest). */
#include "fuzz.h"

#include <strings.h>

#include "format/client.h"

/* Is name:secret in the list? */
static bool
holds(struct arena *arena, const char *list, const struct client *client)
{
        char *word = arena_printf(arena, "%s:%s", client->name, client->secret);
        size_t size = strlen(word);

        if (strpbrk(word, " ") != NULL)
                return false;
        for (const char *at = list; (at = strstr(at, word)) != NULL; at++)
                if ((at == list || at[-1] == ' ') && strchr(" ", at[size]) != NULL)
                        return true;
        return false;
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        char *header = fuzz_text(arena, &data, &size);
        char *list = arena_copy(arena, data, size);
        struct client client;

        if (!client_parse_basic(arena, header, &client))
                return;
        CHECK(strncasecmp(header, "Basic ", 6) == 0);
        if (!client_is_list(list))
                return;
        CHECK(client_is_known(arena, list, &client) == holds(arena, list, &client));
        CHECK(!client_is_known(arena, "", &client));
}
