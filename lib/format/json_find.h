/*
 * json_find: where a value stands in JSON written by people, for messages with its line.
 */
#ifndef WECHAT_JSON_FIND_H
#define WECHAT_JSON_FIND_H

/* Returns where the value begins that path names ("button/0/name", pairs.h; "": the whole text), in
 * text that json_check() accepts. NULL: there is none, or a name is written with escapes. */
const char *json_find(const char *text, const char *path);

/* Returns the end of the value that begins at. */
const char *json_find_end(const char *at);

/* Returns the line of that value, from 1; if there is none, that of the innermost value on the way
 * to it: for a member that is missing, that of its object. */
int json_find_line(const char *text, const char *path);

#endif
