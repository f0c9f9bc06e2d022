/* template: a template, the words of a language, and two values: four texts. */
#include "fuzz.h"

#include "format/page.h"
#include "base/text.h"

static size_t
count(const char *text, char byte)
{
        size_t n = 0;

        for (; *text != '\0'; text++)
                n += *text == byte;
        return n;
}

static void
fuzz_try(struct arena *arena, const uint8_t *data, size_t size)
{
        const char *template = fuzz_text(arena, &data, &size);
        const char *language = fuzz_text(arena, &data, &size);
        struct err err = {.kind = ERR_NONE};
        struct pairs words, values;
        char *html, *text;

        pairs_init(&words, arena);
        pairs_init(&values, arena);
        pairs_add(&values, "nickname", fuzz_text(arena, &data, &size));
        pairs_add(&values, "code", fuzz_text(arena, &data, &size));
        pairs_add(&values, "list/0/name", "<0>");
        pairs_add(&values, "list/1/name", "\"1'");
        page_parse_words(arena, language, &words);
        if (page_render(arena, template, &words, &values, &html, &err) != 0) {
                CHECK(fuzz_is_error(&err) && err.kind == ERR_CONFIG);
        } else {
                /* All markup is the template's own: none comes from values or words. A part may
                 * appear twice, for the two elements of the list. */
                size_t times = strstr(template, "{{*") == NULL ? 1 : 2;

                CHECK(count(html, '<') <= times * count(template, '<'));
                CHECK(count(html, '>') <= times * count(template, '>'));
                CHECK(count(html, '"') <= times * count(template, '"'));
                CHECK(count(html, '\'') <= times * count(template, '\''));
                if (strstr(template, "{{") == NULL)
                        CHECK(strcmp(html, template) == 0);
        }
        if (page_render_text(arena, template, &values, &text, &err) != 0)
                CHECK(fuzz_is_error(&err) && err.kind == ERR_CONFIG);
        else if (strstr(template, "{{") == NULL)
                CHECK(strcmp(text, template) == 0);
}
