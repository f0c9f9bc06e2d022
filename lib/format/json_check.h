/*
 * json_check: finds the mistakes in JSON written by people, and where they are.
 */
#ifndef WECHAT_JSON_CHECK_H
#define WECHAT_JSON_CHECK_H

#include <stddef.h>

struct arena;
struct err;

/*
 * Checks that text, size bytes followed by a NUL, is one value according to RFC 8259, that no
 * object has a name twice, and that it has no more levels than json.h reads (an array around
 * everything does not count). Line ends and tabs may stand in strings unescaped. ERR_UPSTREAM:
 * "line 6: " and what to do.
 */
int json_check(struct arena *arena, const char *text, size_t size, struct err *err)
    __attribute__((warn_unused_result));

/* Returns the line of text, from 1, that at is in. */
int json_line(const char *text, const char *at);

#endif
