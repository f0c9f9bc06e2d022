#include "qrcode.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "call.h"
#include "format/page.h"
#include "format/qr.h"
#include "format/url.h"
#include "host/file.h"
#include "people.h"
#include "state.h"

enum {
        SCENE_MAX = 64, /* bytes */
        SECONDS_MAX = 2592000,
        SECONDS_DEFAULT = 60,
        LIMIT_MAX = 100000,
        TICKET_SIZE = 94,
        KEY_SIZE = 22
};

static const long long forever = 100LL * 366 * 86400;

static const struct action {
        const char *name;
        bool number;    /* scene_id, otherwise scene_str */
        bool permanent; /* no end, and numbers up to LIMIT_MAX */
} actions[] = {{"QR_SCENE", true, false}, {"QR_STR_SCENE", false, false},
    {"QR_LIMIT_SCENE", true, true}, {"QR_LIMIT_STR_SCENE", false, true}};

static const struct action *
find_action(const char *name)
{
        for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
                if (strcmp(actions[i].name, name) == 0)
                        return &actions[i];
        return NULL;
}

/* Reads the scene as text. Returns 0 or 40053. */
static int
read_scene(const struct call *call, const struct action *action, const char **scene)
{
        const struct pairs *body = &call->body;
        long long number = pairs_get_number(body, "action_info/scene/scene_id", 0);

        if (!action->number) {
                *scene = pairs_get_text(body, "action_info/scene/scene_str");
                return **scene == '\0' || strlen(*scene) > SCENE_MAX ? 40053 : 0;
        }
        *scene = arena_printf(call->app->arena, "%lld", number);
        return number < 1 || number > (action->permanent ? LIMIT_MAX : 4294967295LL) ? 40053 : 0;
}

static int
read_seconds(const struct call *call, const struct action *action, long long *seconds)
{
        *seconds = action->permanent
                       ? forever
                       : pairs_get_number(&call->body, "expire_seconds", SECONDS_DEFAULT);
        return !action->permanent && (*seconds < 1 || *seconds > SECONDS_MAX) ? 40053 : 0;
}

/* Stores what the code holds under the last part of its url, and that under the ticket. The url
 * ends with the scene where that can stand in one. */
static int
keep(struct app *app, const char *scene, long long seconds, char **key, char **ticket)
{
        struct store_record record = {.created = app->now, .expires = app->now + seconds};
        struct store_record by_ticket = record;
        char *random;

        if (app_open_state(app) != 0 || kept_random(app, TICKET_SIZE, &random) != 0 ||
            kept_random(app, KEY_SIZE, key) != 0)
                return -1;
        *ticket = arena_printf(app->arena, "gQ%s", random);
        if (text_is_id(scene, 1, SCENE_MAX))
                *key = arena_strdup(app->arena, scene);
        pairs_init(&record.fields, app->arena);
        pairs_add(&record.fields, "scene", scene);
        pairs_add(&record.fields, "ticket", *ticket);
        pairs_init(&by_ticket.fields, app->arena);
        pairs_add(&by_ticket.fields, "key", *key);
        return kept_replace(app, STATE_QR, *key, &record) != 0
                   ? -1
                   : kept_replace(app, STATE_QR_TICKET, *ticket, &by_ticket);
}

static char *
url_of(struct app *app, const char *key)
{
        return arena_printf(app->arena, "%s/q/%s", app->conf.api_url, key);
}

int
qrcode_create(struct call *call)
{
        const struct action *action = find_action(pairs_get_text(&call->body, "action_name"));
        long long seconds = 0;
        const char *scene = "";
        char *key, *ticket;
        int wrong = action == NULL ? 40052 : read_scene(call, action, &scene);

        if (wrong == 0)
                wrong = read_seconds(call, action, &seconds);
        if (wrong != 0)
                return wrong;
        if (keep(call->app, scene, seconds, &key, &ticket) != 0)
                return -1;
        pairs_add(&call->answer, "ticket", ticket);
        if (!action->permanent)
                pairs_add_number(&call->answer, "expire_seconds", seconds);
        pairs_add(&call->answer, "url", url_of(call->app, key));
        return 0;
}

int
qrcode_show(struct app *app)
{
        const char *ticket = pairs_get_text(&app->request.query, "ticket");
        char *path, *template, *svg;
        struct pairs words, values;
        struct store_record record;
        size_t bytes;
        int size;

        if (kept_find(app, STATE_QR_TICKET, ticket, &record) != 0 || kept_journal(app, "ok") != 0)
                return -1;
        if (qr_path(app->arena, url_of(app, pairs_get_text(&record.fields, "key")), &path, &size,
                &app->err) != 0)
                return -1;
        pairs_init(&words, app->arena);
        pairs_init(&values, app->arena);
        pairs_add_number(&values, "size", size);
        pairs_add(&values, "path", path);
        if (file_read_public(app->arena,
                arena_printf(app->arena, "%s/qrcode.svg", app->conf.html_dir), &template, &bytes,
                &app->err) != 0 ||
            page_render(app->arena, template, &words, &values, &svg, &app->err) != 0)
                return -1;
        return app_answer_text(app, 200, "image/svg+xml", svg);
}

int
qrcode_scan(struct app *app)
{
        const char *key = app->request.path_info + strlen("/q/");
        struct store_record record;
        struct pairs switches;

        if (kept_find(app, STATE_QR, key, &record) != 0 || kept_read_switches(app, &switches) != 0)
                return -1;
        return app_answer_redirect(
            app, arena_printf(app->arena,
                     "%s/console?person=%s&kind=SCAN&scanned=1&eventkey=%s&ticket=%s",
                     app->conf.api_url, people_chosen(&switches)->id,
                     url_encode(app->arena, pairs_get_text(&record.fields, "scene")),
                     url_encode(app->arena, pairs_get_text(&record.fields, "ticket"))));
}
