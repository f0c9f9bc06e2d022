/*
 * user_each: a walk over all users (user.h).
 */
#ifndef WECHAT_USER_EACH_H
#define WECHAT_USER_EACH_H

#include <stdbool.h>

#include "state/record.h"

struct arena;
struct err;
struct pairs;

/* Guarantees and errors as state_each_user(). */
int user_each(struct arena *arena, const char *state_dir,
    bool (*visit)(void *context, const struct pairs *user), void *context, struct err *err)
    __attribute__((warn_unused_result));

/* The same, with the text of each user's file and the openid as its name. */
int user_each_text(struct arena *arena, const char *state_dir, text_visit *visit, void *context,
    struct err *err) __attribute__((warn_unused_result));

#endif
