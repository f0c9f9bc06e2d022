#include "push/entry.h"

#include <string.h>

#include "web/app.h"
#include "format/json_build.h"
#include "state/state.h"
#include "wechat/message.h"

/* Copies a field of the push. */
static void
copy(struct pairs *to, const struct message *message, const char *name)
{
        const struct pairs *fields = &message->fields;

        for (size_t i = 0; i < fields->count; i++)
                if (strcmp(fields->items[i].name, name) == 0)
                        pairs_add_typed(to, name, fields->items[i].value, fields->items[i].type);
}

/* The names are WeChat's, so that programs read both kinds of lines in the same way. */
static int
build_kind(struct app *app, const struct message *message, char **json)
{
        struct pairs kind;

        pairs_init(&kind, app->arena);
        pairs_add(&kind, "FromUserName", message->openid);
        copy(&kind, message, "CreateTime");
        copy(&kind, message, "MsgType");
        copy(&kind, message, "Event");
        return json_build_tree(app->arena, &kind, json, &app->err);
}

int
entry_log(struct app *app, const struct message *message, const char *json)
{
        long long days = conf_journal_days(&app->conf);
        char *kind;

        if (days == 0)
                return 0;
        if (!conf_keeps_texts(&app->conf)) {
                if (build_kind(app, message, &kind) != 0)
                        return -1;
                json = kind;
        }
        return state_log(app->state, json, days, app->now, &app->err);
}
