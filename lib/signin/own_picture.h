/*
 * own_picture: the picture under which a user is shown: the one that they have set on the personal
 * page, else WeChat's avatar.
 *
 * It is a record (STORE_PICTURE) with the openid and a JPEG, as base64url, under a random id, which
 * is its address: whoever knows that sees the picture, and another picture has another address. The
 * user's file has the id as its member picture. The member picture_other names another record that
 * may exist: while one picture takes the place of another, and if that was cut off. So no record is
 * without a user who names it.
 */
#ifndef WECHAT_OWN_PICTURE_H
#define WECHAT_OWN_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct arena;
struct conf;
struct pairs;
struct session;

/* How long a picture is kept: as good as for ever, in seconds. */
#define OWN_PICTURE_SECONDS (100LL * 366 * 86400)

/* Returns the address of the picture of a user, given by its members, for a page of this site: a
 * path, or a link to WeChat's; NULL: there is none. */
const char *own_picture_path(
    struct arena *arena, const struct conf *conf, const struct pairs *user);

/* The same for others: a full address. */
const char *own_picture_address(
    struct arena *arena, const struct conf *conf, const struct pairs *user);

/* Has the user set a picture? */
bool own_picture_is_set(const struct pairs *user);

/* Before a picture is made or changed: waits until no other request does so for that user.
 * ERR_BUSY: another one still does; ERR_SYSTEM. */
int own_picture_lock(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* Replaces the session's user's picture by a JPEG, given as base64url, or removes it: NULL.
 * own_picture_lock() has been called. ERR_NOT_FOUND: the session or the user is over; ERR_SYSTEM:
 * the picture is the new one or the one before. */
int own_picture_set(struct app *app, const struct session *session, const char *picture)
    __attribute__((warn_unused_result));

/* Deletes what is stored of that user's pictures; a user who does not exist, or cannot be read, is
 * not an error. The user's file is to be deleted next. ERR_SYSTEM. */
int own_picture_forget(struct app *app, const char *openid) __attribute__((warn_unused_result));

/* Reads the JPEG under that address, the rest of the path behind picture.cgi. ERR_NOT_FOUND: there
 * is none; ERR_SYSTEM. */
int own_picture_read(struct app *app, const char *path, const char **jpeg, size_t *size)
    __attribute__((warn_unused_result));

#endif
