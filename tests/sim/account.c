#include "account.h"

#include <string.h>

#include "answer.h"
#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "fault.h"
#include "format/digest.h"
#include "format/json.h"
#include "format/url.h"
#include "state.h"

enum { TOKEN_SECONDS = 7200, SCENE_MAX = 64, SECONDS_MAX = 2592000 };

/* The one token that is in force: a new key when the switches make the old one expire. */
static char *
token_key(struct app *app, const struct pairs *switches)
{
        const char *generation = pairs_get_text(switches, "access_generation");

        return digest_hmac_text(
            app->arena, app->conf.secret, arena_printf(app->arena, "account %s", generation));
}

/* Reads the JSON of a POST. Returns 0, or an errcode. */
static int
read_json(struct app *app, struct pairs *fields)
{
        struct err ignored;

        pairs_init(fields, app->arena);
        if (strcmp(app->request.method, "POST") != 0)
                return 43002;
        return json_parse_tree(
                   app->arena, app->request.body, app->request.body_size, fields, &ignored) == 0
                   ? 0
                   : 47001;
}

static int
check_credential(struct app *app, const struct pairs *fields)
{
        const char *appid = pairs_get_text(fields, "appid");
        const char *secret = pairs_get_text(fields, "secret");

        if (strcmp(pairs_get_text(fields, "grant_type"), "client_credential") != 0)
                return 40002;
        if (*appid == '\0')
                return 41002;
        if (*secret == '\0')
                return 41004;
        if (strcmp(appid, app->conf.appid) != 0)
                return 40013;
        return strcmp(secret, app->conf.secret) == 0 ? 0 : 40125;
}

int
account_stable_token(struct app *app)
{
        struct pairs fields, switches, answer;
        int wrong = read_json(app, &fields);

        if (fault_happens(app, "token", &switches))
                return app->response.status == 0 ? -1 : 0;
        if (wrong == 0)
                wrong = check_credential(app, &fields);
        if (wrong != 0)
                return answer_errcode(app, wrong);
        pairs_init(&answer, app->arena);
        pairs_add(&answer, "access_token", token_key(app, &switches));
        pairs_add_number(&answer, "expires_in", TOKEN_SECONDS);
        return answer_fields(app, &answer);
}

int
account_qrcode(struct app *app)
{
        struct pairs fields, switches, answer;
        int wrong = read_json(app, &fields);
        const char *token = pairs_get_text(&app->request.query, "access_token");
        const char *scene = pairs_get_text(&fields, "action_info/scene/scene_str");
        long long seconds = pairs_get_number(&fields, "expire_seconds", 0);
        const char *kind;

        if (fault_happens(app, "qrcode", &switches))
                return app->response.status == 0 ? -1 : 0;
        kind = pairs_get_text(&switches, "account");
        if (wrong != 0)
                return answer_errcode(app, wrong);
        if (*token == '\0')
                return answer_errcode(app, 41001);
        if (strcmp(token, token_key(app, &switches)) != 0)
                return answer_errcode(app, 40001);
        if (*kind != '\0' && !text_has_word("verified test", kind))
                return answer_errcode(app, 48001);
        if (strcmp(pairs_get_text(&fields, "action_name"), "QR_STR_SCENE") != 0 || *scene == '\0' ||
            strlen(scene) > SCENE_MAX || seconds < 1 || seconds > SECONDS_MAX)
                return answer_errcode(app, 40053);
        pairs_init(&answer, app->arena);
        pairs_add(&answer, "ticket", "gQInvented");
        pairs_add_number(&answer, "expire_seconds", seconds);
        pairs_add(&answer, "url", arena_printf(app->arena, "%s/q/%s", app->conf.api_url, scene));
        return answer_fields(app, &answer);
}

int
account_scan(struct app *app)
{
        return app_answer_redirect(
            app, arena_printf(app->arena, "%s/console?kind=SCAN&eventkey=%s", app->conf.api_url,
                     url_encode(app->arena, app->request.path_info + strlen("/q/"))));
}
