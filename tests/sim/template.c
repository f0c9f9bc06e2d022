#include "template.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "call.h"
#include "chat.h"
#include "followers.h"
#include "host/os.h"
#include "later.h"
#include "users.h"

#define PREFIX "simTemplate"

static const struct template
{
        const char *id, *title, *content, *example;
}
templates[] = {
    {PREFIX "-order-shipped-0123456789abcdefg", "订单发货提醒",
        "订单编号：{{character_string1.DATA}}\n商品：{{thing2.DATA}}\n发货时间：{{time3.DATA}}\n",
        "订单编号：2026100100001\n商品：一本书\n发货时间：2026年10月1日 12:00\n"},
    {PREFIX "-signed-in-0123456789abcdefghijk", "登录通知",
        "{{first.DATA}}\n账号：{{keyword1.DATA}}\n时间：{{keyword2.DATA}}\n{{remark.DATA}}",
        "您已登录\n账号：小明\n时间：2026年10月1日 12:00\n如非本人操作，请联系我们"}};

/* What a value may be, by the beginning of its name (类目模板). */
static const struct {
        const char *name;
        size_t most;      /* characters */
        const char *only; /* of these bytes; NULL: any */
} values[] = {{"thing", 20, NULL}, {"character_string", 32, NULL}, {"number", 32, "0123456789.-"},
    {"phrase", 5, NULL}, {"phone_number", 17, "0123456789+- "}, {"const", 20, NULL}};

int
template_list(struct call *call)
{
        struct arena *arena = call->app->arena;

        pairs_add_typed(&call->answer, "template_list", "", PAIR_ARRAY);
        for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
                const struct template *t = &templates[i];
                const char *const members[][2] = {{"template_id", t->id}, {"title", t->title},
                    {"primary_industry", "IT科技"}, {"deputy_industry", "互联网|电子商务"},
                    {"content", t->content}, {"example", t->example}};

                for (size_t j = 0; j < sizeof(members) / sizeof(members[0]); j++)
                        pairs_add(&call->answer,
                            arena_printf(arena, "template_list/%zu/%s", i, members[j][0]),
                            members[j][1]);
        }
        return 0;
}

static const struct template *
find(const char *id)
{
        static const struct template other = {"", "模板消息", "", ""};

        for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++)
                if (strcmp(templates[i].id, id) == 0)
                        return &templates[i];
        return text_starts_with(id, PREFIX) ? &other : NULL;
}

/* ---- data ---- */

static bool
fits(const char *name, const char *value)
{
        if (*value == '\0')
                return false;
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
                size_t size = strlen(values[i].name);

                if (strncmp(name, values[i].name, size) != 0 || name[size] < '0' ||
                    name[size] > '9')
                        continue;
                return call_characters(value) <= values[i].most &&
                       (values[i].only == NULL || strspn(value, values[i].only) == strlen(value));
        }
        return true;
}

/* Returns the next name of data from *at on; NULL after the last. */
static const char *
next_name(const struct pairs *body, size_t *at)
{
        while (*at < body->count) {
                const char *path = body->items[(*at)++].name, *slash;

                if (!text_starts_with(path, "data/"))
                        continue;
                slash = strchr(path + 5, '/');
                if (slash != NULL && strcmp(slash, "/value") == 0)
                        return arena_copy(body->arena, path + 5, (size_t)(slash - path) - 5);
        }
        return NULL;
}

static const char *
value_of(const struct pairs *body, const char *name)
{
        return pairs_get_text(body, arena_printf(body->arena, "data/%s/value", name));
}

/* Returns 0, or 47003 with the name of the value that is wrong. */
static int
check_data(struct call *call)
{
        size_t at = 0, count = 0;

        for (const char *name; (name = next_name(&call->body, &at)) != NULL; count++)
                if (!fits(name, value_of(&call->body, name))) {
                        call->errmsg = arena_printf(call->app->arena,
                            "argument invalid! data.%.40s.value %s", name,
                            *value_of(&call->body, name) == '\0' ? "is empty" : "invalid");
                        return 47003;
                }
        return count == 0 ? 47003 : 0;
}

/* ---- the card ---- */

/* Fills the template's content; without one, lists names and values. */
static const char *
fill(const struct call *call, const char *content)
{
        const struct pairs *body = &call->body;
        struct buf text;
        size_t at = 0;

        buf_init(&text, call->app->arena);
        for (const char *open; (open = strstr(content, "{{")) != NULL;) {
                size_t size = strcspn(open + 2, ".");

                buf_add(&text, content, (size_t)(open - content));
                buf_add_text(&text, value_of(body, arena_copy(call->app->arena, open + 2, size)));
                content = strstr(open, "}}") + 2;
        }
        buf_add_text(&text, content);
        if (text.size == 0)
                for (const char *name; (name = next_name(body, &at)) != NULL;)
                        buf_add_text(&text,
                            arena_printf(call->app->arena, "%s：%s\n", name, value_of(body, name)));
        return text.data;
}

static int
show_card(struct call *call, const struct template *template, const char *openid)
{
        struct pairs entry;

        pairs_init(&entry, call->app->arena);
        pairs_add(&entry, "kind", "card");
        pairs_add(&entry, "title", template->title);
        pairs_add(&entry, "text", fill(call, template->content));
        pairs_add(&entry, "url", pairs_get_text(&call->body, "url"));
        return chat_add(call->app, openid, &entry);
}

/* ---- sending ---- */

/* As WeChat's ids: of 64 bits, beyond those that a double holds. */
static int
make_id(struct app *app, char **id)
{
        unsigned random;

        if (os_random(&random, sizeof(random), &app->err) != 0)
                return -1;
        *id = arena_printf(app->arena, "%lld%09u", app->now, random % 1000000000);
        return 0;
}

/* Returns 0, an errcode, or -1. */
static int
check(struct call *call, const struct template **template)
{
        const char *openid = pairs_get_text(&call->body, "touser");
        struct pairs follower;

        *template = find(pairs_get_text(&call->body, "template_id"));
        if (*template == NULL)
                return 40037;
        if (users_check(call, openid) != 0)
                return 40003;
        if (followers_read(call->app, openid, &follower) != 0)
                return -1;
        return followers_follows(&follower) ? check_data(call) : 43004;
}

int
template_send(struct call *call)
{
        const char *status = pairs_get_text(&call->switches, "template_status");
        const char *openid = pairs_get_text(&call->body, "touser");
        const struct template *template;
        int wrong = check(call, &template);
        struct pairs form;
        char *id;

        if (wrong != 0)
                return wrong;
        if (make_id(call->app, &id) != 0 ||
            (*status == '\0' && show_card(call, template, openid) != 0))
                return -1;
        pairs_init(&form, call->app->arena);
        pairs_add(&form, "msgid", id);
        pairs_add(&form, "status",
            strcmp(status, "blocked") == 0  ? "failed:user block"
            : strcmp(status, "failed") == 0 ? "failed: system failed"
                                            : "success");
        pairs_add_number(&call->answer, "errcode", 0);
        pairs_add(&call->answer, "errmsg", "ok");
        pairs_add_typed(&call->answer, "msgid", id, PAIR_NUMBER);
        return later_push(call->app, openid, "TEMPLATESENDJOBFINISH", &form);
}
