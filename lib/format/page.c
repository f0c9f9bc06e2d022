#include "format/page.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/pairs.h"
#include "base/text.h"

/* GROWTH: what values and words usually add to a template. */
enum { DEPTH_MAX = 16, TAG_MAX = 64, GROWTH = 1024 };

/* The values of the page, or of one element of a repeated part: of `items`, those whose names after
 * the first `skip` bytes are not paths are `plain`. */
struct scope {
        const struct pair *items;
        size_t count;
        size_t skip;
        const struct pairs *plain; /* the values without paths; NULL: there are few */
        const struct scope *outer;
};

struct renderer {
        struct arena *arena;
        const struct pairs *words; /* NULL: plain text, not HTML */
        const struct scope *scope;
        struct buf out;
        struct err *err;
};

/* The open sections: their names, and whether their content is shown. */
struct sections {
        char names[DEPTH_MAX][TAG_MAX];
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

/* Returns the value of that name in the innermost scope that has one, or NULL. */
static const char *
find_value(const struct renderer *r, const char *name)
{
        for (const struct scope *scope = r->scope; scope != NULL; scope = scope->outer) {
                const struct pair *items =
                    scope->plain == NULL ? scope->items : scope->plain->items;
                size_t count = scope->plain == NULL ? scope->count : scope->plain->count;

                for (size_t i = 0; i < count; i++)
                        if (strcmp(items[i].name + scope->skip, name) == 0)
                                return items[i].value;
        }
        return NULL;
}

static int
put_value(struct renderer *r, const char *name, bool in_word)
{
        const char *word;

        if (r->words == NULL || strchr(name, '.') == NULL) {
                const char *value = find_value(r, name);

                if (value != NULL && r->words == NULL)
                        buf_add_text(&r->out, value);
                else if (value != NULL)
                        text_add_html(&r->out, value);
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
        const char *value = find_value(r, name);
        bool there = value != NULL && *value != '\0';

        if (s->depth == DEPTH_MAX)
                return err_set(r->err, ERR_CONFIG, "page: {{?%s}} is nested too deep", name);
        memcpy(s->names[s->depth], name, strlen(name) + 1);
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
        if (r->words == NULL && find_value(r, name) == NULL)
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

/* Returns the size of "name/0/" if path begins with that, or with another number; else 0. */
static size_t
element_prefix(const char *path, const char *name)
{
        size_t size = strlen(name), digits;

        if (strncmp(path, name, size) != 0 || path[size] != '/')
                return 0;
        digits = strspn(path + size + 1, "0123456789");
        return digits > 0 && path[size + 1 + digits] == '/' ? size + digits + 2 : 0;
}

/* Finds the scope that has elements of name, and where the first of them begins there. */
static const struct scope *
find_elements(const struct renderer *r, const char *name, size_t *first)
{
        for (const struct scope *scope = r->scope; scope != NULL; scope = scope->outer)
                for (size_t i = 0; i < scope->count; i++)
                        if (element_prefix(scope->items[i].name + scope->skip, name) > 0) {
                                *first = i;
                                return scope;
                        }
        return NULL;
}

/* Shows part, a template, once for each element of name, in one pass through the values. */
static int
repeat(struct renderer *r, const char *name, const char *part, bool in_word)
{
        const struct scope *page = r->scope, *scope;
        size_t at = 0, end;

        scope = find_elements(r, name, &at);
        for (; scope != NULL && at < scope->count; at = end) {
                const struct pair *first = &scope->items[at];
                size_t size = element_prefix(first->name + scope->skip, name);
                struct scope element = {first, 0, scope->skip + size, NULL, page};
                int result = 0;

                end = at + 1;
                if (size == 0)
                        continue;
                while (end < scope->count &&
                       strncmp(scope->items[end].name, first->name, element.skip) == 0)
                        end++;
                element.count = end - at;
                r->scope = &element;
                result = render(r, part, in_word);
                r->scope = page;
                if (result != 0)
                        return -1;
        }
        return 0;
}

/* Renders a repeated part: tag is "*name"; *template is behind it, and afterwards behind its end.
 */
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

/* Returns the next "{{", or NULL. Style sheets are full of single ones. */
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
                char name[TAG_MAX + 1];
                size_t size;

                if (s.shown[s.depth])
                        buf_add(&r->out, template, (size_t)(tag - template));
                end = strstr(tag, "}}");
                if (end == NULL)
                        return err_set(r->err, ERR_CONFIG, "page: {{%.16s is not closed", tag + 2);
                size = (size_t)(end - tag) - 2;
                if (size > TAG_MAX)
                        return err_set(r->err, ERR_CONFIG, "page: {{%.64s}} is no tag", tag + 2);
                memcpy(name, tag + 2, size);
                name[size] = '\0';
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
        struct renderer r = {.arena = arena, .words = words, .err = err};
        struct pairs plain;
        struct scope page = {values->items, values->count, 0, &plain, NULL};

        pairs_init(&plain, arena);
        for (size_t i = 0; i < values->count; i++)
                if (strchr(values->items[i].name, '/') == NULL)
                        pairs_add(&plain, values->items[i].name, values->items[i].value);
        r.scope = &page;
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

/* Adds the names of a word's values, each with a value. */
static void
find_names(struct arena *arena, const char *word, struct pairs *values)
{
        const char *tag = word, *end;

        while ((tag = next_tag(tag)) != NULL && (end = strstr(tag, "}}")) != NULL) {
                tag += 2 + strspn(tag + 2, "?^/");
                pairs_add(values, arena_copy(arena, tag, (size_t)(end - tag)), "1");
                tag = end;
        }
}

static bool
fits(struct arena *arena, const char *own, const char *word)
{
        struct err err = {.kind = ERR_NONE};
        struct pairs values;
        char *text;

        pairs_init(&values, arena);
        find_names(arena, word, &values);
        return next_tag(own) == NULL || page_render_text(arena, own, &values, &text, &err) == 0;
}

void
page_replace_words(struct arena *arena, const struct pairs *own, struct pairs *words,
    struct pairs *unknown, struct pairs *unfit)
{
        for (size_t i = 0; i < own->count; i++) {
                const struct pair *word = &own->items[i];
                size_t at = 0;

                while (at < words->count && strcmp(words->items[at].name, word->name) != 0)
                        at++;
                if (at == words->count)
                        pairs_add(unknown, "", word->name);
                else if (!fits(arena, word->value, words->items[at].value))
                        pairs_add(unfit, "", word->name);
                else
                        words->items[at].value = word->value;
        }
}
