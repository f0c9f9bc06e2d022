/*
 * hint: what a site's owner probably meant to type.
 */
#ifndef WECHAT_HINT_H
#define WECHAT_HINT_H

#include <stddef.h>

struct arena;

/*
 * Returns the ASCII character that was probably meant by the character at text: by a full-width one
 * (＝ ： ，), by Chinese or typographic quotation marks, by an unusual blank. *size is the length
 * of the character at text. Returns 0 if that is ASCII already, or if there is no such guess.
 */
char hint_ascii(const char *text, size_t *size);

/* Returns the one of names that name was probably meant to be: the two differ in case, in '-' and
 * '_', or in one or two letters, or one is part of the other. NULL: there is none. */
const char *hint_find(const char *name, const char *const names[], size_t count);

/* Returns that as a question for the end of an error, ": did you mean appid?"; "" if there is none.
 */
const char *hint_name(
    struct arena *arena, const char *name, const char *const names[], size_t count);

#endif
