#include "signin/scene.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "format/digest.h"
#include "format/signed.h"
#include "format/url.h"
#include "host/os.h"
#include "signin/consent.h"
#include "signin/desktop.h"
#include "signin/waiting.h"
#include "state/state.h"

/* BEGUN_MAX: of one address within WAITING_COUNT_SECONDS. WeChat makes 100,000 codes a day for an
 * account. */
enum { FIELDS = 5, COOKIE_SECONDS = 900, BEGUN_MAX = 30 };

static const char cookie[] = "wx_scene", prefix[] = "in-";

static char *
key_for(struct app *app, const char *purpose)
{
        return signed_key(app->arena, app->conf.secret, purpose);
}

int
scene_check(struct app *app)
{
        if (conf_has_way(&app->conf, "scene"))
                return 0;
        return err_set(&app->err, ERR_NOT_FOUND,
            "sign_in = %s has no sign-in by scene: set sign_in = scene to have it",
            app->conf.sign_in);
}

static const char *
packed(struct app *app, const char *text)
{
        return digest_base64url(app->arena, text, strlen(text));
}

bool
scene_of_browser(struct app *app, struct scene *scene)
{
        const char *fields[FIELDS], *given = app_get_cookie(app, cookie);
        struct desktop desktop;

        if (given == NULL ||
            !signed_parse(app->arena, key_for(app, "scene cookie"), given, fields, FIELDS) ||
            strcmp(fields[0], "s1") != 0)
                return false;
        desktop_fill(app, fields[1], "", &desktop);
        scene->device_code = fields[1];
        scene->user_code = desktop.user_code;
        scene->expires = strtoll(fields[2], NULL, 10);
        scene->next = digest_base64url_decode(app->arena, fields[3], NULL);
        scene->url = digest_base64url_decode(app->arena, fields[4], NULL);
        return scene->next != NULL && url_is_local(scene->next) && scene->url != NULL;
}

int
scene_begin(struct app *app, const char *next, struct scene *scene)
{
        struct desktop desktop;
        struct waiting waiting;
        char *device_code;

        if (app_open_state(app) != 0 || waiting_count(app, "scene", BEGUN_MAX) != 0 ||
            os_random_token(app->arena, &device_code, &app->err) != 0)
                return -1;
        desktop_fill(app, device_code, next, &desktop);
        *scene = (struct scene){device_code, desktop.user_code, desktop.expires, next,
            arena_printf(app->arena, "%s%s", prefix, desktop.user_code), NULL};
        return waiting_create(app, STORE_SCENE, desktop.user_code, desktop.expires, &waiting);
}

void
scene_give_browser(struct app *app, const struct scene *scene)
{
        const char *const fields[FIELDS] = {"s1", scene->device_code,
            arena_printf(app->arena, "%lld", scene->expires), packed(app, scene->next),
            packed(app, scene->url)};

        app_set_cookie(app, cookie,
            signed_format(app->arena, key_for(app, "scene cookie"), fields, FIELDS),
            COOKIE_SECONDS);
}

void
scene_end(struct app *app)
{
        app_set_cookie(app, cookie, "", 0);
}

const char *
scene_parse(const char *scene)
{
        return text_starts_with(scene, prefix) &&
                       text_is_id(
                           scene + strlen(prefix), DESKTOP_USER_CODE_SIZE, DESKTOP_USER_CODE_SIZE)
                   ? scene + strlen(prefix)
                   : NULL;
}

int
scene_read(struct app *app, const char *user_code, struct waiting *waiting)
{
        if (app_open_state(app) != 0 || waiting_read(app, STORE_SCENE, user_code, waiting) != 0)
                return -1;
        return waiting->expires > app->now
                   ? 0
                   : err_set(&app->err, ERR_NOT_FOUND, "scene: the time to answer is over");
}

/* A token is the same for each scan of a person, and nobody else can make it. */
int
scene_scan(struct app *app, struct waiting *waiting, const char *openid, const char **token)
{
        struct store_record record = {.created = app->now, .expires = waiting->expires};

        *token = digest_hmac_text(app->arena, key_for(app, "scan"),
            arena_printf(app->arena, "%s %s", waiting->user_code, openid));
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", openid);
        pairs_add(&record.fields, "user_code", waiting->user_code);
        if (state_replace(app->state, STORE_SCAN, *token, &record, &app->err) != 0)
                return -1;
        return waiting_note_scan(app, waiting);
}

int
scene_read_link(struct app *app, const char *token, struct waiting *waiting, const char **openid)
{
        struct store_record record;

        if (app_open_state(app) != 0 ||
            state_read(app->state, STORE_SCAN, token, app->now, &record, &app->err) != 0)
                return -1;
        *openid = pairs_get_text(&record.fields, "openid");
        return scene_read(app, pairs_get_text(&record.fields, "user_code"), waiting);
}

const char *
scene_person(struct app *app, const char *openid)
{
        return digest_hmac_text(app->arena, key_for(app, "answered"), openid);
}

int
scene_answer(struct app *app, struct waiting *waiting, const char *openid, bool yes)
{
        struct store_record record = {
            .created = app->now, .expires = waiting->expires + DESKTOP_PICKUP_SECONDS};
        const char *person = scene_person(app, openid);

        if (waiting_begin_answer(app, waiting, person) != 0)
                return -1;
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", yes ? openid : "");
        consent_add(app, &record.fields);
        if (state_create(app->state, STORE_ANSWER, waiting->user_code, &record, &app->err) != 0) {
                waiting_undo_answer(app, waiting);
                return -1;
        }
        waiting_end_answer(app, waiting, person, yes);
        return 0;
}

int
scene_take_answer(struct app *app, const struct scene *scene, const char **openid)
{
        struct store_record record;

        if (state_take(app->state, STORE_ANSWER, scene->user_code, app->now, &record, &app->err) !=
            0)
                return -1;
        *openid = pairs_get_text(&record.fields, "openid");
        app->consented = pairs_get_number(&record.fields, "consented", 0);
        return 0;
}

int
scene_forget(struct app *app, const char *openid)
{
        static const enum store_kind kinds[] = {STORE_SCAN, STORE_ANSWER};

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
                struct pairs names;

                pairs_init(&names, app->arena);
                if (state_find(app->state, kinds[i], "openid", openid, &names, &app->err) != 0)
                        return -1;
                for (size_t j = 0; j < names.count; j++)
                        if (state_delete_name(
                                app->state, kinds[i], names.items[j].value, &app->err) != 0)
                                return -1;
        }
        return 0;
}
