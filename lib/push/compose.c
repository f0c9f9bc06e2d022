#include "push/compose.h"

#include "web/app.h"
#include "base/arena.h"
#include "state/state.h"
#include "wechat/custom.h"
#include "wechat/message.h"
#include "wechat/reply.h"
#include "wechat/rules.h"

int
compose_by_rules(struct app *app, const struct message *message, struct pairs *reply)
{
        struct rules rules;
        char *text;
        size_t size;

        if (*app->conf.replies == '\0')
                return 0;
        if (app_read_file(app, &text, &size) != 0 ||
            rules_parse(app->arena, text, size, app->conf.replies, &rules, &app->err) != 0)
                return -1;
        rules_find(&rules, message, reply);
        return 0;
}

void
compose_values(struct app *app, const struct message *message, struct pairs *values)
{
        struct pairs user;
        struct err none;

        pairs_init(values, app->arena);
        pairs_init(&user, app->arena);
        if (state_read_user(app->state, message->openid, &user, &none) != 0)
                pairs_init(&user, app->arena);
        pairs_add(values, "nickname", pairs_get_text(&user, "nickname"));
        pairs_add(values, "openid", message->openid);
        pairs_add(values, "content", pairs_get_text(&message->fields, "Content"));
        pairs_add(values, "scene",
            *message->scene != '\0' ? message->scene : pairs_get_text(&user, "scene"));
        pairs_add(values, "login_url",
            conf_url(app->arena, &app->conf, conf_program(app->arena, &app->conf, "login.cgi")));
}

/* Logs that the last bytes of a text were cut off. */
static void
tell_lost(struct app *app, size_t lost, const char *source)
{
        struct err err = {.kind = ERR_NONE};

        if (lost == 0)
                return;
        err_set(&err, ERR_CONFIG,
            "the reply is too long: WeChat takes %d bytes of text, so its last %zu are cut off; "
            "shorten it in %s",
            REPLY_TEXT_MAX, lost, source);
        app_log(app, &err);
}

const char *
compose_answer(struct app *app, const struct message *message, const struct pairs *reply,
    const struct pairs *values, const char *source)
{
        size_t lost;
        const char *xml;

        if (reply->count == 0)
                return "";
        xml = reply_format(app->arena, reply, message, values, app->now, &lost);
        tell_lost(app, lost, source);
        return xml;
}

const char *
compose_custom(struct app *app, const struct message *message, const struct pairs *reply,
    const struct pairs *values, const char *source)
{
        struct err err = {.kind = ERR_NONE};
        char *json;
        size_t lost;

        if (custom_format(app->arena, reply, message->openid, values, &json, &lost, &err) != 0) {
                app_log(app, &err);
                return "";
        }
        tell_lost(app, lost, source);
        return json;
}
