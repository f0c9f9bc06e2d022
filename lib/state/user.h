/*
 * user: users who have signed in or written to the account, one JSON file each, which PHP and
 * Python can read too: <state_dir>/users/<3 hex of the openid's SHA-256>/<openid>.json.
 *
 * Members: openid, nickname, sex, province, city, country, headimgurl, privilege[], unionid (from
 * WeChat), scope, first_sign_in, last_sign_in (seconds since 1970), generation (random), sessions[]
 * ("name expires" each; a session is in force only while it is in this list and generation equals
 * its own); and from pushes: subscribed_since, last_seen, last_located (seconds since 1970), scene,
 * latitude, longitude, precision; consented (when the user agreed, consent.h); display_name (which
 * the user chose, display_name.h), picture and picture_other (own_picture.h); programs[]
 * (approvals.h); and from the owner (person.h): roles[] (role.h), blocked, waiting, approved
 * (seconds since 1970: when an owner blocked the user, when the user was put on the waiting list,
 * when an owner approved), note. Other members are left as they are. Deleting the file signs the
 * user out everywhere.
 *
 * The functions have the guarantees and errors of those in state.h: user_set() of state_set_user(),
 * and so on.
 */
#ifndef WECHAT_USER_H
#define WECHAT_USER_H

#include <stdbool.h>

#include "base/pairs.h"
#include "state/member.h"

struct arena;
struct err;

struct users;

/* The folders of users: 000 to fff. */
enum { USER_SHARDS = 4096 };

/* Returns the users of a state folder. Opens nothing yet. */
struct users *users_new(struct arena *arena, const char *state_dir);

int user_read(struct users *users, const char *openid, struct pairs *user, struct err *err)
    __attribute__((warn_unused_result));

int user_export(struct users *users, const char *openid, char **json, struct err *err)
    __attribute__((warn_unused_result));

int user_sign_in(struct users *users, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err) __attribute__((warn_unused_result));

int user_join(struct users *users, const char *openid, const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended, struct err *err)
    __attribute__((warn_unused_result));

int user_wait(struct users *users, const struct pairs *profile, const char *scope, long long now,
    bool *begun, struct err *err) __attribute__((warn_unused_result));

int user_change(struct users *users, const char *openid, const struct member_change *change,
    struct pairs *ended, struct err *err) __attribute__((warn_unused_result));

/* If last_seen is the only member, it is changed in place. ERR_TOO_LARGE: with the members that the
 * site's own programs keep in it, the file would be larger than FILE_SIZE_MAX. */
int user_set(struct users *users, const char *openid, const struct pairs *members, struct err *err)
    __attribute__((warn_unused_result));

/* Adds a user with the text as it is. ERR_EXISTS: there is one already. ERR_SYSTEM. */
int user_add(struct users *users, const char *openid, const char *text, struct err *err)
    __attribute__((warn_unused_result));

int user_drop_profile(struct users *users, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes users who have been on the waiting list since before limit, from a few shards, selected
 * by draw (any number). ERR_SYSTEM. */
int user_sweep_waiting(struct users *users, unsigned draw, long long limit, struct err *err)
    __attribute__((warn_unused_result));

/* Also deletes a file that cannot be read, and what processes that died left in the user's shard.
 * away: only if the user is still away, else ERR_EXISTS; NULL: in any case. */
int user_forget(struct users *users, const char *openid, const struct member_away *away,
    struct pairs *sessions, bool *listed, struct err *err) __attribute__((warn_unused_result));

/* Deletes temporary files more than an hour older than now, left by processes that died, from one
 * shard, selected by draw (any number). ERR_SYSTEM. */
int user_sweep(struct users *users, unsigned draw, long long now, struct err *err)
    __attribute__((warn_unused_result));

#endif
