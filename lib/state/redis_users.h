/*
 * redis_users: users in Redis: the JSON text of user.h, in 256 hashes, changed by compare and swap.
 *
 * The functions have the guarantees and errors of those in state.h.
 */
#ifndef WECHAT_REDIS_USERS_H
#define WECHAT_REDIS_USERS_H

#include "state/edit.h"
#include "state/redis_base.h"
#include "state/redis_search.h"

struct err;
struct member_away;
struct pairs;

/* Reads a user's text. ERR_NOT_FOUND, ERR_SYSTEM. */
int redis_user_text(struct redis_base *base, const char *openid, const char **text, size_t *size,
    struct err *err) __attribute__((warn_unused_result));

/* Makes a change. Errors as edit_apply(). */
int redis_user_edit(struct redis_base *base, const char *openid, const struct edit *edit,
    struct pairs *user, struct err *err) __attribute__((warn_unused_result));

int redis_user_forget(struct redis_base *base, const char *openid, const struct member_away *away,
    struct pairs *sessions, bool *listed, struct err *err) __attribute__((warn_unused_result));

/* Adds a user with the text as it is. ERR_EXISTS: there is one already. ERR_SYSTEM. */
int redis_user_add(struct redis_base *base, const char *openid, const char *text, struct err *err)
    __attribute__((warn_unused_result));

/* Calls visit for each openid and text, which last until it returns. ERR_SYSTEM. */
int redis_user_each(struct redis_base *base, text_visit *visit, void *context, struct err *err)
    __attribute__((warn_unused_result));

int redis_user_find_away(struct redis_base *base, unsigned draw, const struct member_away *away,
    struct pairs *openids, struct err *err) __attribute__((warn_unused_result));
int redis_user_sweep_waiting(struct redis_base *base, unsigned draw, long long limit,
    struct err *err) __attribute__((warn_unused_result));

#endif
