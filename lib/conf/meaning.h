/*
 * meaning: explains the settings to the site's owner.
 */
#ifndef WECHAT_MEANING_H
#define WECHAT_MEANING_H

#include <stdbool.h>

struct arena;
struct conf_key;

/* Returns the meaning of a key in Chinese, or else in English, on one line. */
const char *conf_meaning(struct arena *arena, const struct conf_key *key, bool chinese);

/* Returns the text of wechat.conf.example: every key with its meaning and default. */
char *conf_example(struct arena *arena);

#endif
