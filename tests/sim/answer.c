#include "answer.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "format/json_build.h"
#include "state.h"
#include "base/text.h"

/* What follows the text of an errmsg. WeChat's services differ in this. */
enum tail { NOTHING, COMMA_RID, RID, HINTS, HINT };

static const struct {
        int errcode;
        const char *errmsg;
        enum tail tail;
} messages[] = {
    {0, "ok", NOTHING},
    {-1, "system error", RID},
    {40001,
        "invalid credential, access_token is invalid or not latest, could get access_token by "
        "getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
        RID},
    {40002, "invalid grant_type", RID},
    {40003, "invalid openid", COMMA_RID},
    {40013, "invalid appid", RID},
    {40014, "invalid access_token", HINT},
    {40029, "invalid code", COMMA_RID},
    {40030, "invalid refresh_token", HINTS},
    {40066, "invalid url", NOTHING},
    {40125, "invalid appsecret", COMMA_RID},
    {40163, "code been used", COMMA_RID},
    {40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist", RID},
    {40226, "code blocked", COMMA_RID},
    {40243, "appsecret is frozen", COMMA_RID},
    {41001, "access_token missing", RID},
    {41002, "appid missing", RID},
    {41003, "refresh_token missing", COMMA_RID},
    {41004, "appsecret missing", RID},
    {41008, "missing code", COMMA_RID},
    {41009, "missing openid", RID},
    {42001, "access_token expired", HINT},
    {42002, "refresh_token expired", HINTS},
    {42003, "code expired", COMMA_RID},
    {42007, "user has changed the password", RID},
    {43004, "require subscribe", RID},
    {45009, "reach max api daily quota limit", RID},
    {45011, "api minute-quota reach limit", COMMA_RID},
    {48001, "api unauthorized", HINTS},
    {48004, "api forbidden", COMMA_RID},
    {50001, "api unauthorized by user", RID},
    {50002, "user limited", RID},
    {50005, "user is not a follower", COMMA_RID},
    {89503, "this ip calls need admin confirm, ip: 203.0.113.7", COMMA_RID},
};

const char *
answer_type(const struct app *app)
{
        return text_starts_with(app->request.path_info, "/sns/")
                   ? "text/plain"
                   : "application/json; encoding=utf-8";
}

/* Replaces \u0001, which json-c writes, by the raw byte: the real API sends raw control bytes in
 * nicknames. */
static void
unescape_control(char *json)
{
        char *found;

        while ((found = strstr(json, "\\u0001")) != NULL) {
                *found = '\001';
                memmove(found + 1, found + 6, strlen(found + 6) + 1);
        }
}

/* Writes each slash as "\/", as the sns service does. json-c writes plain slashes, and only within
 * strings. */
static char *
escape_slashes(struct app *app, const char *json)
{
        struct buf escaped;

        buf_init(&escaped, app->arena);
        for (const char *p = json; *p != '\0'; p++) {
                if (*p == '/')
                        buf_add_byte(&escaped, '\\');
                buf_add_byte(&escaped, *p);
        }
        return escaped.data;
}

static int
answer_json(struct app *app, const struct pairs *fields, const char *journal)
{
        char *text;

        if (json_build(app->arena, fields, &text, &app->err) != 0 ||
            kept_journal(app, journal) != 0)
                return -1;
        unescape_control(text);
        if (text_starts_with(app->request.path_info, "/sns/"))
                text = escape_slashes(app, text);
        return app_answer_text(app, 200, answer_type(app), text);
}

int
answer_fields(struct app *app, const struct pairs *fields)
{
        return answer_json(app, fields, "ok");
}

static const char *
errmsg_of(struct app *app, int errcode)
{
        const char *errmsg = "simulated error", *id;
        enum tail tail = COMMA_RID;

        for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
                if (messages[i].errcode == errcode) {
                        errmsg = messages[i].errmsg;
                        tail = messages[i].tail;
                }
        id = arena_printf(
            app->arena, "%08llx-51a0c0de-%08x", (unsigned long long)app->now, (unsigned)errcode);
        switch (tail) {
        case COMMA_RID:
                return arena_printf(app->arena, "%s, rid: %s", errmsg, id);
        case RID:
                return arena_printf(app->arena, "%s rid: %s", errmsg, id);
        case HINTS:
                return arena_printf(app->arena, "%s, hints: [ req_id: %s ]", errmsg, id);
        case HINT:
                return arena_printf(app->arena, "%s hint: [%s]", errmsg, id);
        case NOTHING:
        default:
                return errmsg;
        }
}

int
answer_errcode(struct app *app, int errcode)
{
        struct pairs answer;

        err_clear(&app->err);
        pairs_init(&answer, app->arena);
        pairs_add_number(&answer, "errcode", errcode);
        pairs_add(&answer, "errmsg", errmsg_of(app, errcode));
        return answer_json(app, &answer, arena_printf(app->arena, "%d", errcode));
}
