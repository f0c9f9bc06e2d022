#include "push/late.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "host/os.h"
#include "host/runner.h"
#include "web/local.h"
#include "wechat/custom.h"
#include "wechat/message.h"

/* How long all calls together may take, and one that shows "typing". */
enum { CALLS_MS = 60000, TYPING_MS = 10000 };

bool
late_can_send(const struct app *app, const struct message *message)
{
        return conf_can_call(&app->conf) &&
               strcmp(message->account.token, app->conf.push_token) == 0;
}

void
late_init(struct late_calls *calls, struct arena *arena)
{
        buf_init(&calls->lines, arena);
        calls->count = 0;
}

void
late_add(struct late_calls *calls, const char *path, const char *json)
{
        if (*json == '\0')
                return;
        buf_add_text(&calls->lines, path);
        buf_add_byte(&calls->lines, ' ');
        buf_add_text(&calls->lines, json);
        buf_add_byte(&calls->lines, '\n');
        calls->count++;
}

/* Returns the calls as a string. */
static const char *
text_of(struct late_calls *calls)
{
        buf_add_byte(&calls->lines, '\0');
        return calls->lines.data;
}

int
late_make(struct app *app, struct late_calls *calls)
{
        char *output;
        size_t size;

        if (calls->count == 0)
                return 0;
        return runner_run(app->host->runner, app->arena, LATE_SENDER, text_of(calls),
            os_clock_ms() + CALLS_MS, &output, &size, &app->err);
}

void
late_begin_typing(struct app *app, const struct message *message)
{
        struct runner *typist = app->host->typist;
        struct late_calls calls;
        struct err ignored;
        char *json;

        if (typist == NULL || *message->event != '\0' || !late_can_send(app, message) ||
            custom_format_typing(app->arena, message->openid, &json, &ignored) != 0)
                return;
        late_init(&calls, app->arena);
        late_add(&calls, CUSTOM_TYPING_PATH, json);
        (void)!runner_begin(
            typist, LATE_SENDER, text_of(&calls), os_clock_ms() + TYPING_MS, &ignored);
}
