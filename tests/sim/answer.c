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
    {40004, "invalid media type", RID},
    {40005, "invalid file type", RID},
    {40006, "invalid media size", RID},
    {40007, "invalid media_id", RID},
    {40008, "invalid message type", RID},
    {40009, "invalid image size", RID},
    {40010, "invalid voice size", RID},
    {40011, "invalid video size", RID},
    {40012, "invalid thumb size", RID},
    {40013, "invalid appid", RID},
    {40014, "invalid access_token", HINT},
    {40016, "invalid button size", RID},
    {40017, "invalid button type", RID},
    {40018, "invalid button name size", RID},
    {40019, "invalid button key size", RID},
    {40020, "invalid button url size", RID},
    {40023, "invalid sub button size", RID},
    {40024, "invalid sub button type", RID},
    {40025, "invalid sub button name size", RID},
    {40026, "invalid sub button key size", RID},
    {40027, "invalid sub button url size", RID},
    {40029, "invalid code", COMMA_RID},
    {40030, "invalid refresh_token", HINTS},
    {40032, "invalid openid list size", RID},
    {40033, "invalid charset. please check your request, if include \\uxxxx will create fail!",
        RID},
    {40037, "invalid template_id", RID},
    {40052, "invalid action name", RID},
    {40053, "invalid action info", RID},
    {40054, "invalid sub button url domain", RID},
    {40055, "invalid button url domain", RID},
    {40066, "invalid url", NOTHING},
    {40097, "invalid args", RID},
    {40125, "invalid appsecret", COMMA_RID},
    {40163, "code been used", COMMA_RID},
    {40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist", RID},
    {40201, "callback url is not set", RID},
    {40202, "invalid action", RID},
    {40203, "invalid check_operator", RID},
    {40226, "code blocked", COMMA_RID},
    {40243, "appsecret is frozen", COMMA_RID},
    {41001, "access_token missing", RID},
    {41002, "appid missing", RID},
    {41003, "refresh_token missing", COMMA_RID},
    {41004, "appsecret missing", RID},
    {41005, "media data missing", RID},
    {41008, "missing code", COMMA_RID},
    {41009, "missing openid", RID},
    {42001, "access_token expired", HINT},
    {42002, "refresh_token expired", HINTS},
    {42003, "code expired", COMMA_RID},
    {42007, "user has changed the password", RID},
    {43001, "require GET method", RID},
    {43002, "require POST method", RID},
    {43004, "require subscribe", RID},
    {44002, "empty post data", RID},
    {44003, "empty news data", RID},
    {44004, "empty content", RID},
    {45002, "content size out of limit", RID},
    {45008, "article size out of limit", RID},
    {45009, "reach max api daily quota limit", RID},
    {45011, "api minute-quota reach limit", COMMA_RID},
    {45015, "response out of time limit or subscription is canceled", RID},
    {45047, "out of response count limit", RID},
    {45056, "too many tags", RID},
    {45058, "can't modify sys tag", RID},
    {45059, "user has too many tags", RID},
    {45072, "invalid command", RID},
    {45080, "no message within 30 seconds", RID},
    {45081, "already typing", RID},
    {45157, "invalid tag name", RID},
    {45158, "tag name too long", RID},
    {45159, "invalid tag id", RID},
    {46003, "menu no exist", RID},
    {46004, "user no exist", RID},
    {47001, "data format error", RID},
    {47003, "argument invalid!", RID},
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

        if (json_build_tree(app->arena, fields, &text, &app->err) != 0 ||
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
errmsg_of(struct app *app, int errcode, const char *errmsg)
{
        const char *usual = "simulated error", *id;
        enum tail tail = COMMA_RID;

        for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
                if (messages[i].errcode == errcode) {
                        usual = messages[i].errmsg;
                        tail = messages[i].tail;
                }
        if (errmsg == NULL)
                errmsg = usual;
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
answer_errmsg(struct app *app, int errcode, const char *errmsg)
{
        struct pairs answer;

        err_clear(&app->err);
        pairs_init(&answer, app->arena);
        pairs_add_number(&answer, "errcode", errcode);
        pairs_add(&answer, "errmsg", errmsg_of(app, errcode, errmsg));
        return answer_json(app, &answer, arena_printf(app->arena, "%d", errcode));
}

int
answer_errcode(struct app *app, int errcode)
{
        return answer_errmsg(app, errcode, NULL);
}
