/*
 * text: UTF-8 as it comes from people, and as it may be shown.
 */
#ifndef WECHAT_TEXT_H
#define WECHAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

/* The length of the well-formed character (Unicode 15, table 3-7) at text, its number in *point; 0
 * where it is ill formed, *point then means nothing. A NUL is one of length 1. */
size_t text_decode(const char *text, uint32_t *point);

/*
 * A copy of text that is valid UTF-8 and safe to show: what is not well formed (Unicode 15, table
 * 3-7) becomes U+FFFD; control characters, and the characters that turn the direction of writing
 * (U+061C, U+200E, U+200F, U+202A–U+202E, U+2066–U+2069), and U+FEFF are left out, and so are
 * U+FFFE and U+FFFF, which XML does not have (XML 1.0, section 2.2).
 */
char *text_clean(struct arena *arena, const char *text);

/* As before it, but tabs and line ends stay: for texts of several lines. */
char *text_clean_lines(struct arena *arena, const char *text);

/* How many of text's bytes, most at the most, can be kept without cutting a character in two, nor
 * what is seen as one: an emoji of several, a letter and its accents, CR LF. text is well formed.
 */
size_t text_cut(const char *text, size_t most);

/* text with & < > " ' as character references, for element content and quoted attributes. */
char *text_escape_html(struct arena *arena, const char *text);

/* The same, added to html. */
void text_add_html(struct buf *html, const char *text);

/* Are all bytes of text letters, digits, '-' or '_', and is its length within [least, most]? */
bool text_is_id(const char *text, size_t least, size_t most);

/* text with A–Z as a–z. */
char *text_lower(struct arena *arena, const char *text);

/* Does text begin with prefix? */
bool text_starts_with(const char *text, const char *prefix);

/*
 * The best of zh_CN, zh_TW and en for an Accept-Language header (RFC 9110, section 12.5.4), or
 * fallback when it asks for none of them. header may be NULL.
 */
const char *text_language(const char *header, const char *fallback);

/* seconds since 1970 as "2026-11-24 17:30" in Beijing time (UTC+8), as WeChat shows times. */
char *text_beijing_time(struct arena *arena, long long seconds);

/* The first second of a day in Beijing, "2026-12-24", in seconds since 1970; -1 where day is none.
 */
long long text_beijing_day(const char *day);

#endif
