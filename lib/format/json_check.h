/*
 * json_check: what is wrong with JSON that people wrote, and where.
 */
#ifndef WECHAT_JSON_CHECK_H
#define WECHAT_JSON_CHECK_H

#include <stddef.h>

struct arena;
struct err;

/*
 * Is text, size bytes and a NUL after them, one value as RFC 8259 has it, with no name twice in an
 * object, and of no more levels than json.h reads (an array around all of it counts for none)? Line
 * ends and tabs may stand in texts as they are. ERR_UPSTREAM: "line 6: " and what to do.
 */
int json_check(struct arena *arena, const char *text, size_t size, struct err *err)
    __attribute__((warn_unused_result));

/* The line of text, from 1, in which at stands. */
int json_line(const char *text, const char *at);

#endif
