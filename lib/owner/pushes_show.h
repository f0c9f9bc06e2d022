/*
 * pushes_show: a push on a page of the desk.
 */
#ifndef WECHAT_PUSHES_SHOW_H
#define WECHAT_PUSHES_SHOW_H

#include <stddef.h>

struct desk;
struct push_line;

/* Adds the push to the page: pushes/NUMBER/ time, kind, text, is_event; openid, link (to the
 * person, unless they were deleted), nickname. */
void pushes_add_line(struct desk *desk, const struct push_line *line, size_t number);

/* Returns what a kind is called; one that has no word is shown as WeChat names it. */
const char *pushes_name_kind(const struct desk *desk, const char *kind);

#endif
