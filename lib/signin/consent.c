#include "signin/consent.h"

#include <string.h>

#include "web/app.h"
#include "state/state.h"

enum { COOKIE_SECONDS = 366 * 86400 };

static const char cookie[] = "wx_consent";

bool
consent_is_missing(const struct app *app, const struct pairs *user)
{
        return conf_asks_consent(&app->conf) && app->consented == 0 &&
               pairs_get_number(user, "consented", 0) <= 0;
}

int
consent_find_missing(struct app *app, const char *openid, bool *missing)
{
        struct pairs user;

        pairs_init(&user, app->arena);
        *missing = false;
        if (!consent_is_missing(app, &user))
                return 0;
        if (app_open_state(app) != 0)
                return -1;
        if (state_read_user(app->state, openid, &user, &app->err) != 0 &&
            app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        *missing = consent_is_missing(app, &user);
        return 0;
}

int
consent_check(struct app *app, const char *openid)
{
        bool missing;

        if (consent_find_missing(app, openid, &missing) != 0)
                return -1;
        return missing ? err_set(&app->err, ERR_EXPIRED,
                             "consent: this person has not agreed, and has to be asked again")
                       : 0;
}

bool
consent_read_box(struct app *app)
{
        bool ticked = conf_asks_consent(&app->conf) &&
                      strcmp(pairs_get_text(&app->request.form, "agree"), "1") == 0;

        if (ticked)
                app->consented = app->now;
        return ticked;
}

void
consent_add(const struct app *app, struct pairs *fields)
{
        if (app->consented != 0)
                pairs_add_number(fields, "consented", app->consented);
}

bool
consent_is_remembered(const struct app *app)
{
        return app_get_cookie(app, cookie) != NULL;
}

void
consent_remember(struct app *app)
{
        if (conf_asks_consent(&app->conf))
                app_set_cookie(app, cookie, "1", COOKIE_SECONDS);
}

void
consent_forget(struct app *app)
{
        if (consent_is_remembered(app))
                app_set_cookie(app, cookie, "", 0);
}
