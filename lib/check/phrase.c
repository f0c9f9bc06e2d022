#include "check/phrase.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/text.h"
#include "format/page.h"
#include "web/app.h"

static const char prefix[] = "mistake.";
/* Before the names of the English sentences among the words of another language. */
static const char mark[] = "pattern:";

enum { AROUND = 10000 };

static bool
read_file(struct app *app, const char *language, struct pairs *words)
{
        bool read = app_read_words(app, arena_printf(app->arena, "check.%s", language), words) == 0;

        err_clear(&app->err);
        return read;
}

void
phrase_read(struct app *app, const char *language, struct pairs *words)
{
        struct pairs english;

        pairs_init(words, app->arena);
        if (!read_file(app, language, words) || strcmp(language, "en") == 0 ||
            !read_file(app, "en", &english))
                return;
        for (size_t i = 0; i < english.count; i++)
                if (text_starts_with(english.items[i].name, prefix))
                        pairs_add(words,
                            arena_printf(app->arena, "%s%s", mark, english.items[i].name),
                            english.items[i].value);
}

/* Has text the form of the pattern? Then adds its values. */
static bool
fits(struct arena *arena, const char *pattern, const char *text, struct pairs *values)
{
        const char *open;

        while ((open = strstr(pattern, "{{")) != NULL) {
                size_t size = (size_t)(open - pattern);
                const char *close = strstr(open, "}}"), *next, *end;

                if (close == NULL || strncmp(text, pattern, size) != 0)
                        return false;
                text += size;
                pattern = close + 2;
                next = strstr(pattern, "{{");
                size = next == NULL ? strlen(pattern) : (size_t)(next - pattern);
                if (next == NULL)
                        end = strlen(text) < size ? NULL : text + strlen(text) - size;
                else
                        end = strstr(text, arena_copy(arena, pattern, size));
                if (end == NULL || end == text)
                        return false;
                pairs_add(values, arena_copy(arena, open + 2, (size_t)(close - open) - 2),
                    arena_copy(arena, text, (size_t)(end - text)));
                text = end;
        }
        return strcmp(text, pattern) == 0;
}

/* Counts the characters of a pattern outside its values: the more, the closer it fits. One that
 * stands around another sentence, "line 3: …", comes before all others. */
static size_t
weight(const char *pattern)
{
        size_t count = strstr(pattern, "{{rest}}") == NULL ? 0 : AROUND;

        while (*pattern != '\0') {
                size_t size = strcspn(pattern, "{");

                count += size;
                pattern += size;
                if (strncmp(pattern, "{{", 2) == 0 && strstr(pattern, "}}") != NULL)
                        pattern = strstr(pattern, "}}") + 2;
                else if (*pattern != '\0')
                        pattern++;
        }
        return count;
}

const char *
phrase_translate(struct arena *arena, const struct pairs *words, const char *text)
{
        const char *name = NULL, *rest;
        struct pairs values, best;
        size_t most = 0;
        struct err err;
        char *said;

        for (size_t i = 0; i < words->count; i++) {
                const struct pair *word = &words->items[i];

                pairs_init(&values, arena);
                if (!text_starts_with(word->name, mark) || weight(word->value) <= most ||
                    !fits(arena, word->value, text, &values))
                        continue;
                most = weight(word->value);
                name = word->name + strlen(mark);
                best = values;
        }
        if (name == NULL)
                return text;
        rest = pairs_get(&best, "rest");
        if (rest != NULL) {
                pairs_remove(&best, "rest");
                pairs_add(&best, "rest", phrase_translate(arena, words, rest));
        }
        return page_render_text(arena, pairs_get_text(words, name), &best, &said, &err) == 0 ? said
                                                                                             : text;
}
