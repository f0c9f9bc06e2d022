/*
 * user: who has signed in or written to the account, one JSON file each: <state_dir>/users/<3 hex
 * of the openid's SHA-256>/<openid>.json, for PHP and Python to read as well.
 *
 * Members: openid, nickname, sex, province, city, country, headimgurl, privilege[], unionid (what
 * WeChat gave), scope, first_sign_in, last_sign_in (seconds since 1970), generation (random),
 * sessions[] ("name expires" each; a session is in force only while it is in this list and
 * generation equals its own); and what pushes said: subscribed_since, last_seen, last_located
 * (seconds since 1970), scene, latitude, longitude, precision. Other members are left as they are.
 * Deleting the file signs the user out everywhere.
 */
#ifndef WECHAT_USER_H
#define WECHAT_USER_H

#include <stdbool.h>

#include "base/pairs.h"
#include "state/member.h"

struct arena;
struct err;

struct users;

/* The users of a state folder; nothing is opened yet. */
struct users *users_new(struct arena *arena, const char *state_dir);

/* Reads a user's members. ERR_NOT_FOUND: there is no such user; ERR_SYSTEM: the file is broken. */
int user_read(struct users *users, const char *openid, struct pairs *user, struct err *err)
    __attribute__((warn_unused_result));

/*
 * Records a sign-in: the members of profile replace those stored (with a profile that has only an
 * openid, the stored ones stay), the session joins the list. Of the list's sessions those that are
 * over leave it, and the oldest where a person has as many as may be (MEMBER_SESSIONS_MAX of
 * member.h): their names come back as values of ended, to be deleted. The user's generation comes
 * back. ERR_SYSTEM.
 */
int user_sign_in(struct users *users, const struct pairs *profile, const char *scope,
    const struct user_session *session, const char **generation, struct pairs *ended,
    struct err *err) __attribute__((warn_unused_result));

/* Adds a session to the list of a user who is there, is of that generation, and has a session of
 * the name beside; nobody begins here. ERR_EXPIRED: it is not so; ERR_SYSTEM. */
int user_join(struct users *users, const char *openid, const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended, struct err *err)
    __attribute__((warn_unused_result));

/* Sets members of the user, who begins here if need be; a value that is too long (MEMBER_VALUE_MAX)
 * leaves its member as it was. Durable when it returns 0; last_seen alone is changed in place, and
 * a power cut may undo it. ERR_TOO_LARGE: with what the site's own programs keep in it the file
 * would become too large to be read; ERR_SYSTEM. */
int user_set(struct users *users, const char *openid, const struct pairs *members, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes what WeChat told about the user, but not the openid. A user who is not there is no error.
 */
int user_drop_profile(struct users *users, const char *openid, struct err *err)
    __attribute__((warn_unused_result));

/* Deletes the user: from here on none of their sessions is in force. Their names come back as the
 * values of sessions, to be deleted too; *listed is false where the file could not be read, which
 * is deleted all the same. What a process that was ended left of the user goes, too. A user who is
 * not there is no error. */
int user_forget(struct users *users, const char *openid, struct pairs *sessions, bool *listed,
    struct err *err) __attribute__((warn_unused_result));

/* Deletes temporary files, which processes left that were ended, from one shard, chosen by draw
 * (any number): those more than an hour older than now. ERR_SYSTEM. */
int user_sweep(struct users *users, unsigned draw, long long now, struct err *err)
    __attribute__((warn_unused_result));

#endif
