#include "owner/checked.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "check/phrase.h"
#include "owner/desk.h"
#include "owner/editable.h"
#include "web/app.h"

enum { EXCERPT_SIZE = 120 };

void
checked_read(const struct desk *desk, const struct editable *kind, const char *text, size_t size,
    struct checked *checked)
{
        json_file_read(desk->app->arena, text, size, &checked->file);
        checked->entries = kind->check(&checked->file);
}

/* Returns the beginning of a line, without the blanks before it. */
static const char *
excerpt(struct arena *arena, const char *text, int line)
{
        const char *copy;
        size_t size;

        while (--line > 0 && (text = strchr(text, '\n')) != NULL)
                text++;
        if (text == NULL)
                return "";
        text += strspn(text, " \t");
        size = strcspn(text, "\n");
        copy = text_clean(arena, arena_copy(arena, text, size));
        size = text_cut(copy, EXCERPT_SIZE);
        return copy[size] == '\0' ? copy : arena_printf(arena, "%.*s…", (int)size, copy);
}

void
checked_show(struct desk *desk, const struct checked *checked, const char *prefix, size_t most)
{
        struct app *app = desk->app;
        struct arena *arena = app->arena;
        struct pairs words;

        if (checked->file.count == 0)
                return;
        phrase_read(app, app->language, &words);
        for (size_t i = 0; i < checked->file.count && i < most; i++) {
                const struct json_mistake *mistake = &checked->file.mistakes[i];
                const char *path = arena_printf(arena, "%smistakes/%zu", prefix, i);

                pairs_add_number(&app->page, arena_printf(arena, "%s/line", path), mistake->line);
                pairs_add(&app->page, arena_printf(arena, "%s/text", path),
                    phrase_translate(arena, &words, mistake->en));
                pairs_add(&app->page, arena_printf(arena, "%s/excerpt", path),
                    excerpt(arena, checked->file.text, mistake->line));
        }
        if (checked->file.count > most)
                pairs_add_number(&app->page, arena_printf(arena, "%smore", prefix),
                    (long long)(checked->file.count - most));
}
