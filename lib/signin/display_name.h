/*
 * display_name: the name under which a user is shown: the one that they chose on the personal page
 * (the member display_name of the user's file, user.h), else WeChat's nickname. People choose both
 * of them: a name says nothing about who somebody is.
 */
#ifndef WECHAT_DISPLAY_NAME_H
#define WECHAT_DISPLAY_NAME_H

#include <stdbool.h>

struct arena;
struct pairs;

/* Characters of a name that a user chooses. */
enum { DISPLAY_NAME_MAX = 64 };

/* Returns the name of a user, given by its members; NULL: neither is known. */
const char *display_name_get(const struct pairs *user);

/* Stores in *name what is shown of a text that a user typed: cleaned (text_clean()), and without
 * blanks and invisible characters at both ends; "" if there is nothing else. Returns false if that
 * has more than DISPLAY_NAME_MAX characters. */
bool display_name_read(struct arena *arena, const char *text, char **name);

#endif
