#include "oidc/clients_text.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/json_find.h"
#include "oidc/clients.h"
#include "oidc/clients_file.h"

/* Returns text with what stands in [begin, end) replaced. */
static char *
splice(struct arena *arena, const char *text, const char *begin, const char *end, const char *with)
{
        return arena_printf(arena, "%.*s%s%s", (int)(begin - text), text, with, end);
}

/* Returns the value at path of the entry with that number; NULL: it is not found. */
static const char *
find(struct arena *arena, const char *text, size_t number, const char *path)
{
        return json_find(text, arena_printf(arena, "%zu%s", number, path));
}

static int
refuse_place(struct err *err)
{
        return err_set(
            err, ERR_CONFIG, "oidc_clients: the file could not be changed: edit it by hand");
}

/* Reads the clients, and the number of that with id. */
static int
look_up(struct arena *arena, const char *text, const char *id, struct clients *clients,
    size_t *number, struct err *err)
{
        const struct clients_item *found;

        if (clients_parse(arena, text, strlen(text), "oidc_clients", clients, err) != 0)
                return -1;
        found = clients_find(clients, id);
        if (found == NULL)
                return err_set(err, ERR_NOT_FOUND, "oidc_clients: there is no client %s", id);
        *number = (size_t)(found - clients->items);
        return 0;
}

int
clients_text_add(
    struct arena *arena, const char *text, const char *entry, char **changed, struct err *err)
{
        struct clients clients;
        const char *at;

        if (*text == '\0') {
                *changed = arena_printf(arena, "[\n  %s\n]\n", entry);
                return 0;
        }
        if (clients_parse(arena, text, strlen(text), "oidc_clients", &clients, err) != 0)
                return -1;
        if (clients.count == 0) {
                at = json_find(text, "");
                *changed = splice(
                    arena, text, at, json_find_end(at), arena_printf(arena, "[\n  %s\n]", entry));
                return 0;
        }
        at = find(arena, text, clients.count - 1, "");
        if (at == NULL)
                return refuse_place(err);
        at = json_find_end(at);
        *changed = splice(arena, text, at, at, arena_printf(arena, ",\n  %s", entry));
        return 0;
}

int
clients_text_remove(
    struct arena *arena, const char *text, const char *id, char **changed, struct err *err)
{
        struct clients clients;
        const char *begin, *end;
        size_t number;

        if (look_up(arena, text, id, &clients, &number, err) != 0)
                return -1;
        begin = find(arena, text, number, "");
        if (begin == NULL)
                return refuse_place(err);
        end = json_find_end(begin);
        if (number > 0) /* with the comma before it; the first one with that behind it */
                begin = json_find_end(find(arena, text, number - 1, ""));
        else if (clients.count > 1)
                end = find(arena, text, 1, "");
        *changed = splice(arena, text, begin, end, "");
        return 0;
}

int
clients_text_set_secret(struct arena *arena, const char *text, const char *id,
    const char *secret_sha256, char **changed, struct err *err)
{
        struct clients clients;
        const char *at;
        size_t number;

        if (look_up(arena, text, id, &clients, &number, err) != 0)
                return -1;
        if (clients.items[number].is_public)
                return err_set(err, ERR_DENIED, "oidc_clients: %s is public and has no secret", id);
        at = find(arena, text, number, "/client_secret_sha256");
        if (at == NULL)
                return refuse_place(err);
        *changed = splice(
            arena, text, at, json_find_end(at), arena_printf(arena, "\"%s\"", secret_sha256));
        return 0;
}
