/*
 * member: the members of a user's file (user.h), and how a sign-in and a push change them.
 */
#ifndef WECHAT_MEMBER_H
#define WECHAT_MEMBER_H

#include <stdbool.h>

#include "base/pairs.h"

/*
 * So many sessions one person has at once: phones, computers, pages under development. A longer
 * value, or more items of an array, WeChat does not send: what a person writes into a push must not
 * make the file larger than can be read.
 */
enum { MEMBER_SESSIONS_MAX = 100, MEMBER_VALUE_MAX = 1024, MEMBER_ITEMS_MAX = 32 };

/* A session that joins a user's list. */
struct user_session {
        const char *name;
        long long now;
        long long expires; /* seconds since 1970 */
};

/* Replaces in user what from has; a value that is longer than MEMBER_VALUE_MAX leaves its member as
 * it was. */
void member_set(struct pairs *user, const struct pairs *from);

/* Removes what WeChat told about the user, but unionid. */
void member_remove_profile(struct pairs *user);

/* Adds a session, which is in the list once. Those that are over leave the list, and where there
 * are MEMBER_SESSIONS_MAX the oldest; their names join the values of ended. */
void member_add_session(
    struct pairs *user, const char *name, long long now, long long expires, struct pairs *ended);

/* Is a session of that name in the list? */
bool member_has_session(const struct pairs *user, const char *name);

/* Is the user of that generation, and is the session in the list? */
bool member_is_in_force(const struct pairs *user, const char *generation, const char *session);

/* Adds the names of the sessions to names, as values. */
void member_get_sessions(const struct pairs *user, struct pairs *names);

#endif
