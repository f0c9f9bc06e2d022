#include "signin/own_picture.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/digest.h"
#include "host/os.h"
#include "signin/session.h"
#include "state/state.h"
#include "web/app.h"

/* LOCK_MS: longer than making a picture takes (picture_maker.h). */
enum { ID_SIZE = DIGEST_BASE64URL_SIZE, LOCK_MS = 12000 };

static const char suffix[] = ".jpg";

/* ---- where it is ---- */

static const char *
own_path(struct arena *arena, const struct conf *conf, const struct pairs *user)
{
        const char *id = pairs_get_text(user, "picture");

        return text_is_id(id, ID_SIZE, ID_SIZE)
                   ? arena_printf(
                         arena, "%s/%s%s", conf_program(arena, conf, "picture.cgi"), id, suffix)
                   : NULL;
}

const char *
own_picture_path(struct arena *arena, const struct conf *conf, const struct pairs *user)
{
        const char *own = own_path(arena, conf, user);

        return own != NULL ? own : pairs_get(user, "headimgurl");
}

const char *
own_picture_address(struct arena *arena, const struct conf *conf, const struct pairs *user)
{
        const char *own = own_path(arena, conf, user);

        return own != NULL ? arena_printf(arena, "%s%s", conf->site_url, own)
                           : pairs_get(user, "headimgurl");
}

bool
own_picture_is_set(const struct pairs *user)
{
        return pairs_get(user, "picture") != NULL;
}

/* ---- another one ---- */

int
own_picture_lock(struct app *app, const char *openid)
{
        const char *key = arena_printf(app->arena, "picture %s", openid);

        return app_open_state(app) != 0 ||
                       state_lock(app->state, key, os_clock_ms() + LOCK_MS, &app->err) != 0
                   ? -1
                   : 0;
}

/* Sets both members; NULL: it is removed. */
static int
name_both(struct app *app, const char *openid, const char *picture, const char *other)
{
        struct pairs removed, set, ended;
        const struct member_change change = {.without = &removed, .with = &set};

        pairs_init(&removed, app->arena);
        pairs_init(&set, app->arena);
        pairs_init(&ended, app->arena);
        pairs_add(&removed, "name", "picture");
        pairs_add(&removed, "name", "picture_other");
        pairs_add(&set, "picture", picture);
        pairs_add(&set, "picture_other", other);
        return state_change_user(app->state, openid, &change, &ended, &app->err);
}

static int
write_record(struct app *app, const char *openid, const char *id, const char *picture)
{
        struct store_record record = {
            .created = app->now, .expires = app->now + OWN_PICTURE_SECONDS};

        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", openid);
        pairs_add(&record.fields, "jpeg", picture);
        return state_create(app->state, STORE_PICTURE, id, &record, &app->err);
}

static int
delete_record(struct app *app, const char *id)
{
        return id == NULL ? 0 : state_delete(app->state, STORE_PICTURE, id, &app->err);
}

/* If the user was deleted meanwhile, or the session has ended, what was written goes as well. */
static int
take_back(struct app *app, const char *openid, const char *id)
{
        struct err err = app->err;

        if (err.kind != ERR_NOT_FOUND && err.kind != ERR_EXPIRED)
                return -1;
        err_clear(&app->err);
        if (delete_record(app, id) != 0 ||
            (name_both(app, openid, NULL, NULL) != 0 && app->err.kind != ERR_NOT_FOUND))
                return -1;
        app->err = err;
        return -1;
}

static int
check(struct app *app, const struct session *session)
{
        struct session now;

        if (session_read_name(app, session->name, &now) == 0)
                return 0;
        if (app->err.kind == ERR_NOT_FOUND)
                err_set(&app->err, ERR_EXPIRED, "picture: the session ended during this request");
        return -1;
}

/* The new one is named before it is written, and the one before until it is deleted. */
static int
replace(struct app *app, const struct session *session, const char *before, const char *picture)
{
        const char *openid = session->openid;
        char *id = NULL;

        if (picture != NULL && (os_random_token(app->arena, &id, &app->err) != 0 ||
                                   name_both(app, openid, before, id) != 0))
                return -1;
        if (picture != NULL && write_record(app, openid, id, picture) != 0)
                return -1;
        if (name_both(app, openid, id, before) != 0 || check(app, session) != 0)
                return take_back(app, openid, id);
        return delete_record(app, before);
}

int
own_picture_set(struct app *app, const struct session *session, const char *picture)
{
        struct pairs user;

        pairs_init(&user, app->arena);
        if (state_read_user(app->state, session->openid, &user, &app->err) != 0 ||
            delete_record(app, pairs_get(&user, "picture_other")) != 0)
                return -1;
        return replace(app, session, pairs_get(&user, "picture"), picture);
}

/* For a user whose file could not be read: all records with the openid. */
static int
delete_found(struct app *app, const char *openid)
{
        struct pairs names;

        pairs_init(&names, app->arena);
        err_clear(&app->err);
        if (state_find(app->state, STORE_PICTURE, "openid", openid, &names, &app->err) != 0)
                return -1;
        for (size_t i = 0; i < names.count; i++)
                if (state_delete_name(app->state, STORE_PICTURE, names.items[i].value, &app->err) !=
                    0)
                        return -1;
        return 0;
}

int
own_picture_forget(struct app *app, const char *openid)
{
        struct pairs user;

        pairs_init(&user, app->arena);
        if (state_read_user(app->state, openid, &user, &app->err) != 0)
                return app->err.kind == ERR_NOT_FOUND ? err_accept(&app->err, ERR_NOT_FOUND)
                                                      : delete_found(app, openid);
        return delete_record(app, pairs_get(&user, "picture")) != 0 ||
                       delete_record(app, pairs_get(&user, "picture_other")) != 0
                   ? -1
                   : 0;
}

/* ---- as it is shown ---- */

int
own_picture_read(struct app *app, const char *path, const char **jpeg, size_t *size)
{
        struct store_record record;
        const char *id;

        if (*path != '/' || strlen(path) != 1 + ID_SIZE + sizeof(suffix) - 1 ||
            strcmp(path + 1 + ID_SIZE, suffix) != 0)
                return err_set(&app->err, ERR_NOT_FOUND, "picture: no address of one");
        id = arena_copy(app->arena, path + 1, ID_SIZE);
        if (!text_is_id(id, ID_SIZE, ID_SIZE))
                return err_set(&app->err, ERR_NOT_FOUND, "picture: no address of one");
        if (app_open_state(app) != 0 ||
            state_read(app->state, STORE_PICTURE, id, app->now, &record, &app->err) != 0)
                return -1;
        *jpeg = digest_base64url_decode(app->arena, pairs_get_text(&record.fields, "jpeg"), size);
        return *jpeg != NULL ? 0 : err_set(&app->err, ERR_SYSTEM, "picture: a record is broken");
}
