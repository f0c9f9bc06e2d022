/*
 * line: one line of the settings file, `key = value`.
 */
#ifndef WECHAT_LINE_H
#define WECHAT_LINE_H

#include <stddef.h>

struct arena;
struct err;

/*
 * Returns key and value of the line, without the blanks around them. ERR_CONFIG, with what to type
 * instead: there is no '=', or a full-width one; the value has quotation marks around it, a comment
 * behind it, or an unusual blank. The error never shows a value.
 */
int line_split(struct arena *arena, const char *line, size_t size, char **key, char **value,
    struct err *err) __attribute__((warn_unused_result));

#endif
