#include "fault.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "arena.h"
#include "json.h"
#include "os.h"
#include "state.h"

static const char plain[] = "text/plain; charset=utf-8";

static const struct {
        int errcode;
        const char *errmsg;
} messages[] = {
    {0, "ok"},
    {-1, "system error"},
    {40001, "invalid credential, access_token is invalid or not latest"},
    {40002, "invalid grant_type"},
    {40003, "invalid openid"},
    {40013, "invalid appid"},
    {40014, "invalid access_token"},
    {40029, "invalid code"},
    {40030, "invalid refresh_token"},
    {40125, "invalid appsecret"},
    {40163, "code been used"},
    {41001, "access_token missing"},
    {41002, "appid missing"},
    {41003, "refresh_token missing"},
    {41004, "appsecret missing"},
    {41008, "missing code"},
    {42001, "access_token expired"},
    {42002, "refresh_token expired"},
    {43004, "require subscribe"},
    {45009, "reach max api daily quota limit"},
    {45011, "api minute-quota reach limit"},
    {48001, "api unauthorized"},
    {50001, "api unauthorized by user"},
};

/* Raw control bytes in strings, as the real API sends them in nicknames: json-c would write them as
 * \u0001. */
static void
unescape_control(char *json)
{
        char *found;

        while ((found = strstr(json, "\\u0001")) != NULL) {
                *found = '\001';
                memmove(found + 1, found + 6, strlen(found + 6) + 1);
        }
}

int
fault_answer(struct app *app, const struct pairs *fields)
{
        char *text;

        if (json_build(app->arena, fields, &text, &app->err) != 0 || state_journal(app, "ok") != 0)
                return -1;
        unescape_control(text);
        return app_answer_text(app, 200, plain, text);
}

int
fault_answer_errcode(struct app *app, int errcode)
{
        const char *errmsg = "simulated error";
        struct pairs answer;
        char *text;

        err_clear(&app->err);
        for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
                if (messages[i].errcode == errcode)
                        errmsg = messages[i].errmsg;
        pairs_init(&answer, app->arena);
        pairs_add_number(&answer, "errcode", errcode);
        pairs_add(&answer, "errmsg",
            errcode == 0 ? errmsg
                         : arena_printf(app->arena, "%s, rid: %08llx-51a0c0de-%08x", errmsg,
                               (unsigned long long)app->now, (unsigned)errcode));
        if (json_build(app->arena, &answer, &text, &app->err) != 0 ||
            state_journal(app, arena_printf(app->arena, "%d", errcode)) != 0)
                return -1;
        return app_answer_text(app, 200, plain, text);
}

static int
answer_text(struct app *app, int status, const char *type, const char *text)
{
        return state_journal(app, text[0] == '\0' ? "(empty)" : "(fault)") != 0
                   ? -1
                   : app_answer_text(app, status, type, text);
}

static char *
huge(struct app *app)
{
        size_t size = 10 * 1024 * 1024;
        char *text = arena_alloc(app->arena, size + 1);

        memset(text, ' ', size);
        text[0] = '{';
        text[size - 1] = '}';
        return text;
}

static int
redirect(struct app *app)
{
        return state_journal(app, "(fault)") != 0
                   ? -1
                   : app_answer_redirect(
                         app, arena_printf(app->arena, "%s/sns/elsewhere", app->conf.api_url));
}

static int
answer_fault(struct app *app, const char *fault)
{
        if (strcmp(fault, "http500") == 0)
                return answer_text(app, 500, plain, "internal error");
        if (strcmp(fault, "redirect") == 0)
                return redirect(app);
        if (strcmp(fault, "garbage") == 0)
                return answer_text(app, 200, plain, "\001\002 not { JSON ]");
        if (strcmp(fault, "truncated") == 0)
                return answer_text(app, 200, plain, "{\"access_token\":\"abc\",\"openid\":\"oSim");
        if (strcmp(fault, "html") == 0)
                return answer_text(app, 200, "text/html", "busy, please come back later");
        if (strcmp(fault, "empty") == 0)
                return answer_text(app, 200, plain, "");
        if (strcmp(fault, "huge") == 0)
                return answer_text(app, 200, plain, huge(app));
        if (strcmp(fault, "wrong_types") == 0)
                return answer_text(app, 200, plain,
                    "{\"access_token\":{},\"expires_in\":[],\"openid\":7,\"scope\":true}");
        if (strcmp(fault, "wrong_openid") == 0)
                return answer_text(app, 200, plain,
                    "{\"openid\":\"oSim9999somebodyElse\",\"nickname\":\"somebody else\"}");
        return fault_answer_errcode(app, atoi(fault));
}

/* Counts the fault down; a fault without a count stays. */
static int
count_down(struct app *app, const char *name, const char *count_name, struct pairs *switches)
{
        long long count = pairs_get_number(switches, count_name, 0);

        if (count <= 0)
                return 0;
        pairs_remove(switches, count_name);
        if (count == 1)
                pairs_remove(switches, name);
        else
                pairs_add_number(switches, count_name, count - 1);
        return state_write_switches(app, switches);
}

bool
fault_happens(struct app *app, const char *call, struct pairs *switches)
{
        char *name = arena_printf(app->arena, "fault_%s", call);
        long long delay;
        const char *fault;

        if (state_read_switches(app, switches) != 0)
                return true;
        delay = pairs_get_number(switches, arena_printf(app->arena, "delay_%s", call), 0);
        if (delay > 0)
                os_sleep(delay > 60000 ? 60000 : (int)delay);
        fault = pairs_get(switches, name);
        if (fault == NULL || *fault == '\0')
                return false;
        fault = arena_strdup(app->arena, fault);
        if (count_down(app, name, arena_printf(app->arena, "%s_count", name), switches) != 0 ||
            answer_fault(app, fault) != 0)
                app->response.status = 0;
        return true;
}
