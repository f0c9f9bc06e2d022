/*
 * signed: short texts that come back through browsers and that only this site can have made: fields
 * separated by dots, followed by a MAC.
 */
#ifndef WECHAT_SIGNED_H
#define WECHAT_SIGNED_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Returns the fields with their MAC (HMAC-SHA-256 with key). Each consists of letters, digits, '-'
 * and '_'. */
char *signed_format(struct arena *arena, const char *key, const char *const fields[], size_t count);

/* Is text what signed_format() returned for count fields with that key? If so, stores them in
 * fields; each may be "". */
bool signed_parse(
    struct arena *arena, const char *key, const char *text, const char *fields[], size_t count);

/* Derives a key for a purpose from a secret. Keys for different purposes reveal nothing about each
 * other. */
char *signed_key(struct arena *arena, const char *secret, const char *purpose);

#endif
