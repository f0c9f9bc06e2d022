#include "owner/refusal.h"

#include <string.h>

#include "base/arena.h"
#include "owner/desk.h"
#include "web/app.h"
#include "wechat/errcode.h"

const char *
refusal_say(struct desk *desk)
{
        struct app *app = desk->app;
        const char *advice = errcode_text(app->arena, &app->err, strcmp(app->language, "en") != 0);
        struct pairs values;

        if (!conf_can_call(&app->conf)) {
                err_clear(&app->err);
                return desk_word(desk, "owner.call.unable", NULL);
        }
        app_log(app, &app->err);
        pairs_init(&values, app->arena);
        pairs_add_number(&values, "code", app->err.errcode);
        pairs_add(
            &values, "advice", advice == NULL ? arena_strdup(app->arena, app->err.text) : advice);
        err_clear(&app->err);
        return desk_word(
            desk, advice == NULL ? "owner.call.failed" : "owner.call.refused", &values);
}
