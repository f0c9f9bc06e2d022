/*
 * indent: JSON for a terminal.
 */
#ifndef WECHAT_INDENT_H
#define WECHAT_INDENT_H

#include <stddef.h>

struct buf;

/* Adds text, JSON of size bytes, with a line for each value, two blanks a level. Control bytes in
 * it, which could change the terminal, become escapes; what is not JSON stays as it is otherwise.
 */
void indent_json(struct buf *made, const char *text, size_t size);

#endif
