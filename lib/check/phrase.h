/*
 * phrase: the words of the checks, and what other modules say in English about the owner's files,
 * in the visitor's language.
 *
 * Words whose names begin with "mistake." are such sentences: the one in check.en.txt is the
 * pattern that an English text has to fit, and its values go into the same word of the visitor's
 * language. The value {{rest}} may be a sentence itself.
 *
 *         mistake.comma = add a comma after {{sign}}
 */
#ifndef WECHAT_PHRASE_H
#define WECHAT_PHRASE_H

struct app;
struct arena;
struct pairs;

/* Reads the words of a language (zh_CN, zh_TW, en); without their file there are none. */
void phrase_read(struct app *app, const char *language, struct pairs *words);

/* Returns the text in the language of the words; itself, if there is no pattern for it. */
const char *phrase_translate(struct arena *arena, const struct pairs *words, const char *text);

#endif
