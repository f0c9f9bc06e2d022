#include "oidc/saved.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/url.h"
#include "host/os.h"
#include "oidc/provider.h"
#include "oidc/request.h"
#include "state/state.h"
#include "web/app.h"

const char saved_unseen[] = "-";

static int
gone(struct app *app)
{
        return app->err.kind != ERR_NOT_FOUND
                   ? -1
                   : err_set(
                         &app->err, ERR_EXPIRED, "authorize: the request is answered, or too old");
}

int
saved_write(struct app *app, struct saved *saved)
{
        struct store_record record = {.created = app->now, .expires = app->now + SAVED_SECONDS};
        char *id;

        if (saved->id != NULL)
                return 0;
        if (app_open_state(app) != 0 || os_random_token(app->arena, &id, &app->err) != 0)
                return -1;
        saved->id = id;
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "session", saved->session);
        pairs_add(&record.fields, "given", request_format(app->arena, &saved->given));
        return state_create(app->state, STORE_SAVED, id, &record, &app->err);
}

int
saved_read(struct app *app, const char *id, struct saved *saved)
{
        struct store_record record;
        const char *given;

        if (id == NULL || !text_is_id(id, DIGEST_BASE64URL_SIZE, DIGEST_BASE64URL_SIZE))
                return err_set(&app->err, ERR_REQUEST, "authorize: id is missing or malformed");
        if (app_open_state(app) != 0)
                return -1;
        if (state_read(app->state, STORE_SAVED, id, app->now, &record, &app->err) != 0)
                return gone(app);
        given = pairs_get_text(&record.fields, "given");
        saved->session = pairs_get_text(&record.fields, "session");
        saved->id = strcmp(saved->session, saved_unseen) == 0 ? NULL : id;
        pairs_init(&saved->given, app->arena);
        return url_parse_form(app->arena, given, &saved->given, &app->err);
}

int
saved_take(struct app *app, const struct saved *saved)
{
        struct store_record record;

        return state_take(app->state, STORE_SAVED, saved->id, app->now, &record, &app->err) == 0
                   ? 0
                   : gone(app);
}

char *
saved_path(struct app *app, const struct saved *saved)
{
        return arena_printf(app->arena, "%s?id=%s", provider_path(app, "/continue"), saved->id);
}
