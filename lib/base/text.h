/*
 * text: UTF-8 text from people, made safe to show.
 */
#ifndef WECHAT_TEXT_H
#define WECHAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

/* Returns the length of the well-formed character (Unicode 15, table 3-7) at text and stores its
 * number in *point. Returns 0 if it is ill formed; *point is then undefined. A NUL is a character
 * of length 1. */
size_t text_decode(const char *text, uint32_t *point);

/*
 * Returns a copy of text that is valid UTF-8 and safe to show. Ill-formed UTF-8 (Unicode 15, table
 * 3-7) becomes U+FFFD. Removed are control characters; the characters that change the direction of
 * writing (U+061C, U+200E, U+200F, U+202A–U+202E, U+2066–U+2069); U+FEFF; and U+FFFE and U+FFFF,
 * which XML does not allow (XML 1.0, section 2.2).
 */
char *text_clean(struct arena *arena, const char *text);

/* As text_clean(), but keeps tabs and line ends: for texts of several lines. */
char *text_clean_lines(struct arena *arena, const char *text);

/* Returns how many bytes of text, at most `most`, can be kept without cutting a character in two,
 * or a sequence that is seen as one: an emoji of several characters, a letter with its accents, CR
 * LF. text is well formed. */
size_t text_cut(const char *text, size_t most);

/* Returns text with & < > " ' as character references, for element content and quoted attributes.
 */
char *text_escape_html(struct arena *arena, const char *text);

/* As text_escape_html(), but adds the result to html. */
void text_add_html(struct buf *html, const char *text);

/* Does text consist of letters, digits, '-' and '_' only, and is its length within [least, most]?
 */
bool text_is_id(const char *text, size_t least, size_t most);

/* Returns text with A–Z as a–z. */
char *text_lower(struct arena *arena, const char *text);

/* Is word one of text's, which are separated by blanks? */
bool text_has_word(const char *text, const char *word);

/* Does text begin with prefix? */
bool text_starts_with(const char *text, const char *prefix);

/*
 * Returns the best of zh_CN, zh_TW and en for an Accept-Language header (RFC 9110, section 12.5.4),
 * or fallback if it asks for none of them. header may be NULL.
 */
const char *text_language(const char *header, const char *fallback);

/* Returns seconds since 1970 as "2026-11-24 17:30" in Beijing time (UTC+8), as WeChat shows times.
 */
char *text_beijing_time(struct arena *arena, long long seconds);

/* Returns the first second of a day in Beijing, given as "2026-12-24", in seconds since 1970; -1 if
 * day is not a date. */
long long text_beijing_day(const char *day);

#endif
