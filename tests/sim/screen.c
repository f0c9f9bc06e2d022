#include "screen.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "format/url.h"

struct screen {
        struct app *app;
        const char *url;
        const char *name;
        struct buf out;
};

/* Returns size bytes of an attribute or text, with the references that text_escape_html() makes
 * resolved. */
static char *
unescape(struct app *app, const char *text, size_t size)
{
        static const char *const references[][2] = {
            {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
        const char *end = text + size;
        struct buf plain;

        buf_init(&plain, app->arena);
        while (text < end) {
                const char *byte = text, *with = NULL;

                for (size_t i = 0; with == NULL && i < 5; i++)
                        if (text_starts_with(text, references[i][0])) {
                                with = references[i][1];
                                text += strlen(references[i][0]);
                        }
                if (with != NULL)
                        buf_add_text(&plain, with);
                else
                        buf_add_byte(&plain, *byte), text++;
        }
        return plain.size == 0 ? "" : plain.data;
}

char *
screen_find(struct app *app, const char *html, const char *before, const char *after)
{
        const char *begin = strstr(html, before), *end;

        if (begin == NULL)
                return NULL;
        begin += strlen(before);
        end = strstr(begin, after);
        return end == NULL ? NULL : unescape(app, begin, (size_t)(end - begin));
}

const char *
screen_style(struct app *app, const char *html)
{
        const char *begin = strstr(html, "<style"), *end = strstr(html, "</style>");

        if (begin == NULL || end == NULL)
                return "";
        begin += strcspn(begin, ">") + 1;
        return begin < end ? arena_copy(app->arena, begin, (size_t)(end - begin)) : "";
}

char *
screen_resolve(struct app *app, const char *url, const char *link)
{
        size_t page = strcspn(url, "?#");
        const char *host = strstr(url, "://");
        size_t origin = host == NULL ? 0 : (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");

        if (strstr(link, "://") != NULL)
                return arena_strdup(app->arena, link);
        if (*link == '?')
                return arena_printf(app->arena, "%.*s%s", (int)page, url, link);
        if (*link != '/')
                while (page > origin && url[page - 1] != '/')
                        page--;
        return arena_printf(app->arena, "%.*s%s", (int)(*link == '/' ? origin : page), url, link);
}

/* ---- tags ---- */

/* Adds an attribute of an element, changed as the screen needs it. value is as it stands. */
static void
add_attribute(struct screen *s, const char *element, const char *name, const char *value)
{
        struct app *app = s->app;
        char *to = screen_resolve(app, s->url, unescape(app, value, strlen(value)));

        if (strcmp(element, "form") == 0 && text_has_word("action method", name))
                return;
        if (text_has_word("id for aria-labelledby aria-describedby", name))
                value = arena_printf(app->arena, "%s-%s", s->name, value);
        else if (strcmp(name, "href") == 0)
                value = arena_printf(
                    app->arena, "/screens?on=%s&amp;to=%s", s->name, url_encode(app->arena, to));
        else if (strcmp(name, "src") == 0)
                value = text_escape_html(app->arena, to);
        buf_add_text(&s->out, arena_printf(app->arena, " %s=\"%s\"", name, value));
}

static char *
name_at(struct app *app, const char *text)
{
        size_t size = 0;

        while (isalnum((unsigned char)text[size]) || text[size] == '-')
                size++;
        return arena_copy(app->arena, text, size);
}

/* Headings are two ranks lower than on a page of their own. */
static const char *
element_of(const char *element)
{
        return strcmp(element, "h1") == 0   ? "h3"
               : strcmp(element, "h2") == 0 ? "h4"
               : strcmp(element, "h3") == 0 ? "h5"
                                            : element;
}

/* Adds the attributes of a tag, from behind its name to the bracket that closes it, and returns
 * that place. *action: the action of a form. */
static const char *
add_attributes(struct screen *s, const char *element, const char *at, const char **action)
{
        while (*at != '\0' && *at != '>') {
                char *name = name_at(s->app, at), *value;
                size_t size;

                if (*name == '\0') {
                        buf_add_byte(&s->out, *at++);
                        continue;
                }
                at += strlen(name);
                if (!text_starts_with(at, "=\"")) {
                        buf_add_text(&s->out, name);
                        continue;
                }
                size = strcspn(at + 2, "\"");
                value = arena_copy(s->app->arena, at + 2, size);
                at += 2 + size + (at[2 + size] == '"');
                if (s->out.data[s->out.size - 1] == ' ')
                        s->out.data[--s->out.size] = '\0';
                if (strcmp(name, "action") == 0)
                        *action = unescape(s->app, value, size);
                add_attribute(s, element, name, value);
        }
        return at;
}

/* Adds the tag at its opening bracket, and returns the place behind it. */
static const char *
add_tag(struct screen *s, const char *at)
{
        bool closes = at[1] == '/';
        char *element = name_at(s->app, at + 1 + closes);
        const char *action = "";

        buf_add_text(
            &s->out, arena_printf(s->app->arena, "<%s%s", closes ? "/" : "", element_of(element)));
        at = add_attributes(s, element, at + 1 + closes + strlen(element), &action);
        if (closes || strcmp(element, "form") != 0) {
                buf_add_text(&s->out, ">");
                return *at == '\0' ? at : at + 1;
        }
        buf_add_text(&s->out,
            arena_printf(s->app->arena,
                " method=\"post\" action=\"/screens\"><input type=\"hidden\" name=\"on\" "
                "value=\"%s\"><input type=\"hidden\" name=\"to\" value=\"%s\">",
                s->name, text_escape_html(s->app->arena, screen_resolve(s->app, s->url, action))));
        return *at == '\0' ? at : at + 1;
}

char *
screen_render(struct app *app, const char *html, const char *url, const char *name)
{
        static const char script[] = "<script", script_end[] = "</script>";
        struct screen s = {.app = app, .url = url, .name = name};
        const char *at = strstr(html, "<main"), *end = strstr(html, "</main>");

        buf_init(&s.out, app->arena);
        if (at == NULL || end == NULL)
                return arena_printf(
                    app->arena, "<pre>%s</pre>", text_escape_html(app->arena, html));
        at += strcspn(at, ">") + 1;
        while (at < end) {
                if (text_starts_with(at, script)) {
                        const char *behind = strstr(at, script_end);

                        at = behind == NULL ? end : behind + strlen(script_end);
                } else if (*at == '<' && at[1] != '!') {
                        at = add_tag(&s, at);
                } else {
                        buf_add_byte(&s.out, *at++);
                }
        }
        return s.out.data;
}
