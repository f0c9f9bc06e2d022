#include "signin/scene.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "format/address.h"
#include "format/digest.h"
#include "format/signed.h"
#include "format/url.h"
#include "host/os.h"
#include "signin/consent.h"
#include "signin/desktop.h"
#include "state/state.h"

/* BEGUN_MAX: of one address within BEGUN_SECONDS. WeChat makes 100,000 codes a day for an account.
 */
enum { FIELDS = 5, COOKIE_SECONDS = 900, BEGUN_MAX = 30, BEGUN_SECONDS = 600 };

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

/* Limits how many codes WeChat is asked to make for one address. */
static int
count_begun(struct app *app)
{
        const char *key =
            arena_printf(app->arena, "scene %s", address_group(app->arena, app->request.client));
        int count;

        if (app_open_state(app) != 0 || state_count(app->state, STORE_COUNT, key, 1, app->now,
                                            BEGUN_SECONDS, &count, &app->err) != 0)
                return -1;
        return count <= BEGUN_MAX
                   ? 0
                   : err_set(&app->err, ERR_BUSY, "scene: too many QR codes for this address");
}

int
scene_begin(struct app *app, const char *next, struct scene *scene)
{
        struct store_record record = {.created = app->now, .expires = app->now + SCENE_SECONDS};
        struct desktop desktop;
        char *device_code;

        if (count_begun(app) != 0 || os_random_token(app->arena, &device_code, &app->err) != 0)
                return -1;
        desktop_fill(app, device_code, next, &desktop);
        *scene = (struct scene){device_code, desktop.user_code, record.expires, next,
            arena_printf(app->arena, "%s%s", prefix, desktop.user_code), NULL};
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "browser", desktop_browser(app->arena, app->request.user_agent));
        pairs_add(&record.fields, "address", app->request.client);
        return state_create(app->state, STORE_SCENE, desktop.user_code, &record, &app->err);
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
        return text_starts_with(scene, prefix) && text_is_id(scene + strlen(prefix),
                                                      DIGEST_BASE64URL_SIZE, DIGEST_BASE64URL_SIZE)
                   ? scene + strlen(prefix)
                   : NULL;
}

int
scene_read(struct app *app, const char *user_code, struct scene_details *details)
{
        struct desktop desktop = {.user_code = user_code};
        struct store_record record;

        if (app_open_state(app) != 0 ||
            state_read(app->state, STORE_SCENE, user_code, app->now, &record, &app->err) != 0)
                return -1;
        *details = (struct scene_details){user_code, pairs_get_text(&record.fields, "browser"),
            pairs_get_text(&record.fields, "address"), record.created, desktop_number(&desktop)};
        return 0;
}

/* A token is the same for each scan of a person, and nobody else can make it. */
int
scene_scan(
    struct app *app, const struct scene_details *details, const char *openid, const char **token)
{
        struct store_record record = {
            .created = app->now, .expires = details->created + SCENE_SECONDS};

        *token = digest_hmac_text(app->arena, key_for(app, "scan"),
            arena_printf(app->arena, "%s %s", details->user_code, openid));
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", openid);
        pairs_add(&record.fields, "user_code", details->user_code);
        return state_replace(app->state, STORE_SCAN, *token, &record, &app->err);
}

int
scene_read_link(
    struct app *app, const char *token, struct scene_details *details, const char **openid)
{
        struct store_record record;

        if (app_open_state(app) != 0 ||
            state_read(app->state, STORE_SCAN, token, app->now, &record, &app->err) != 0)
                return -1;
        *openid = pairs_get_text(&record.fields, "openid");
        return scene_read(app, pairs_get_text(&record.fields, "user_code"), details);
}

/* That there was an answer is noted first, so that there is only one. */
int
scene_answer(struct app *app, const struct scene_details *details, const char *openid, bool yes)
{
        struct store_record record = {.created = app->now,
            .expires = details->created + SCENE_SECONDS + SCENE_PICKUP_SECONDS};
        struct err ignored = {.kind = ERR_NONE};

        pairs_init(&record.fields, app->arena);
        /* Counts the answers of a person, of whom it shall say nothing. */
        pairs_add(&record.fields, "generation",
            digest_hmac_text(app->arena, key_for(app, "answered"), openid));
        if (state_create(app->state, STORE_ANSWERED, details->user_code, &record, &app->err) != 0)
                return -1;
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "openid", yes ? openid : "");
        consent_add(app, &record.fields);
        if (state_create(app->state, STORE_ANSWER, details->user_code, &record, &app->err) == 0)
                return 0;
        /* Nothing was answered: it may be tried again. */
        if (state_delete(app->state, STORE_ANSWERED, details->user_code, &ignored) != 0)
                app_log(app, &ignored);
        return -1;
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
