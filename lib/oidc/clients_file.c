#include "oidc/clients_file.h"

#include "base/arena.h"
#include "base/err.h"
#include "format/json.h"
#include "format/json_file.h"
#include "oidc/client_entry.h"

static int
add_client(
    struct arena *arena, const struct pairs *fields, struct clients *clients, struct err *err)
{
        struct clients_item *item = &clients->items[clients->count];

        if (client_entry_read(arena, fields, item, err) != 0)
                return -1;
        if (clients_find(clients, item->id) != NULL)
                return err_set(err, ERR_CONFIG, "another entry has the \"client_id\" %s", item->id);
        if (clients->count == CLIENTS_MAX)
                return err_set(err, ERR_CONFIG, "there are more than %d clients", CLIENTS_MAX);
        clients->count++;
        return 0;
}

int
clients_parse(struct arena *arena, const char *text, size_t size, const char *file,
    struct clients *clients, struct err *err)
{
        struct err inner = {.kind = ERR_NONE};
        struct clients read = {NULL, 0};
        struct json_element *elements;
        size_t count;

        if (json_parse_array(arena, text, size, &elements, &count, &inner) != 0)
                return err_set(err, inner.kind == ERR_SYSTEM ? ERR_SYSTEM : ERR_CONFIG, "%s, %s",
                    file, inner.text);
        read.items = arena_alloc(arena, count * sizeof(*read.items));
        for (size_t i = 0; i < count; i++)
                if (add_client(arena, elements[i].fields, &read, &inner) != 0)
                        return err_set(err, inner.kind, "%s, entry %zu (line %d): %s", file, i + 1,
                            elements[i].line, inner.text);
        *clients = read;
        return 0;
}

size_t
clients_check(struct json_file *file)
{
        struct err err = {.kind = ERR_NONE};
        struct clients clients = {NULL, 0};
        struct json_element *elements;
        size_t count;

        json_file_elements(file, &elements, &count);
        clients.items = arena_alloc(file->arena, count * sizeof(*clients.items));
        for (size_t i = 0; i < count; i++)
                if (add_client(file->arena, elements[i].fields, &clients, &err) != 0)
                        json_file_add_error(file, elements[i].line, &err);
        return count;
}
