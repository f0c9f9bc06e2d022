#include "check/message_checks.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "check/trial.h"
#include "format/json_build.h"
#include "host/os.h"
#include "host/runner.h"
#include "push/handler.h"
#include "state/state.h"

/* HANDLER_MS: the page itself must not take longer than a visitor waits. */
enum { HANDLER_MS = 12000, SLOW_MS = 2500 };

void
check_push_settings(struct trial *trial)
{
        const struct conf *conf = &trial->conf;
        struct report *report = &trial->report;

        if (!trial->is_set_up)
                return;
        if (*conf->push_token == '\0')
                report_add(report, REPORT_HINT, "push.none", NULL);
        else if (strcmp(conf->push_mode, "plain") != 0 && *conf->encoding_aes_key == '\0')
                report_add(report, REPORT_FAILED, "push.no_key", "mode", conf->push_mode, NULL);
        else if (strcmp(conf->push_mode, "plain") == 0)
                report_add(report, REPORT_HINT, "push.plain", NULL);
        else
                report_add(report, REPORT_GOOD, "push.good", "mode", conf->push_mode, NULL);
}

void
check_last_push(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        long long when;

        if (!trial->state_is_good || *trial->conf.push_token == '\0')
                return;
        if (conf_journal_days(&trial->conf) == 0 || state_last_log(trial->state, &when, &err) != 0)
                report_add(&trial->report, REPORT_UNTRIED, "last_push.untried", NULL);
        else if (when == 0)
                report_add(&trial->report, REPORT_HINT, "last_push.none", NULL);
        else
                report_add(&trial->report, REPORT_GOOD, "last_push.good", "time",
                    text_beijing_time(trial->arena, when), NULL);
}

/* A message that nobody has sent; WECHAT_CHECK=1 in the handler's environment says so, too. */
static int
make_message(struct trial *trial, char **json, struct err *err)
{
        struct pairs fields;

        pairs_init(&fields, trial->arena);
        pairs_add(&fields, "ToUserName", "gh_check");
        pairs_add(&fields, "FromUserName", "oCheck_nobody_00000000000000");
        pairs_add(&fields, "CreateTime", arena_printf(trial->arena, "%lld", trial->now));
        pairs_add(&fields, "MsgType", "text");
        pairs_add(&fields, "Content", "wechat-check");
        pairs_add(&fields, "MsgId", "1");
        return json_build_tree(trial->arena, &fields, json, err);
}

void
check_handler_run(struct trial *trial)
{
        struct report *report = &trial->report;
        long long began = os_clock_ms(), took;
        struct err err = {.kind = ERR_NONE};
        struct handler_reply reply;
        const char *milliseconds, *seconds;
        long long patience = trial->conf.handler_seconds * 1000;
        char *json, *output;
        size_t size;
        int result;

        if (trial->dry == NULL || report_has(report, "handler") ||
            make_message(trial, &json, &err) != 0)
                return;
        if (patience > HANDLER_MS)
                patience = HANDLER_MS;
        seconds = arena_printf(trial->arena, "%lld", patience / 1000);
        result =
            runner_run(trial->dry, trial->arena, 0, json, began + patience, &output, &size, &err);
        took = os_clock_ms() - began;
        milliseconds = arena_printf(trial->arena, "%lld", took);
        if (result != 0)
                report_add(report, REPORT_FAILED,
                    err.kind == ERR_TIMEOUT ? "handler.late" : "handler.failed", "seconds", seconds,
                    NULL);
        else if (handler_parse(trial->arena, "handler", output, size, &reply, &err) != 0)
                report_add(report, REPORT_FAILED, "handler.invalid", NULL);
        else if (took > SLOW_MS && !handler_is_slow(&trial->conf))
                report_add(report, REPORT_HINT, "handler.slow", "milliseconds", milliseconds, NULL);
        else
                report_add(report, REPORT_GOOD, "handler.good", "milliseconds", milliseconds, NULL);
}

void
check_domains(struct trial *trial)
{
        const char *domain = strstr(trial->conf.site_url, "://");

        if (!trial->is_set_up || domain == NULL || !conf_has_way(&trial->conf, "authorize"))
                return;
        report_add(&trial->report, REPORT_UNTRIED, "domains.unknown", "domain", domain + 3, NULL);
}
