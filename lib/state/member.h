/*
 * member: the members of a user's file (user.h), and how a sign-in and a push change them.
 */
#ifndef WECHAT_MEMBER_H
#define WECHAT_MEMBER_H

#include <stdbool.h>

#include "base/pairs.h"

/*
 * MEMBER_SESSIONS_MAX: sessions per user (phones, computers, pages under development).
 * MEMBER_VALUE_MAX (bytes) and MEMBER_ITEMS_MAX: WeChat sends no more; they keep what a user writes
 * into a push from making the file too large to be read.
 */
enum { MEMBER_SESSIONS_MAX = 100, MEMBER_VALUE_MAX = 1024, MEMBER_ITEMS_MAX = 32 };

/* A session to be added to a user's list. */
struct user_session {
        const char *name;
        long long now;
        long long expires;   /* seconds since 1970 */
        bool *is_first;      /* state_sign_in() sets it: the first sign-in; NULL: not asked */
        long long consented; /* when the user agreed in this sign-in; 0: not in this one */
};

/* A change of what is not WeChat's. */
struct member_change {
        const struct pairs *without; /* the values are the names of members to remove; NULL: none */
        const struct pairs *with;    /* members to set, after that; NULL: none */
        const struct pairs *leaves;  /* the values are the names of sessions that end; NULL: none */
        const char *generation;      /* a new one, which ends all sessions; NULL: they go on */
};

/* Replaces in user the members that from has, and removes those that are PAIR_NULL there. A value
 * longer than MEMBER_VALUE_MAX leaves its member as it was; items beyond MEMBER_ITEMS_MAX are left
 * out. */
void member_set(struct pairs *user, const struct pairs *from);

/* Removes WeChat's data about the user, except openid and unionid. */
void member_remove_profile(struct pairs *user);

/* Makes the change. The names of sessions that end are added to ended, as values. */
void member_change(struct pairs *user, const struct member_change *change, struct pairs *ended);

/* Has an owner blocked the user? */
bool member_is_blocked(const struct pairs *user);

/* Adds a session to the list, in which each name occurs once. Sessions that have expired are
 * removed, and the oldest if there would be more than MEMBER_SESSIONS_MAX; their names are added to
 * ended, as values. */
void member_add_session(
    struct pairs *user, const char *name, long long now, long long expires, struct pairs *ended);

/* When users count as away: they were last here before that time (seconds since 1970), and have no
 * session in force at now. */
struct member_away {
        long long before;
        long long now;
};

/* Is the user away? The last sign-in, message, request to be let in, and approval count; a user
 * without any of these times is not away, nor is one who is blocked. */
bool member_is_away(const struct pairs *user, const struct member_away *away);

/* Is a session of that name in the list? */
bool member_has_session(const struct pairs *user, const char *name);

/* Does the user have that generation, and is the session in the list? */
bool member_is_in_force(const struct pairs *user, const char *generation, const char *session);

/* Adds the names of the sessions to names, as values. */
void member_get_sessions(const struct pairs *user, struct pairs *names);

#endif
