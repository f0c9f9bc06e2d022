#include "push/handler.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/json.h"
#include "format/json_check.h"
#include "format/owner.h"
#include "host/behind.h"
#include "host/runner.h"
#include "push/late.h"
#include "web/local.h"
#include "wechat/custom.h"
#include "wechat/reply.h"

/* FAST_SECONDS: so long a handler may run in any case, since WeChat waits for 5. */
enum { FAST_SECONDS = 4 };

bool
handler_is_slow(const struct conf *conf)
{
        return *conf->handler != '\0' && conf->handler_seconds > FAST_SECONDS;
}

/* One process runs the handler, and then sends what follows its reply; while the handler works,
 * another one shows "typing". That one is started first, so that it does not hold the first one's
 * link. */
void
handler_prepare(struct host *host)
{
        const struct conf *conf = &host->conf;
        struct runner_program *programs;

        if (*conf->handler == '\0')
                return;
        programs = arena_alloc(host->arena, LATE_PROGRAMS * sizeof(*programs));
        programs[LATE_HANDLER].file = conf->handler;
        programs[LATE_HANDLER].environment = local_owners_environment(host->arena, host, NULL);
        if (host->behind == NULL && (handler_is_slow(conf) || conf_can_call(conf)))
                host->behind = behind_new(host->arena);
        if (conf_can_call(conf))
                local_prepare(host, "wechat-late.cgi", &programs[LATE_SENDER]);
        if (strcmp(conf->handler_typing, "on") == 0)
                host->typist = runner_start(host->arena, programs, host->behind, true);
        host->runner = runner_start(host->arena, programs, host->behind, handler_is_slow(conf));
}

int
handler_begin(struct app *app, const char *json, long long until)
{
        return runner_begin(app->host->runner, LATE_HANDLER, json, until, &app->err);
}

static bool
is_null(const char *text)
{
        return strncmp(text, "null", 4) == 0 && text[4 + strspn(text + 4, " \t\n")] == '\0';
}

int
handler_parse(struct arena *arena, const char *file, char *output, size_t size,
    struct handler_reply *reply, struct err *err)
{
        *reply = (struct handler_reply){.more = NULL};
        pairs_init(&reply->reply, arena);
        if (owner_read_text(arena_printf(arena, "%s: its output", file), output, &size, err) != 0)
                return -1;
        output += strspn(output, " \t\n");
        if (*output == '\0')
                return 0;
        if (is_null(output)) {
                pairs_add_typed(&reply->reply, "", "", PAIR_NULL);
                return 0;
        }
        if (json_check(arena, output, strlen(output), err) == 0 &&
            json_parse_tree(arena, output, strlen(output), &reply->reply, err) == 0 &&
            custom_take_then(arena, &reply->reply, &reply->more, &reply->more_count, err) == 0 &&
            reply_check(arena, &reply->reply, false, err) == 0)
                return 0;
        return err_set(
            err, ERR_CONFIG, "%s: its reply is invalid: %s", file, arena_strdup(arena, err->text));
}

int
handler_finish(struct app *app, long long patience, struct handler_reply *reply)
{
        char *output;
        size_t size;

        *reply = (struct handler_reply){.more = NULL};
        pairs_init(&reply->reply, app->arena);
        if (runner_finish(app->host->runner, app->arena, patience, &output, &size, &app->err) != 0)
                return -1;
        return handler_parse(app->arena, app->conf.handler, output, size, reply, &app->err);
}
