/*
 * page: templates.
 *
 *   {{name}}              a value, always escaped for HTML; a name with a dot is a word of the
 *                         language, which may itself contain {{name}} of values
 *   {{?name}} … {{/name}} shown if the value is present and not empty
 *   {{^name}} … {{/name}} shown if it is absent or empty
 *   {{*name}} … {{/name}} shown once for each element, name/0/…, name/1/…, in the order of the
 *                         values (pairs.h), where those of one element must stand together; inside,
 *                         {{text}} is name/0/text if there is one. Time and memory grow linearly
 *                         with the number of elements
 */
#ifndef WECHAT_PAGE_H
#define WECHAT_PAGE_H

struct arena;
struct err;
struct pairs;

/* Adds the words of a language file, with lines `name = value` and comments with #, to words. */
void page_parse_words(struct arena *arena, const char *text, struct pairs *words);

/* Puts own words in the place of those words that have the same names. An own word may use the
 * values that the other one uses. Adds to unknown the names that words does not have, and to unfit
 * those of words that use other values or are not closed; neither has an effect. */
void page_replace_words(struct arena *arena, const struct pairs *own, struct pairs *words,
    struct pairs *unknown, struct pairs *unfit);

/* Fills the template with words and values. ERR_CONFIG, naming the tag: a word is missing, or a tag
 * is not closed or not one of the above. */
int page_render(struct arena *arena, const char *template, const struct pairs *words,
    const struct pairs *values, char **html, struct err *err) __attribute__((warn_unused_result));

/* As page_render(), for text that is not HTML: nothing is escaped, there are no words, and only
 * names in values may be used; a value may be "". */
int page_render_text(struct arena *arena, const char *template, const struct pairs *values,
    char **text, struct err *err) __attribute__((warn_unused_result));

#endif
