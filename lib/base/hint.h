/*
 * hint: what was probably meant by what an owner typed.
 */
#ifndef WECHAT_HINT_H
#define WECHAT_HINT_H

#include <stddef.h>

struct arena;

/*
 * The ASCII character that the character at text was probably meant to be: for a full-width one
 * (＝ ： ，), for the quotation marks of Chinese and of word processors, for a blank of another
 * kind. *size is its length. 0: it is ASCII already, or there is none.
 */
char hint_ascii(const char *text, size_t *size);

/*
 * A question for the end of an error, ": did you mean appid?": the one of names that name was
 * probably meant to be. They differ in case, in '-' and '_', in a letter or two, or one is part of
 * the other. "" where there is none.
 */
const char *hint_name(
    struct arena *arena, const char *name, const char *const names[], size_t count);

#endif
