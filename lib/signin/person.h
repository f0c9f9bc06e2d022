/*
 * person: what the site's owner does about one of the people who have signed in, or wait for that,
 * and what people do about themselves.
 * Each function returns 0, or -1 with app->err: ERR_NOT_FOUND: nobody of that openid is stored;
 * ERR_SYSTEM. To delete a person: forget_openid() (forget.h), which keeps a block.
 */
#ifndef WECHAT_PERSON_H
#define WECHAT_PERSON_H

#include <stddef.h>

struct app;
struct pairs;

/* Bytes of an owner's note. */
enum { PERSON_NOTE_MAX = 1000 };

/* Takes the person off the waiting list: the next sign-in succeeds. */
int person_approve(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* Blocks the person: all sessions are over at once, and no sign-in succeeds. ERR_DENIED: it is one
 * of the owners. */
int person_block(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* Ends the block. The person is approved. */
int person_unblock(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* Replaces the person's roles by the values of roles; none: they have none. ERR_REQUEST: one is not
 * valid (role.h), or there are too many. */
int person_set_roles(struct app *app, const char *openid, const struct pairs *roles)
    __attribute__((warn_unused_result));

/* Replaces the owner's note; "": none. ERR_REQUEST: it is longer than PERSON_NOTE_MAX bytes. */
int person_set_note(struct app *app, const char *openid, const char *note)
    __attribute__((warn_unused_result));

/* Replaces the name that the person chose (display_name_read()); "": none. */
int person_set_display_name(struct app *app, const char *openid, const char *name)
    __attribute__((warn_unused_result));

/* Signs the person out everywhere. */
int person_sign_out(struct app *app, const char *openid) __attribute__((warn_unused_result));

struct person_session {
        const char *name;    /* for person_end_session() */
        const char *browser; /* "Chrome, Windows"; "" if unknown */
        const char *address; /* the client's; "" if unknown */
        long long created;   /* seconds since 1970 */
        long long expires;
        const char *scope; /* SESSION_SCOPE_DEV: of a page under local development */
        long long used;    /* the last use that is known; 0: nothing is known */
};

/* Lists the sessions in force of a user, given by its members, the latest first. */
int person_list_sessions(struct app *app, const struct pairs *user,
    struct person_session **sessions, size_t *count) __attribute__((warn_unused_result));

/* Ends a session of that person. ERR_NOT_FOUND: the person has no such session in force. */
int person_end_session(struct app *app, const char *openid, const char *name)
    __attribute__((warn_unused_result));

/* Ends all sessions of the user, given by its members, but the one of that name. */
int person_end_others(struct app *app, const struct pairs *user, const char *name)
    __attribute__((warn_unused_result));

#endif
