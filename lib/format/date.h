/*
 * date: the dates in HTTP headers (RFC 9110, section 5.6.7).
 */
#ifndef WECHAT_DATE_H
#define WECHAT_DATE_H

#include <stdbool.h>

struct arena;

/* Returns seconds since 1970, up to the year 9999, as "Sun, 06 Nov 1994 08:49:37 GMT". */
char *date_format(struct arena *arena, long long seconds);

/* Reads such a date, or one of the two obsolete forms: "Sunday, 06-Nov-94 08:49:37 GMT" (years up
 * to 69 are of this century) and "Sun Nov  6 08:49:37 1994". Returns false if text is anything
 * else. */
bool date_parse(struct arena *arena, const char *text, long long *seconds);

#endif
