#include "signin/forget.h"

#include "web/app.h"
#include "state/state.h"
#include "signin/consent.h"
#include "signin/hook.h"
#include "signin/own_picture.h"
#include "signin/passcode.h"
#include "signin/scene.h"
#include "signin/session.h"

/* For a user whose file could not be read: all records with the openid. */
static int
delete_found(struct app *app, const char *openid, struct pairs *sessions)
{
        struct pairs grants;

        pairs_init(&grants, app->arena);
        if (state_find(app->state, STORE_SESSION, "openid", openid, sessions, &app->err) != 0 ||
            state_find(app->state, STORE_TOKENS, "openid", openid, &grants, &app->err) != 0)
                return -1;
        for (size_t i = 0; i < grants.count; i++)
                if (state_delete_name(app->state, STORE_TOKENS, grants.items[i].value, &app->err) !=
                    0)
                        return -1;
        return 0;
}

/* For the hook: is anything to be deleted? A broken file is. */
static bool
is_known(struct app *app, const char *openid)
{
        struct err err = {.kind = ERR_NONE};
        struct pairs user;

        pairs_init(&user, app->arena);
        return hook_is_set(app) &&
               (state_read_user(app->state, openid, &user, &err) == 0 || err.kind != ERR_NOT_FOUND);
}

/* Everything but the user and the sessions. */
static int
forget_rest(struct app *app, const char *openid)
{
        return passcode_forget(app, openid) != 0 || scene_forget(app, openid) != 0 ||
                       own_picture_forget(app, openid) != 0 ||
                       state_forget_lines(app->state, openid, &app->err) != 0 ||
                       state_empty_owned(app->state, STORE_GRANT, openid, &app->err) != 0 ||
                       state_empty_owned(app->state, STORE_PUSH, openid, &app->err) != 0
                   ? -1
                   : 0;
}

/* The user is deleted last: as long as it exists, the deletion can be tried again. */
int
forget_openid(struct app *app, const char *openid)
{
        bool known = is_known(app, openid), listed;
        struct pairs sessions;

        pairs_init(&sessions, app->arena);
        if (forget_rest(app, openid) != 0 ||
            state_forget_user(app->state, openid, &sessions, &listed, &app->err) != 0 ||
            (!listed && delete_found(app, openid, &sessions) != 0))
                return -1;
        if (session_delete_all(app, &sessions) != 0)
                return -1;
        if (known)
                hook_add(app, "delete", openid);
        return 0;
}

int
forget_away(struct app *app, const char *openid, const struct member_away *away)
{
        struct pairs sessions;

        pairs_init(&sessions, app->arena);
        if (forget_rest(app, openid) != 0)
                return -1;
        if (state_forget_away(app->state, openid, away, &sessions, &app->err) == 0) {
                if (session_delete_all(app, &sessions) != 0)
                        return -1;
                hook_add(app, "delete", openid);
                return 0;
        }
        if (app->err.kind != ERR_EXISTS)
                return -1;
        err_clear(&app->err);
        return 0;
}

int
forget_session(struct app *app, const struct session *session)
{
        if (session_check_power(app, session) != 0 || forget_openid(app, session->openid) != 0)
                return -1;
        consent_forget(app);
        return session_close(app, session);
}
