/* QR codes of the account with a scene: made, shown, and as a picture. Those that were made here
 * are in the record of changes. */
#include <string.h>

#include "account/call.h"
#include "base/arena.h"
#include "base/text.h"
#include "format/json.h"
#include "format/json_build.h"
#include "format/qr.h"
#include "format/qr_png.h"
#include "format/url.h"
#include "owner/refusal.h"
#include "owner/views.h"
#include "signin/scene.h"
#include "state/state.h"
#include "web/app.h"
#include "wechat/account_api.h"
#include "wechat/qrcode.h"

enum { CODES_MAX = 50, SIDE_PIXELS = 8, SECONDS_LEAST = 60 };

static const long long day_seconds = 86400;

/* A code that was made here. */
struct code {
        const char *scene;
        const char *url;
        long long made;
        long long expires; /* 0: never */
};

struct codes {
        struct desk *desk;
        struct code items[CODES_MAX];
        size_t count;
};

/* ---- those that were made ---- */

static const struct code *
find(const struct codes *codes, const char *scene)
{
        for (size_t i = 0; i < codes->count; i++)
                if (strcmp(codes->items[i].scene, scene) == 0)
                        return &codes->items[i];
        return NULL;
}

/* Of several for one scene the latest counts. */
static bool
take_line(void *context, const char *text, size_t size)
{
        struct codes *codes = context;
        struct pairs line;
        struct code code;
        struct err err;

        pairs_init(&line, codes->desk->app->arena);
        if (json_parse(codes->desk->app->arena, text, size, &line, &err) != 0 ||
            strcmp(pairs_get_text(&line, "view"), "codes") != 0 ||
            strcmp(pairs_get_text(&line, "action"), "make") != 0)
                return true;
        code = (struct code){pairs_get_text(&line, "subject"), pairs_get_text(&line, "url"),
            pairs_get_number(&line, "time", 0), pairs_get_number(&line, "expires", 0)};
        if (*code.scene != '\0' && *code.url != '\0' && find(codes, code.scene) == NULL)
                codes->items[codes->count++] = code;
        return codes->count < CODES_MAX;
}

static int
read_codes(struct desk *desk, struct codes *codes)
{
        *codes = (struct codes){.desk = desk};
        return state_read_audit(desk->app->state, take_line, codes, &desk->app->err);
}

static bool
is_expired(const struct desk *desk, const struct code *code)
{
        return code->expires > 0 && code->expires <= desk->app->now;
}

/* ---- a picture ---- */

/* A name for the file: as the scene, if that is plain. */
static const char *
disposition(struct arena *arena, const char *scene)
{
        return arena_printf(arena, "attachment; filename=\"qr-%s.png\"",
            text_is_id(scene, 1, QRCODE_SCENE_MAX) ? scene : "scene");
}

static int
answer_picture(struct desk *desk, const struct code *code)
{
        struct app *app = desk->app;
        struct qr_code qr;
        char *png;
        size_t size;

        if (qr_encode(app->arena, code->url, &qr, &app->err) != 0 ||
            qr_png(app->arena, &qr, SIDE_PIXELS, &png, &size, &app->err) != 0)
                return -1;
        pairs_add(
            &app->response.headers, "Content-Disposition", disposition(app->arena, code->scene));
        return app_answer_bytes(app, 200, "image/png", png, size);
}

/* ---- the page ---- */

static const char *
code_url(const struct desk *desk, const struct code *code, const char *more)
{
        return desk_url(desk, "codes",
            arena_printf(
                desk->app->arena, "scene=%s%s", url_encode(desk->app->arena, code->scene), more));
}

/* Adds when the code ends, under a prefix. */
static void
add_end(const struct desk *desk, const struct code *code, const char *prefix)
{
        struct app *app = desk->app;

        if (code->expires > 0)
                pairs_add(&app->page, arena_printf(app->arena, "%suntil", prefix),
                    text_beijing_time(app->arena, code->expires));
        if (is_expired(desk, code))
                pairs_add(&app->page, arena_printf(app->arena, "%sis_expired", prefix), "1");
}

static void
add_list(const struct desk *desk, const struct codes *codes)
{
        struct app *app = desk->app;

        for (size_t i = 0; i < codes->count; i++) {
                const struct code *code = &codes->items[i];
                const char *prefix = arena_printf(app->arena, "codes/%zu/", i);

                pairs_add(&app->page, arena_printf(app->arena, "%sscene", prefix), code->scene);
                pairs_add(&app->page, arena_printf(app->arena, "%slink", prefix),
                    code_url(desk, code, ""));
                pairs_add(&app->page, arena_printf(app->arena, "%smade", prefix),
                    text_beijing_time(app->arena, code->made));
                add_end(desk, code, prefix);
        }
        if (codes->count > 0)
                pairs_add(&app->page, "has_codes", "1");
}

static int
add_shown(const struct desk *desk, const struct code *code)
{
        struct app *app = desk->app;
        char *path;
        int size;

        if (qr_path(app->arena, code->url, &path, &size, &app->err) != 0)
                return -1;
        pairs_add(&app->page, "shown", code->scene);
        pairs_add(&app->page, "shown_url", code->url);
        pairs_add(&app->page, "qr_path", path);
        pairs_add_number(&app->page, "qr_size", size);
        pairs_add(&app->page, "picture_url", code_url(desk, code, "&format=png"));
        add_end(desk, code, "shown_");
        return 0;
}

static int
show(struct desk *desk)
{
        struct app *app = desk->app;
        const char *scene = pairs_get_text(&app->request.query, "scene");
        struct codes *codes = arena_alloc(app->arena, sizeof(*codes));
        const struct code *code;

        if (read_codes(desk, codes) != 0)
                return -1;
        code = *scene == '\0' ? NULL : find(codes, scene);
        if (strcmp(pairs_get_text(&app->request.query, "format"), "png") == 0)
                return code == NULL || is_expired(desk, code)
                           ? err_set(&app->err, ERR_NOT_FOUND, "owner: no such QR code")
                           : answer_picture(desk, code);
        add_list(desk, codes);
        if (code != NULL && !is_expired(desk, code) && add_shown(desk, code) != 0)
                return -1;
        pairs_add(&app->page, "typed",
            text_clean(app->arena, pairs_get_text(&app->request.form, "scene")));
        return desk_answer_page(desk, "owner-codes");
}

/* ---- a new one ---- */

/* Reads how long the code is to be valid; 0: for ever. -1: it is no such number. */
static long long
read_seconds(const struct pairs *form)
{
        long long seconds = pairs_get_number(form, "seconds", -1);

        return seconds == 0 ||
                       (seconds >= SECONDS_LEAST && seconds <= QRCODE_DAYS_MAX * day_seconds)
                   ? seconds
                   : -1;
}

/* Returns why no code can be made for the scene; NULL: the request is in asked. */
static const char *
find_flaw(struct desk *desk, const char *scene, int seconds, struct pairs *asked)
{
        enum qrcode_flaw flaw = qrcode_request(scene, seconds, asked);
        struct pairs values;

        pairs_init(&values, desk->app->arena);
        pairs_add_number(
            &values, "most", flaw == QRCODE_NUMBER ? qrcode_number_max(seconds) : QRCODE_SCENE_MAX);
        if (flaw == QRCODE_NUMBER)
                return desk_word(desk, "owner.codes.number", &values);
        if (flaw == QRCODE_LENGTH || strcmp(text_clean(desk->app->arena, scene), scene) != 0)
                return desk_word(desk, "owner.codes.length", &values);
        return scene_parse(scene) == NULL ? NULL : desk_word(desk, "owner.codes.own", NULL);
}

static int
make(struct desk *desk, const struct pairs *asked, const char **url, enum desk_result *result)
{
        struct app *app = desk->app;
        struct account_request request = {.path = "/cgi-bin/qrcode/create"};
        struct account_answer answer;
        struct pairs fields;
        char *json;

        pairs_init(&fields, app->arena);
        if (json_build_tree(app->arena, asked, &json, &app->err) != 0)
                return -1;
        request.json = json;
        if (account_call(app, &request, &answer) == 0 &&
            json_parse(app->arena, answer.body, answer.size, &fields, &app->err) == 0 &&
            api_parse_qrcode(&fields, url, &app->err) == 0)
                return 0;
        desk->flaw = refusal_say(desk);
        *result = DESK_REFUSED;
        return 0;
}

static int
act_make(struct desk *desk, enum desk_result *result)
{
        struct app *app = desk->app;
        const char *scene = pairs_get_text(&app->request.form, "scene"), *url;
        long long seconds = read_seconds(&app->request.form);
        struct pairs asked;

        if (seconds < 0)
                return err_set(&app->err, ERR_REQUEST, "owner: seconds: 60 to 2592000, or 0");
        pairs_init(&asked, app->arena);
        desk->flaw = find_flaw(desk, scene, (int)seconds, &asked);
        if (desk->flaw != NULL) {
                *result = DESK_REFUSED;
                return 0;
        }
        if (make(desk, &asked, &url, result) != 0 || *result != DESK_DONE)
                return app->err.kind == ERR_NONE ? 0 : -1;
        desk->subject = scene;
        pairs_add(&desk->details, "url", url);
        if (seconds > 0)
                pairs_add_number(&desk->details, "expires", app->now + seconds);
        desk->back = desk_url(
            desk, "codes", arena_printf(app->arena, "scene=%s", url_encode(app->arena, scene)));
        return 0;
}

static const struct desk_action actions[] = {{"make", act_make}, {NULL, NULL}};

const struct desk_view view_codes = {
    .name = "codes", .in_menu = true, .show = show, .actions = actions};
