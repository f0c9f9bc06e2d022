/*
 * page: templates.
 *
 *   {{name}}              a value, escaped for HTML always; a name with a dot is a word of the
 *                         language, which may itself hold {{name}} of values
 *   {{?name}} … {{/name}} shown where the value is there and not empty
 *   {{^name}} … {{/name}} shown where it is absent or empty
 *   {{*name}} … {{/name}} shown once for each element: name/0/…, name/1/…, in the order of the
 *                         values (pairs.h), where those of an element stand together; inside,
 *                         {{text}} is name/0/text where there is one. Time and memory grow with
 *                         the number of elements, not with its square
 */
#ifndef WECHAT_PAGE_H
#define WECHAT_PAGE_H

struct arena;
struct err;
struct pairs;

/* Adds the words of a language's file, lines `name = value` and comments with #, to words. */
void page_parse_words(struct arena *arena, const char *text, struct pairs *words);

/* The template with words and values put in. ERR_CONFIG, naming the tag: a word that is missing, a
 * tag that is not closed or is not one of the above. */
int page_render(struct arena *arena, const char *template, const struct pairs *words,
    const struct pairs *values, char **html, struct err *err) __attribute__((warn_unused_result));

/* The same for a text that is not HTML: nothing is escaped, there are no words, and only names that
 * are in values may be used; a value may be "". */
int page_render_text(struct arena *arena, const char *template, const struct pairs *values,
    char **text, struct err *err) __attribute__((warn_unused_result));

#endif
