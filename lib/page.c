#include "page.h"

#include <stdbool.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "pairs.h"
#include "text.h"

/* GROWTH: what values and words usually add to a template. */
enum { DEPTH_MAX = 16, GROWTH = 1024 };

struct renderer {
        struct arena *arena;
        const struct pairs *words; /* NULL: it is a text, not HTML */
        const struct pairs *values;
        struct buf out;
        struct err *err;
};

/* Sections that are open: their names, and whether what is inside is shown. */
struct sections {
        const char *names[DEPTH_MAX];
        bool shown[DEPTH_MAX + 1];
        size_t depth;
};

static int render(struct renderer *r, const char *template, bool in_word);

static bool
is_name(const char *text)
{
        const char *p = text;

        while ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_' || *p == '.')
                p++;
        return p > text && *p == '\0';
}

static int
put_value(struct renderer *r, const char *name, bool in_word)
{
        const char *value = pairs_get_text(r->values, name);
        const char *word;

        if (r->words == NULL || strchr(name, '.') == NULL) {
                buf_add_text(&r->out, r->words == NULL ? value : text_escape_html(r->arena, value));
                return 0;
        }
        word = in_word ? NULL : pairs_get(r->words, name);
        if (word == NULL)
                return err_set(r->err, ERR_CONFIG, "page: no word %s", name);
        return render(r, text_escape_html(r->arena, word), true);
}

static int
open_section(struct renderer *r, struct sections *s, const char *name, bool wanted)
{
        bool there = *pairs_get_text(r->values, name) != '\0';

        if (s->depth == DEPTH_MAX)
                return err_set(r->err, ERR_CONFIG, "page: {{?%s}} is nested too deep", name);
        s->names[s->depth] = name;
        s->shown[s->depth + 1] = s->shown[s->depth] && there == wanted;
        s->depth++;
        return 0;
}

static int
do_tag(struct renderer *r, struct sections *s, const char *tag, bool in_word)
{
        const char *name = strchr("?^/", *tag) != NULL && *tag != '\0' ? tag + 1 : tag;

        if (!is_name(name))
                return err_set(r->err, ERR_CONFIG, "page: {{%.64s}} is no tag", tag);
        if (r->words == NULL && pairs_get(r->values, name) == NULL)
                return err_set(r->err, ERR_CONFIG, "there is no value {{%.64s}}", name);
        if (*tag == '?' || *tag == '^')
                return open_section(r, s, name, *tag == '?');
        if (*tag != '/')
                return s->shown[s->depth] ? put_value(r, name, in_word) : 0;
        if (s->depth == 0 || strcmp(s->names[s->depth - 1], name) != 0)
                return err_set(r->err, ERR_CONFIG, "page: {{/%.64s}} closes nothing", name);
        s->depth--;
        return 0;
}

/* Shows part, a template, once for each element of name; out is what they share. */
static int
repeat(struct renderer *r, const char *name, const char *part, bool in_word)
{
        for (size_t i = 0;; i++) {
                struct renderer inner = *r;
                struct pairs values;
                int result;

                pairs_init(&values, r->arena);
                pairs_get_below(r->values, arena_printf(r->arena, "%s/%zu", name, i), &values);
                if (values.count == 0)
                        return 0;
                for (size_t j = 0; j < r->values->count; j++)
                        pairs_add(&values, r->values->items[j].name, r->values->items[j].value);
                inner.values = &values;
                result = render(&inner, part, in_word);
                r->out = inner.out;
                if (result != 0)
                        return -1;
        }
}

/* A repeated part: tag is "*name", *template stands behind it, and behind its end afterwards. */
static int
do_repetition(struct renderer *r, const char *tag, bool shown, bool in_word, const char **template)
{
        const char *close = arena_printf(r->arena, "{{/%s}}", tag + 1);
        const char *end = strstr(*template, close);
        const char *part;

        if (r->words == NULL || !is_name(tag + 1))
                return err_set(r->err, ERR_CONFIG, "page: {{%.64s}} is no tag", tag);
        if (end == NULL)
                return err_set(r->err, ERR_CONFIG, "page: {{%.64s}} is not closed", tag);
        part = arena_copy(r->arena, *template, (size_t)(end - *template));
        *template = end + strlen(close);
        return shown ? repeat(r, tag + 1, part, in_word) : 0;
}

/* The next "{{"; NULL where there is none. Style sheets are full of single ones. */
static const char *
next_tag(const char *text)
{
        while ((text = strchr(text, '{')) != NULL && text[1] != '{')
                text++;
        return text;
}

static int
render(struct renderer *r, const char *template, bool in_word)
{
        struct sections s = {.shown = {true}};
        const char *tag, *end;

        while ((tag = next_tag(template)) != NULL) {
                const char *name;

                if (s.shown[s.depth])
                        buf_add(&r->out, template, (size_t)(tag - template));
                end = strstr(tag, "}}");
                if (end == NULL)
                        return err_set(r->err, ERR_CONFIG, "page: {{%.16s is not closed", tag + 2);
                name = arena_copy(r->arena, tag + 2, (size_t)(end - tag) - 2);
                template = end + 2;
                if ((*name == '*' ? do_repetition(r, name, s.shown[s.depth], in_word, &template)
                                  : do_tag(r, &s, name, in_word)) != 0)
                        return -1;
        }
        if (s.depth != 0)
                return err_set(
                    r->err, ERR_CONFIG, "page: {{?%.64s}} is not closed", s.names[s.depth - 1]);
        buf_add_text(&r->out, template);
        return 0;
}

static bool
is_blank(char byte)
{
        return byte == ' ' || byte == '\t';
}

void
page_parse_words(struct arena *arena, const char *text, struct pairs *words)
{
        char *line = arena_strdup(arena, text), *next;

        for (; *line != '\0'; line = next) {
                char *end = strchr(line, '\n'), *equals, *value;

                next = end == NULL ? line + strlen(line) : end + 1;
                if (end != NULL)
                        *end = '\0';
                equals = *line == '#' ? NULL : strchr(line, '=');
                if (equals == NULL)
                        continue;
                for (value = equals + 1; is_blank(*value); value++)
                        ;
                while (equals > line && is_blank(equals[-1]))
                        equals--;
                *equals = '\0';
                if (*line != '\0')
                        pairs_add(words, line, value);
        }
}

int
page_render(struct arena *arena, const char *template, const struct pairs *words,
    const struct pairs *values, char **html, struct err *err)
{
        struct renderer r = {.arena = arena, .words = words, .values = values, .err = err};

        buf_init(&r.out, arena);
        buf_reserve(&r.out, strlen(template) + GROWTH);
        if (render(&r, template, false) != 0)
                return -1;
        *html = r.out.data;
        return 0;
}

int
page_render_text(struct arena *arena, const char *template, const struct pairs *values, char **text,
    struct err *err)
{
        return page_render(arena, template, NULL, values, text, err);
}
