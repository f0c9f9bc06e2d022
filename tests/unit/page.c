/* page: escaping, sections within sections, every error and its message. */
#include "table.h"

#include "format/page.h"

static void
templates_are_filled(void **state)
{
        static const struct {
                const char *template, *html;
        } rows[] = {{"plain", "plain"}, {"{{v}}{{v}}", "&lt;i&gt;&lt;i&gt;"},
            {"{{v}}}", "&lt;i&gt;}"}, {"{ {v}}", "{ {v}}"}, {"{v}", "{v}"},
            {"}}{{v}}", "}}&lt;i&gt;"},
            {"<a href=\"{{link}}\">", "<a href=\"/?a=1&amp;b=&quot;\">"},
            {"{{tag}}", "{{v}}"}, /* a value is never a template */
            {"{{w.tag}}", "{{v}}!"}, {"{{w.twice}}", "&lt;i&gt;&lt;i&gt;"}, {"{{w.empty}}", ""},
            {"{{w.markup}}", "&lt;b&gt;"}, {"{{?v}}{{?link}}x{{/link}}{{/v}}", "x"},
            {"{{?v}}{{^link}}x{{/link}}y{{/v}}", "y"},
            {"{{^none}}{{^empty}}x{{/empty}}{{/none}}", "x"},
            {"{{?none}}{{^none}}x{{/none}}{{/none}}", ""}, {"{{?v}}a{{?v}}b{{/v}}c{{/v}}d", "abcd"},
            {"{{^empty}}a{{/empty}}", "a"}, {"{{?none}}{{v}}{{tag}}{{/none}}", ""},
            {"\n{{v}}\n", "\n&lt;i&gt;\n"}, {"{{word}}", "&#39;"}, {"小{{v}}明", "小&lt;i&gt;明"}};
        struct pairs words, values;
        struct err err;

        pairs_init(&words, *state);
        pairs_init(&values, *state);
        page_parse_words(*state,
            "w.tag = {{tag}}!\nw.twice = {{v}}{{v}}\nw.empty =\nw.markup = <b>\nword = not this",
            &words);
        pairs_add(&values, "v", "<i>");
        pairs_add(&values, "empty", "");
        pairs_add(&values, "link", "/?a=1&b=\"");
        pairs_add(&values, "tag", "{{v}}");
        pairs_add(&values, "word", "'");
        for (size_t i = 0; i < COUNT(rows); i++) {
                char *html = NULL;

                ROW(page_render(*state, rows[i].template, &words, &values, &html, &err) == 0 &&
                        same(html, rows[i].html),
                    i, rows[i].template);
        }
        END_ROWS();
}

static void
errors_name_the_tag(void **state)
{
        static const struct {
                const char *template, *named;
        } rows[] = {{"{{w.gone}}", "w.gone"}, {"{{v", "v"}, {"{{?v}}x", "v"}, {"{{^v}}x", "v"},
            {"{{/v}}", "v"}, {"{{?v}}{{/x}}", "x"}, {"{{?v}}{{?x}}{{/v}}{{/x}}", "v"},
            {"{{Name}}", "Name"}, {"{{a b}}", "a b"}, {"{{ v }}", " v "}, {"{{#v}}", "#v"},
            {"{{!v}}", "!v"}, {"{{>v}}", ">v"}, {"{{?V}}", "?V"}, {"{{??v}}", "??v"},
            {"{{/}}", "/"}, {"{{^}}", "^"}, {"{{a-b}}", "a-b"}, {"{{小}}", "小"},
            {"{{w.self}}", "w.self"}, {"{{w.open}}", "v"}, {"{{?none}}{{BAD}}{{/none}}", "BAD"}};
        struct pairs words, values;

        pairs_init(&words, *state);
        pairs_init(&values, *state);
        page_parse_words(*state, "w.self = {{w.self}}\nw.open = {{?v}}", &words);
        pairs_add(&values, "v", "1");
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err = {.kind = ERR_NONE};
                char *html = "untouched";

                ROW(page_render(*state, rows[i].template, &words, &values, &html, &err) == -1 &&
                        err.kind == ERR_CONFIG,
                    i, rows[i].template);
                ROW(strstr(err.text, rows[i].named) != NULL, i, err.text);
                ROW(same(html, "untouched"), i, "written in spite of the error");
        }
        END_ROWS();
}

static void
sections_are_16_deep_at_most(void **state)
{
        struct pairs none;

        pairs_init(&none, *state);
        for (size_t depth = 14; depth <= 18; depth++) {
                char *template = "";
                struct err err;
                char *html;

                for (size_t i = 0; i < depth; i++)
                        template = arena_printf(*state, "{{^n}}%s{{/n}}", template);
                ROW(page_render(*state, template, &none, &none, &html, &err) ==
                        (depth <= 16 ? 0 : -1),
                    depth, "depth");
        }
        END_ROWS();
}

static void
words_are_read(void **state)
{
        static const struct {
                const char *text, *value; /* of w.a */
        } rows[] = {{"w.a = x", "x"}, {"w.a=x", "x"}, {"w.a =x\n", "x"}, {"w.a =\n", ""},
            {"w.a = x = y", "x = y"}, {"#w.a = x", NULL}, {"# c\n\nw.a = x\n", "x"}, {"w.a", NULL},
            {"= x", NULL}, {"", NULL}, {"\n\n", NULL}, {"w.b = x\nw.a = 小明", "小明"},
            {"w.a = x # y", "x # y"}, {"W.a = x", NULL}};

        for (size_t i = 0; i < COUNT(rows); i++) {
                struct pairs words;

                pairs_init(&words, *state);
                page_parse_words(*state, rows[i].text, &words);
                ROW(same(pairs_get(&words, "w.a"), rows[i].value), i, rows[i].text);
        }
        END_ROWS();
}

static void
pages_are_rendered(void **state)
{
        static const struct {
                const char *template;
                const char *html; /* NULL: ERR_CONFIG */
        } rows[] = {
            {"", ""},
            {"<p>{{v}}</p>", "<p>&lt;b&gt;</p>"},
            {"{{none}}", ""},
            {"{{w.hi}}", "Hi &lt;b&gt;!"},
            {"{{w.amp}}", "&amp;"},
            {"{{?v}}a{{/v}}b", "ab"},
            {"{{?none}}a{{/none}}b", "b"},
            {"{{?empty}}a{{/empty}}", ""},
            {"{{^none}}a{{/none}}", "a"},
            {"{{^v}}a{{/v}}", ""},
            {"{{?v}}{{?none}}x{{/none}}y{{/v}}", "y"},
            {"{{?none}}{{w.missing}}{{/none}}", ""},
            {"{{?none}}{{?v}}x{{/v}}{{/none}}", ""},
            {"a}}b", "a}}b"},
            {"{{w.missing}}", NULL},
            {"{{", NULL},
            {"{{v", NULL},
            {"{{V}}", NULL},
            {"{{}}", NULL},
            {"{{?}}", NULL},
            {"{{{v}}}", NULL},
            {"{{&v}}", NULL},
            {"{{?v}}", NULL},
            {"{{/v}}", NULL},
            {"{{?v}}{{/w}}", NULL},
            {"{{?a}}{{?b}}{{/a}}{{/b}}", NULL},
            {"{{w.nested}}", NULL},
        };
        struct pairs words, values;
        struct err err;
        char *html;

        pairs_init(&words, *state);
        pairs_init(&values, *state);
        page_parse_words(*state,
            "# comment = no\nw.hi = Hi {{v}}!\n\nw.amp=&\nnonsense\nw.nested = {{w.hi}}", &words);
        pairs_add(&values, "v", "<b>");
        pairs_add(&values, "empty", "");
        for (size_t i = 0; i < COUNT(rows); i++) {
                int result = page_render(*state, rows[i].template, &words, &values, &html, &err);

                ROW(rows[i].html == NULL ? result == -1 && err.kind == ERR_CONFIG
                                         : result == 0 && same(html, rows[i].html),
                    i, rows[i].template);
        }
        END_ROWS();
}

static void
parts_are_repeated(void **state)
{
        static const struct {
                const char *template, *html; /* html NULL: refused */
        } rows[] = {{"{{*list}}[{{name}}]{{/list}}", "[&lt;1&gt;][2]"},
            {"{{*list}}{{name}}{{?mark}}!{{/mark}}{{^mark}}?{{/mark}}{{v}}{{/list}}",
                "&lt;1&gt;?out2!out"},
            {"{{*none}}x{{/none}}y", "y"}, {"{{*list}}{{*deep}}{{n}}{{/deep}};{{/list}}", ";ab;"},
            {"{{?gone}}{{*list}}x{{/list}}{{/gone}}y", "y"},
            {"{{*list}}{{w.hi}}{{/list}}", "Hi &lt;1&gt;Hi 2"}, {"{{w.each}}", "&lt;1&gt;,2,"},
            {"{{w.self}}", NULL}, {"{{*list}}", NULL}, {"{{*list}}{{?v}}{{/list}}", NULL},
            {"{{*}}{{/}}", NULL}, {"{{*List}}{{/List}}", NULL},
            {"{{*list}}{{w.gone}}{{/list}}", NULL}};
        struct pairs words, values;

        pairs_init(&words, *state);
        pairs_init(&values, *state);
        page_parse_words(*state,
            "w.hi = Hi {{name}}\nw.each = {{*list}}{{name}},{{/list}}\n"
            "w.self = {{*list}}{{w.self}}{{/list}}",
            &words);
        pairs_add(&values, "v", "out");
        pairs_add(&values, "name", "outer");
        pairs_add(&values, "list/0/name", "<1>");
        pairs_add(&values, "list/1/name", "2");
        pairs_add(&values, "list/1/mark", "1");
        pairs_add(&values, "list/1/deep/0/n", "a");
        pairs_add(&values, "list/1/deep/1/n", "b");
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err;
                char *html = NULL;
                int result = page_render(*state, rows[i].template, &words, &values, &html, &err);

                ROW(rows[i].html == NULL ? result == -1 && err.kind == ERR_CONFIG
                                         : result == 0 && same(html, rows[i].html),
                    i, rows[i].template);
        }
        END_ROWS();
}

static void
texts_are_not_escaped_and_know_their_values(void **state)
{
        static const struct {
                const char *template, *text; /* text NULL: refused */
        } rows[] = {{"a{{x}}b", "a<1>b"}, {"{{?x}}[{{x}}]{{/x}}{{^y}}none{{/y}}", "[<1>]none"},
            {"{{y}}", ""}, {"{{z}}", NULL}, {"{{?z}}{{/z}}", NULL}, {"{{a.b}}", NULL},
            {"{{x", NULL}, {"{{*x}}{{/x}}", NULL}, {"{{?x}}", NULL}, {"{{X}}", NULL},
            {"}} {", "}} {"}};
        struct pairs values;

        pairs_init(&values, *state);
        pairs_add(&values, "x", "<1>");
        pairs_add(&values, "y", "");
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct err err;
                char *text = NULL;
                int result = page_render_text(*state, rows[i].template, &values, &text, &err);

                ROW(result == (rows[i].text == NULL ? -1 : 0) && same(text, rows[i].text), i,
                    rows[i].template);
        }
        END_ROWS();
}

int
main(void)
{
        const struct CMUnitTest tests[] = {TEST(pages_are_rendered), TEST(templates_are_filled),
            TEST(errors_name_the_tag), TEST(sections_are_16_deep_at_most),
            TEST(texts_are_not_escaped_and_know_their_values), TEST(words_are_read),
            TEST(parts_are_repeated)};

        return RUN(tests);
}
