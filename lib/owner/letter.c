#include "owner/letter.h"

#include "account/call.h"
#include "base/pairs.h"
#include "format/json_build.h"
#include "web/app.h"
#include "wechat/custom.h"

enum letter_bar
letter_bar(const struct app *app, const struct pairs *user, long long last)
{
        if (!conf_can_call(&app->conf))
                return LETTER_NO_KEYS;
        if (last == 0)
                last = pairs_get_number(user, "last_seen", 0);
        return app->now - last < LETTER_SECONDS ? LETTER_MAY : LETTER_TOO_LATE;
}

int
letter_send(struct app *app, const char *openid, const char *text)
{
        struct account_request request = {.path = CUSTOM_SEND_PATH};
        struct account_answer answer;
        struct pairs fields;
        char *json;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "touser", openid);
        pairs_add(&fields, "msgtype", "text");
        pairs_add(&fields, "text/content", text);
        if (json_build_tree(app->arena, &fields, &json, &app->err) != 0)
                return -1;
        request.json = json;
        return account_call(app, &request, &answer);
}
