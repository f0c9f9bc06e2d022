/*
 * user: who has signed in or written to the account, one JSON file each: <state_dir>/users/<3 hex
 * of the openid's SHA-256>/<openid>.json, for PHP and Python to read as well.
 *
 * Members: openid, nickname, sex, province, city, country, headimgurl, privilege[], unionid (what
 * WeChat gave), scope, first_sign_in, last_sign_in (seconds since 1970), generation (random; a
 * session is in force only while it equals the session's), sessions[] ("name expires" each); and
 * what pushes said: subscribed_since, last_seen, last_located (seconds since 1970), scene,
 * latitude, longitude, precision. Other members are left as they are. Deleting the file signs the
 * user out everywhere.
 */
#ifndef WECHAT_USER_H
#define WECHAT_USER_H

#include "pairs.h"

struct arena;
struct err;

struct users;

/* The users of a state folder; nothing is opened yet. */
struct users *user_open(struct arena *arena, const char *state_dir);

/* Reads a user's members. ERR_NOT_FOUND: there is no such user; ERR_SYSTEM: the file is broken. */
int user_read(struct users *users, const char *openid, struct pairs *user, struct err *err)
    __attribute__((warn_unused_result));

/*
 * Records a sign-in: the members of profile replace those stored (with a profile that has only an
 * openid, the stored ones stay), session_name joins the sessions. The user's generation comes back.
 */
int user_sign_in(struct users *users, const struct pairs *profile, const char *scope,
    const char *session_name, long long now, long long expires, const char **generation,
    struct err *err) __attribute__((warn_unused_result));

/* Sets members of the user, who begins here if need be. */
int user_set(struct users *users, const char *openid, const struct pairs *members, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes what WeChat told about the user, but not the openid. A user who is not there is no error.
 */
int user_drop_profile(struct users *users, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes the user: from here on none of their sessions is in force. Their names come back as the
 * values of sessions, to be deleted too. What a process that was ended left of the user goes, too.
 * A user who is not there is no error. */
int user_forget(struct users *users, const char *openid, struct pairs *sessions, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes temporary files, which processes left that were ended, from one shard, chosen by draw
 * (any number): those more than an hour older than now. ERR_SYSTEM. */
int user_sweep(struct users *users, unsigned draw, long long now, struct err *err)
    __attribute__((warn_unused_result));

#endif
