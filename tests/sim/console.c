#include "console.h"

#include <string.h>

#include "app.h"
#include "arena.h"
#include "bubble.h"
#include "deliver.h"
#include "people.h"
#include "push.h"
#include "text.h"
#include "xml.h"

enum { TRIES = 3 };

/* What is ordered, and what comes of it. */
struct console {
        const struct push_kind *kind;
        const struct sim_person *person;
        struct push_order order;
        const char *way; /* "once", "retries" or "parallel" */
        int late;        /* how many answers come too late */
        char *xml;       /* what is pushed, before it is sealed */
        struct delivery deliveries[TRIES];
        int tries;
        bool answered; /* in time, and as WeChat wants it */
        bool equal;    /* all answers in time say the same */
        char *reply;   /* the XML; "" for none */
        struct pairs fields;
        const char *why; /* it is malformed */
};

/* ---- what is ordered ---- */

static bool
is_one_of(const char *value, const char *a, const char *b, const char *c)
{
        return strcmp(value, a) == 0 || strcmp(value, b) == 0 || strcmp(value, c) == 0;
}

static const char *
get_or(const struct pairs *form, const char *name, const char *fallback)
{
        const char *value = pairs_get_text(form, name);

        return *value == '\0' ? fallback : value;
}

static int
read_order(struct app *app, const struct pairs *form, struct console *c)
{
        const char *person = get_or(form, "person", people_first()->id);

        c->kind = push_find(get_or(form, "kind", "text"));
        c->person = people_find(person);
        c->order.mode = get_or(form, "mode", app->conf.push_mode);
        c->order.wrong_signature = *pairs_get_text(form, "wrong_signature") != '\0';
        c->order.old_timestamp = *pairs_get_text(form, "old_timestamp") != '\0';
        c->way = get_or(form, "way", "once");
        c->late = (int)pairs_get_number(form, "late", 0);
        c->why = "";
        if (c->kind == NULL)
                return err_set(&app->err, ERR_REQUEST, "kind: there is no such push");
        if (c->person == NULL)
                return err_set(&app->err, ERR_REQUEST, "person: there is no such person");
        if (!is_one_of(c->order.mode, "plain", "compatible", "safe"))
                return err_set(&app->err, ERR_REQUEST, "mode: plain, compatible or safe");
        if (!is_one_of(c->way, "once", "retries", "parallel"))
                return err_set(&app->err, ERR_REQUEST, "way: once, retries or parallel");
        if (c->late < 0 || c->late > TRIES)
                return err_set(&app->err, ERR_REQUEST, "late: 0 to 3");
        return 0;
}

/* A script's slip must not pass for an answer: each field is one of the form's. */
static int
check_names(struct app *app, const struct console *c)
{
        static const char *const names[] = {"kind", "person", "mode", "way", "late",
            "wrong_signature", "old_timestamp", "msgid_message"};
        const struct pairs *form = &app->request.form;

        for (size_t i = 0; i < form->count; i++) {
                bool known = false;

                for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++)
                        known = known || strcmp(names[j], form->items[i].name) == 0;
                for (size_t j = 0; j < PUSH_FIELDS_MAX && c->kind->fields[j].path != NULL; j++)
                        known = known || strcmp(push_form_name(app, &c->kind->fields[j]),
                                             form->items[i].name) == 0;
                if (!known)
                        return err_set(&app->err, ERR_REQUEST, "%s has no field %.40s", c->kind->id,
                            form->items[i].name);
        }
        return 0;
}

/* ---- sending ---- */

/* Is the answer one that WeChat is content with? Then it becomes the reply. */
static bool
accept(struct app *app, struct console *c, const struct delivery *delivery)
{
        return delivery->status == 200 &&
               bubble_read(app, delivery->answer, c->person->openid,
                   strcmp(c->order.mode, "safe") == 0, &c->reply, &c->fields, &c->why);
}

static int
send_at_once(struct app *app, struct console *c, const char *url, size_t count)
{
        struct delivery *next = &c->deliveries[c->tries];

        for (size_t i = 0; i < count; i++) {
                char *query, *body;

                if (push_sign(app, &c->order, c->xml, c->person->openid, &query, &body) != 0)
                        return -1;
                next[i].query = query;
                next[i].body = body;
        }
        c->tries += (int)count;
        return deliver(app, url, next, count);
}

static int
send_in_parallel(struct app *app, struct console *c, const char *url)
{
        char *first = NULL;

        if (send_at_once(app, c, url, TRIES) != 0)
                return -1;
        c->answered = c->equal = true;
        for (int i = 0; i < TRIES; i++) {
                c->answered = accept(app, c, &c->deliveries[i]) && c->answered;
                c->equal = c->equal && (first == NULL || strcmp(first, c->reply) == 0);
                first = c->reply;
        }
        return 0;
}

/* A try that fails, or whose answer comes too late, is followed by the next. */
static int
send_in_turn(struct app *app, struct console *c, const char *url, int most)
{
        c->equal = true;
        while (!c->answered && c->tries < most) {
                if (send_at_once(app, c, url, 1) != 0)
                        return -1;
                c->answered = accept(app, c, &c->deliveries[c->tries - 1]) && c->tries > c->late;
        }
        return 0;
}

static int
send_push(struct app *app, struct console *c)
{
        char *url =
            conf_url(app->arena, &app->conf, conf_program(app->arena, &app->conf, "wechat.cgi"));

        c->xml = push_build(app, c->kind, &app->request.form, c->person->openid);
        c->reply = "";
        pairs_init(&c->fields, app->arena);
        if (strcmp(c->way, "parallel") == 0)
                return send_in_parallel(app, c, url);
        return send_in_turn(app, c, url, strcmp(c->way, "once") == 0 ? 1 : TRIES);
}

/* ---- showing ---- */

static bool
is_noticed(const struct console *c)
{
        return !c->answered && c->kind->seen;
}

static int
answer_script(struct app *app, struct console *c)
{
        const struct delivery *last = &c->deliveries[c->tries - 1];
        struct pairs answer;

        pairs_init(&answer, app->arena);
        pairs_add(&answer, "kind", c->kind->id);
        pairs_add(&answer, "mode", c->order.mode);
        pairs_add(&answer, "sent", c->xml);
        pairs_add_number(&answer, "tries", c->tries);
        pairs_add_number(&answer, "status", last->status);
        pairs_add_number(&answer, "ms", last->milliseconds);
        pairs_add_typed(&answer, "answered", c->answered ? "true" : "false", PAIR_BOOL);
        pairs_add_typed(&answer, "equal", c->equal ? "true" : "false", PAIR_BOOL);
        pairs_add_typed(&answer, "notice", is_noticed(c) ? "true" : "false", PAIR_BOOL);
        pairs_add(&answer, "why", c->why);
        pairs_add(&answer, "reply_type", pairs_get_text(&c->fields, "MsgType"));
        pairs_add(&answer, "reply_text", pairs_get_text(&c->fields, "Content"));
        pairs_add(&answer, "reply_xml", c->reply);
        return app_answer_json(app, 200, &answer);
}

static void
add_try(struct app *app, const struct console *c, int number)
{
        const struct delivery *delivery = &c->deliveries[number];
        bool late = strcmp(c->way, "parallel") != 0 && number < c->late;

        pairs_add(&app->page, arena_printf(app->arena, "try%d_status", number + 1),
            delivery->status == 0 ? "–" : arena_printf(app->arena, "%d", delivery->status));
        pairs_add_number(
            &app->page, arena_printf(app->arena, "try%d_ms", number + 1), delivery->milliseconds);
        if (late)
                pairs_add(&app->page, arena_printf(app->arena, "try%d_late", number + 1), "1");
        if (delivery->status == 403)
                pairs_add(&app->page, "is_refused", "1");
}

/* The reply's members under names for the template: reply_text, reply_title, … */
static void
add_reply(struct app *app, const struct console *c)
{
        static const struct {
                const char *path, *name;
        } shown[] = {{"Content", "reply_text"}, {"Image/MediaId", "reply_image"},
            {"Voice/MediaId", "reply_voice"}, {"Video/MediaId", "reply_video"},
            {"Video/Title", "reply_title"}, {"Video/Description", "reply_description"},
            {"Music/ThumbMediaId", "reply_music"}, {"Music/Title", "reply_title"},
            {"Music/Description", "reply_description"}};

        for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
                pairs_add(&app->page, shown[i].name, pairs_get(&c->fields, shown[i].path));
        for (int i = 0; i < 8; i++) {
                static const char *const members[] = {"Title", "Description", "Url"};
                static const char *const names[] = {"title", "description", "url"};

                for (int j = 0; j < 3; j++)
                        pairs_add(&app->page,
                            arena_printf(app->arena, "news%d_%s", i + 1, names[j]),
                            pairs_get(&c->fields,
                                arena_printf(app->arena, "Articles/%d/%s", i, members[j])));
        }
        if (strcmp(pairs_get_text(&c->fields, "MsgType"), "transfer_customer_service") == 0)
                pairs_add(&app->page, "is_transferred", "1");
        if (*c->reply == '\0' && c->answered)
                pairs_add(&app->page, "is_silent", "1");
}

/* What the user's own bubble says. */
static const char *
said_by_user(struct app *app, const struct console *c)
{
        struct pairs sent;
        struct err none;

        pairs_init(&sent, app->arena);
        if (xml_parse(app->arena, c->xml, strlen(c->xml), &sent, &none) != 0)
                return c->kind->id;
        if (pairs_get(&sent, "Content") != NULL)
                return pairs_get(&sent, "Content");
        return arena_printf(app->arena, "[%s] %s", c->kind->id, pairs_get_text(&sent, "EventKey"));
}

static void
add_result(struct app *app, const struct console *c)
{
        pairs_add(&app->page, "is_sent", "1");
        pairs_add(&app->page, "sent_query", c->deliveries[0].query);
        pairs_add(&app->page, "sent_body", c->deliveries[0].body);
        pairs_add(&app->page, "sent_xml", strcmp(c->order.mode, "plain") == 0 ? NULL : c->xml);
        pairs_add(&app->page, "user_text", said_by_user(app, c));
        for (int i = 0; i < c->tries; i++)
                add_try(app, c, i);
        if (strcmp(c->way, "parallel") == 0)
                pairs_add(&app->page, c->equal ? "is_equal" : "is_unequal", "1");
        pairs_add(&app->page, "why", c->why);
        if (is_noticed(c)) {
                pairs_add(&app->page, "is_noticed", "1");
                return;
        }
        add_reply(app, c);
        pairs_add(&app->page, "reply_xml", c->reply);
}

/* The form as it was filled in. */
static void
add_form(struct app *app, const struct console *c)
{
        const struct pairs *form = &app->request.form;

        pairs_add(&app->page, "kind", c->kind->id);
        pairs_add(&app->page,
            arena_printf(app->arena, "kind_%s", text_lower(app->arena, c->kind->id)), "1");
        pairs_add(&app->page, arena_printf(app->arena, "is_%s", c->person->id), "1");
        pairs_add(&app->page, arena_printf(app->arena, "mode_%s", c->order.mode), "1");
        pairs_add(&app->page, arena_printf(app->arena, "way_%s", c->way), "1");
        pairs_add(&app->page, arena_printf(app->arena, "late_%d", c->late), "1");
        pairs_add(&app->page, "wrong_signature", c->order.wrong_signature ? "1" : "");
        pairs_add(&app->page, "old_timestamp", c->order.old_timestamp ? "1" : "");
        for (size_t i = 0; i < PUSH_FIELDS_MAX && c->kind->fields[i].path != NULL; i++) {
                const struct push_field *field = &c->kind->fields[i];
                char *name = push_form_name(app, field);
                const char *given = pairs_get(form, name);

                if (given == NULL)
                        given = strcmp(field->path, "OpenID") == 0  ? c->person->openid
                                : strcmp(field->path, "AppID") == 0 ? app->conf.appid
                                                                    : field->example;
                pairs_add(&app->page, arena_printf(app->arena, "show_%s", name), "1");
                pairs_add(&app->page, name, given);
        }
}

int
console_page(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        bool script = strcmp(pairs_get_text(&app->request.query, "format"), "json") == 0;
        struct console console = {.tries = 0};

        if (read_order(app, post ? &app->request.form : &app->request.query, &console) != 0)
                return -1;
        if (post && (check_names(app, &console) != 0 || send_push(app, &console) != 0))
                return -1;
        if (post && script)
                return answer_script(app, &console);
        add_form(app, &console);
        if (post)
                add_result(app, &console);
        return app_answer_page(app, 200, "console");
}
