#include "chat.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "docs.h"
#include "format/json.h"
#include "format/json_build.h"

/* A line of the file is an entry; its place is that of its first byte. */
enum { TAIL = 512 * 1024 };

static char *
file_of(struct app *app, const char *openid)
{
        return arena_printf(app->arena, "chat-%s.jsonl", openid);
}

int
chat_add(struct app *app, const char *openid, const struct pairs *entry)
{
        struct pairs line;
        char *text;

        pairs_init(&line, app->arena);
        pairs_add_number(&line, "time", app->now);
        for (size_t i = 0; i < entry->count; i++)
                pairs_add_typed(
                    &line, entry->items[i].name, entry->items[i].value, entry->items[i].type);
        return json_build_tree(app->arena, &line, &text, &app->err) != 0
                   ? -1
                   : docs_append(app, file_of(app, openid), text);
}

/* Is it the line of a result? Within a text, the quotes would be escaped. */
static bool
is_result(struct app *app, const char *line)
{
        char *text = arena_copy(app->arena, line, strcspn(line, "\n"));

        return strstr(text, "\"kind\":\"result\"") != NULL;
}

/* Returns where the latest CHAT_SHOWN_MAX lines of text that are no results begin. */
static const char *
begin_of(struct app *app, const char *text)
{
        size_t size = strlen(text), begin = size, lines = 0;

        while (size > 0 && lines < CHAT_SHOWN_MAX) {
                size--;
                while (size > 0 && text[size - 1] != '\n')
                        size--;
                begin = size;
                lines += !is_result(app, text + size);
        }
        return text + begin;
}

/* Adds the entry in a line as chat/<number>/… */
static int
add_entry(struct app *app, const char *line, size_t size, size_t number, struct pairs *entries)
{
        struct pairs entry;

        pairs_init(&entry, app->arena);
        if (json_parse_tree(app->arena, line, size, &entry, &app->err) != 0)
                return -1;
        for (size_t i = 0; i < entry.count; i++)
                pairs_add_typed(entries,
                    arena_printf(app->arena, "chat/%zu/%s", number, entry.items[i].name),
                    entry.items[i].value, entry.items[i].type);
        return 0;
}

int
chat_read(struct app *app, const char *openid, long long after, bool with_results,
    struct pairs *entries, long long *end)
{
        const char *file = file_of(app, openid), *line, *next;
        long long from;
        size_t count = 0;
        char *text;

        if (docs_read_from(app, file, after, &text, end) != 0)
                return -1;
        from = *end - after > TAIL ? *end - TAIL : after;
        line = text + (from - after);
        if (from > after)
                line = strchr(line, '\n') == NULL ? "" : strchr(line, '\n') + 1;
        for (line = begin_of(app, line); (next = strchr(line, '\n')) != NULL; line = next + 1) {
                if (!with_results && is_result(app, line))
                        continue;
                if (add_entry(app, line, (size_t)(next - line), count++, entries) != 0)
                        return -1;
        }
        return 0;
}
