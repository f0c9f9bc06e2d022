#include "fault.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "arena.h"
#include "json_build.h"
#include "lock.h"
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
    {40226, "code blocked"},
    {41001, "access_token missing"},
    {41002, "appid missing"},
    {41003, "refresh_token missing"},
    {41004, "appsecret missing"},
    {41008, "missing code"},
    {42001, "access_token expired"},
    {42002, "refresh_token expired"},
    {42003, "code expired"},
    {42007, "user has changed the password"},
    {43004, "require subscribe"},
    {45009, "reach max api daily quota limit"},
    {45011, "api minute-quota reach limit"},
    {48001, "api unauthorized"},
    {48004, "api forbidden"},
    {50001, "api unauthorized by user"},
    {50002, "user limited"},
    {50005, "user is not a follower"},
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

/* What is answered in place of JSON, or as JSON of the wrong shape. The two without a text are made
 * below. */
static const struct broken {
        const char *name;
        int status;
        const char *type;
        const char *text;
} broken[] = {
    {"http500", 500, plain, "internal error"},
    {"garbage", 200, plain, "\001\002 not { JSON ]"},
    {"truncated", 200, plain, "{\"access_token\":\"abc\",\"openid\":\"oSim"},
    {"html", 200, "text/html", "busy, please come back later"},
    {"empty", 200, plain, ""},
    {"wrong_types", 200, plain,
        "{\"access_token\":{},\"expires_in\":[],\"openid\":7,\"scope\":true}"},
    {"wrong_openid", 200, plain,
        "{\"openid\":\"oSim9999somebodyElse\",\"nickname\":\"somebody else\"}"},
    {"huge", 200, plain, NULL},
    {"redirect", 303, NULL, NULL},
};

static const struct broken *
find_broken(const char *name)
{
        for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
                if (strcmp(broken[i].name, name) == 0)
                        return &broken[i];
        return NULL;
}

bool
fault_is_known(const char *fault)
{
        const char *digits = *fault == '-' ? fault + 1 : fault;
        size_t size = strlen(digits);

        return find_broken(fault) != NULL ||
               (size >= 1 && size <= 8 && strspn(digits, "0123456789") == size);
}

static char *
huge(struct app *app)
{
        size_t size = (size_t)10 * 1024 * 1024;
        char *text = arena_alloc(app->arena, size + 1);

        memset(text, ' ', size);
        text[0] = '{';
        text[size - 1] = '}';
        return text;
}

static int
answer_fault(struct app *app, const char *fault)
{
        const struct broken *way = find_broken(fault);

        if (way == NULL)
                return fault_answer_errcode(app, (int)strtol(fault, NULL, 10));
        if (state_journal(app, strcmp(fault, "empty") == 0 ? "(empty)" : "(fault)") != 0)
                return -1;
        if (way->type == NULL)
                return app_answer_redirect(
                    app, arena_printf(app->arena, "%s/sns/elsewhere", app->conf.api_url));
        return app_answer_text(
            app, way->status, way->type, way->text == NULL ? huge(app) : way->text);
}

/* Counts the fault down; a fault without a count stays. */
static int
count_down(struct app *app, const char *name, struct pairs *switches)
{
        char *count_name = arena_printf(app->arena, "%s_count", name);
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

/* Reads the switches and takes the fault that is ordered for the call, NULL for none. It holds them
 * meanwhile: calls at the same moment are counted one by one. */
static int
take_fault(struct app *app, const char *call, struct pairs *switches, const char **fault)
{
        char *name = arena_printf(app->arena, "fault_%s", call);
        int lock, result;

        if (state_lock_switches(app, &lock) != 0)
                return -1;
        result = state_read_switches(app, switches);
        if (result == 0) {
                *fault = arena_strdup(app->arena, pairs_get(switches, name));
                result = *fault == NULL ? 0 : count_down(app, name, switches);
        }
        lock_release(lock);
        return result;
}

bool
fault_happens(struct app *app, const char *call, struct pairs *switches)
{
        const char *fault;
        long long delay;

        if (take_fault(app, call, switches, &fault) != 0)
                return true;
        delay = pairs_get_number(switches, arena_printf(app->arena, "delay_%s", call), 0);
        if (delay > 0)
                os_sleep(delay > 60000 ? 60000 : (int)delay);
        if (fault == NULL)
                return false;
        if (answer_fault(app, fault) != 0)
                app->response.status = 0;
        return true;
}
