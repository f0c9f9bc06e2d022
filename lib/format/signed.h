/*
 * signed: short texts that come back by way of browsers and can only be ours: fields divided by
 * dots, and behind them a mac.
 */
#ifndef WECHAT_SIGNED_H
#define WECHAT_SIGNED_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* The fields, each of letters, digits, '-' and '_', sealed with key (HMAC-SHA-256). */
char *signed_format(struct arena *arena, const char *key, const char *const fields[], size_t count);

/* Is text what signed_format() made of so many fields with that key? fields[i]: "" and more. */
bool signed_parse(
    struct arena *arena, const char *key, const char *text, const char *fields[], size_t count);

/* A key for a purpose, made from a secret. Keys of different purposes tell nothing of each other.
 */
char *signed_key(struct arena *arena, const char *secret, const char *purpose);

#endif
