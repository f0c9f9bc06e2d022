/*
 * words_checks: the owner's own words, beside the settings file.
 */
#ifndef WECHAT_WORDS_CHECKS_H
#define WECHAT_WORDS_CHECKS_H

struct trial;

void check_own_words(struct trial *trial);

#endif
