/*
 * edit: the changes of a user, as changes of the JSON text that a back end stores (user.h says what
 * is in it). Nothing is read or written; a
 * new user takes random bytes.
 */
#ifndef WECHAT_EDIT_H
#define WECHAT_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "state/member.h"

struct arena;
struct err;
struct pairs;

/* A change. apply cannot fail, and may be called again with another text: what it says to the
 * caller (ended, begun and the like) then counts. */
struct edit {
        void (*apply)(struct pairs *user, const struct edit *edit);
        bool begins; /* a missing user is created; otherwise it is left missing */
        bool exists; /* a missing user is an error: ERR_NOT_FOUND */
        bool amends; /* need not be durable: if only digits change, they change in place */
        const struct pairs *members;
        const char *scope;                /* for a sign-in */
        const struct user_session *added; /* for a sign-in and for a session */
        struct pairs *ended;
        const char *generation; /* the user must have it, and the session beside; NULL: any */
        const char *beside;
        const struct member_change *owners; /* for a change by the owner */
        long long now;                      /* for the waiting list */
        bool *begun;
};

/* The changes of state.h: state_sign_in(), state_join(), and so on. */
struct edit edit_sign_in(const struct pairs *profile, const char *scope,
    const struct user_session *session, struct pairs *ended);
struct edit edit_join(const char *generation, const char *beside,
    const struct user_session *session, struct pairs *ended);
struct edit edit_set(const struct pairs *members);
struct edit edit_wait(const struct pairs *profile, const char *scope, long long now, bool *begun);
struct edit edit_owners(const struct member_change *owners, struct pairs *ended);
struct edit edit_drop_profile(void);

/* Reads the members of a user from size bytes of text. ERR_SYSTEM: the text is broken, or another
 * user's. */
int edit_parse(struct arena *arena, const char *openid, const char *text, size_t size,
    struct pairs *user, struct err *err) __attribute__((warn_unused_result));

/* As state_export_user(), from the text. ERR_SYSTEM. */
int edit_export(struct arena *arena, const char *openid, const char *text, size_t size, char **json,
    struct err *err) __attribute__((warn_unused_result));

/* Makes the change. text NULL: there is no such user. *changed: the new text; NULL: the user is
 * missing and stays so. Members of a later version or of the site's own programs stay.
 * ERR_NOT_FOUND, ERR_EXPIRED: as state_change_user() and state_join(). ERR_SYSTEM. */
int edit_apply(struct arena *arena, const char *openid, const char *text, size_t size,
    const struct edit *edit, struct pairs *user, char **changed, struct err *err)
    __attribute__((warn_unused_result));

/* ERR_TOO_LARGE: the text could not be read back. */
int edit_check_size(const char *text, struct err *err) __attribute__((warn_unused_result));

/* Returns in *text what stays of a blocked user who is forgotten. ERR_SYSTEM. */
int edit_keep_block(struct arena *arena, const char *openid, const struct pairs *user, char **text,
    struct err *err) __attribute__((warn_unused_result));

#endif
