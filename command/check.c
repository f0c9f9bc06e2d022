/* wechat check, and token: is everything ready for calls? */
#include <stdio.h>
#include <string.h>

#include "account/call.h"
#include "base/arena.h"
#include "command.h"
#include "commands.h"
#include "conf/conf.h"
#include "output.h"
#include "settings.h"
#include "state/state.h"

int
run_token(struct run *run)
{
        struct pairs fields;
        struct kept token;

        if (account_get(&run->app, KEPT_ACCESS_TOKEN, &token) != 0)
                return refuse_err(run, &run->app.err);
        pairs_init(&fields, run->arena);
        pairs_add(&fields, "access_token", token.text);
        pairs_add_number(&fields, "expires_in", token.expires - run->app.now);
        if (run->json)
                print_pairs(run, &fields);
        else
                printf("%s\n", token.text);
        return STATUS_DONE;
}

/* ---- the checks ---- */

/* Returns NULL and *found, what is good, or else what to do. */
typedef const char *check(struct run *run, const char **found);

static const char *
check_settings(struct run *run, const char **found)
{
        const char *why = settings_read(run);

        if (why == NULL)
                *found = run->host.place.file;
        return why;
}

static const char *
check_values(struct run *run, const char **found)
{
        struct app *app = &run->app;

        if (conf_check_time(app->arena, &app->conf, run->host.place.file, app->now, &app->err) != 0)
                return error_text(run, &app->err);
        if (*app->conf.appid == '\0' || *app->conf.secret == '\0')
                return words(run, "calls to WeChat need appid and secret: set both",
                    "调用微信需要 appid 和 secret：请填写");
        *found = app->conf.appid;
        return NULL;
}

/* Writes something, too. */
static const char *
check_state(struct run *run, const char **found)
{
        struct app *app = &run->app;
        const char *why = settings_check_state(run);
        int count;

        if (why != NULL)
                return why;
        if (app_open_state(app) != 0 || state_count(app->state, STORE_COUNT, "wechat check", 1,
                                            app->now, 1, &count, &app->err) != 0)
                return error_text(run, &app->err);
        *found = app->conf.state_dir;
        return NULL;
}

static const char *
check_token(struct run *run, const char **found)
{
        struct kept token;

        if (account_get(&run->app, KEPT_ACCESS_TOKEN, &token) != 0)
                return error_text(run, &run->app.err);
        *found = words(run, "valid for %lld s", "还有 %lld 秒有效", token.expires - run->app.now);
        return NULL;
}

/* In this order; those behind a needed one that fails are left out. */
static const struct {
        const char *name; /* for programs */
        const char *en, *zh;
        check *check;
        bool needed;
} checks[] = {{"settings", "settings file", "设置文件", check_settings, true},
    {"values", "settings", "设置", check_values, true},
    {"state", "state folder", "数据文件夹", check_state, true},
    {"token", "access_token", "access_token", check_token, false}};

enum { CHECK_COUNT = sizeof(checks) / sizeof(checks[0]) };

static void
add_result(struct run *run, size_t i, bool good, const char *text, struct pairs *results)
{
        const char *path = arena_printf(run->arena, "checks/%zu", i);

        say(run, "%s %s: %s", "%s %s：%s", good ? "✓" : "✗",
            run->chinese ? checks[i].zh : checks[i].en, text);
        pairs_add(results, arena_printf(run->arena, "%s/name", path), checks[i].name);
        pairs_add_typed(
            results, arena_printf(run->arena, "%s/ok", path), good ? "true" : "false", PAIR_BOOL);
        pairs_add(
            results, arena_printf(run->arena, "%s/message", path), arena_strdup(run->arena, text));
}

int
run_check(struct run *run)
{
        struct pairs results;
        bool all_good = true;

        pairs_init(&results, run->arena);
        pairs_add_typed(&results, "checks", "", PAIR_ARRAY);
        for (size_t i = 0; i < CHECK_COUNT; i++) {
                const char *found = NULL, *why = checks[i].check(run, &found);

                all_good = all_good && why == NULL;
                add_result(run, i, why == NULL, why == NULL ? found : why, &results);
                if (why != NULL && checks[i].needed)
                        break;
        }
        pairs_add_typed(&results, "ok", all_good ? "true" : "false", PAIR_BOOL);
        if (run->json)
                print_pairs(run, &results);
        return all_good ? STATUS_DONE : STATUS_REFUSED;
}
