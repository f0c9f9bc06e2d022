#include "console.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "kinds.h"
#include "people.h"
#include "trial.h"
#include "verify.h"

/* ---- a push and its answer ---- */

static bool
is_noticed(const struct trial *t)
{
        return !t->answered && t->kind->seen;
}

static int
answer_script(struct app *app, struct trial *t)
{
        const struct delivery *last = &t->deliveries[t->tries - 1];
        struct pairs answer;

        pairs_init(&answer, app->arena);
        pairs_add(&answer, "kind", t->kind->id);
        pairs_add(&answer, "mode", t->order.mode);
        pairs_add(&answer, "data", t->order.json ? "json" : "xml");
        pairs_add(&answer, "sent", t->sent);
        pairs_add_number(&answer, "tries", t->tries);
        pairs_add_number(&answer, "status", last->status);
        pairs_add_number(&answer, "ms", last->milliseconds);
        pairs_add_typed(&answer, "answered", t->answered ? "true" : "false", PAIR_BOOL);
        pairs_add_typed(&answer, "equal", t->equal ? "true" : "false", PAIR_BOOL);
        pairs_add_typed(&answer, "notice", is_noticed(t) ? "true" : "false", PAIR_BOOL);
        pairs_add(&answer, "why", t->why);
        pairs_add(&answer, "reply_type", pairs_get_text(&t->fields, "MsgType"));
        pairs_add(&answer, "reply_text", pairs_get_text(&t->fields, "Content"));
        pairs_add(&answer, "reply_xml", t->reply);
        return app_answer_json(app, 200, &answer);
}

static void
add_try(struct app *app, const struct trial *t, int number)
{
        const struct delivery *delivery = &t->deliveries[number];
        bool late = strcmp(t->way, "parallel") != 0 && number < t->late;

        pairs_add(&app->page, arena_printf(app->arena, "try%d_status", number + 1),
            delivery->status == 0 ? "–" : arena_printf(app->arena, "%d", delivery->status));
        pairs_add_number(
            &app->page, arena_printf(app->arena, "try%d_ms", number + 1), delivery->milliseconds);
        if (late)
                pairs_add(&app->page, arena_printf(app->arena, "try%d_late", number + 1), "1");
        if (delivery->status == 403)
                pairs_add(&app->page, "is_refused", "1");
}

/* Adds a piece of the reply's text, with a link or without. */
static void
add_part(struct app *app, size_t number, const char *text, size_t size, const char *link)
{
        pairs_add(&app->page, arena_printf(app->arena, "parts/%zu/text", number),
            arena_copy(app->arena, text, size));
        pairs_add(&app->page, arena_printf(app->arena, "parts/%zu/link", number), link);
}

/* Adds the reply's text in pieces: of HTML, WeChat shows only <a href="…">…</a>. */
static void
add_parts(struct app *app, const char *text)
{
        /* Behind the bracket that opens the tag. */
        static const char begin[] = "a href=\"", middle[] = "\">", end[] = "/a>";
        size_t count = 0;

        for (;;) {
                const char *a = strstr(text, begin);
                const char *link = a == NULL ? NULL : a + strlen(begin);
                const char *shown = link == NULL ? NULL : strstr(link, middle);
                const char *last = shown == NULL ? NULL : strstr(shown, end);

                if (last == NULL || a == text || a[-1] != '<' || last[-1] != '<')
                        break;
                add_part(app, count++, text, (size_t)(a - 1 - text), "");
                shown += strlen(middle);
                add_part(app, count++, shown, (size_t)(last - 1 - shown),
                    arena_copy(app->arena, link, (size_t)(shown - link) - strlen(middle)));
                text = last + strlen(end);
        }
        add_part(app, count, text, strlen(text), "");
}

/* Adds the reply's members under the template's names: reply_text, reply_title, … */
static void
add_reply(struct app *app, const struct trial *t)
{
        static const struct {
                const char *path, *name;
        } shown[] = {{"Content", "reply_text"}, {"Image/MediaId", "reply_image"},
            {"Voice/MediaId", "reply_voice"}, {"Video/MediaId", "reply_video"},
            {"Video/Title", "reply_title"}, {"Video/Description", "reply_description"},
            {"Music/Title", "reply_title"}, {"Music/Description", "reply_description"}};

        for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
                pairs_add(&app->page, shown[i].name, pairs_get(&t->fields, shown[i].path));
        add_parts(app, pairs_get_text(&t->fields, "Content"));
        for (int i = 0; i < 8; i++) {
                static const char *const members[] = {"Title", "Description", "Url"};
                static const char *const names[] = {"title", "description", "url"};

                for (int j = 0; j < 3; j++)
                        pairs_add(&app->page,
                            arena_printf(app->arena, "news%d_%s", i + 1, names[j]),
                            pairs_get(&t->fields,
                                arena_printf(app->arena, "Articles/%d/%s", i, members[j])));
        }
        if (strcmp(pairs_get_text(&t->fields, "MsgType"), "music") == 0)
                pairs_add(&app->page, "reply_music", "1");
        if (strcmp(pairs_get_text(&t->fields, "MsgType"), "transfer_customer_service") == 0)
                pairs_add(&app->page, "is_transferred", "1");
        if (*t->reply == '\0' && t->answered)
                pairs_add(&app->page, "is_silent", "1");
}

/* Returns the text of the user's own bubble. */
static const char *
said_by_user(struct app *app, const struct trial *t)
{
        const struct push_field *field;

        for (size_t i = 0; (field = kinds_field(t->kind, i)) != NULL; i++) {
                const char *value = kinds_value(app, field, &app->request.form, t->person->openid);

                if (strcmp(field->path, "Content") == 0)
                        return value;
                if (strcmp(field->path, "EventKey") == 0)
                        return arena_printf(app->arena, "[%s] %s", t->kind->id, value);
        }
        return arena_printf(app->arena, "[%s]", t->kind->id);
}

static void
add_result(struct app *app, const struct trial *t)
{
        pairs_add(&app->page, "is_sent", "1");
        pairs_add(&app->page, "sent_query", t->deliveries[0].query);
        pairs_add(&app->page, "sent_body", t->deliveries[0].body);
        pairs_add(&app->page, "sent_inside", strcmp(t->order.mode, "plain") == 0 ? NULL : t->sent);
        pairs_add(&app->page, "user_text", said_by_user(app, t));
        for (int i = 0; i < t->tries; i++)
                add_try(app, t, i);
        if (strcmp(t->way, "parallel") == 0)
                pairs_add(&app->page, t->equal ? "is_equal" : "is_unequal", "1");
        pairs_add(&app->page, "why", t->why);
        if (is_noticed(t)) {
                pairs_add(&app->page, "is_noticed", "1");
                return;
        }
        add_reply(app, t);
        pairs_add(&app->page, "reply_xml", t->reply);
}

static void
add_kinds(struct app *app, const struct trial *t)
{
        const struct push_kind *kind;

        for (size_t i = 0; (kind = kinds_at(i)) != NULL; i++) {
                pairs_add(&app->page, arena_printf(app->arena, "kinds/%zu/id", i), kind->id);
                pairs_add(&app->page, arena_printf(app->arena, "kinds/%zu/is_chosen", i),
                    kind == t->kind ? "1" : "");
        }
}

/* Adds the form with the values that were entered. */
static void
add_form(struct app *app, const struct trial *t, const struct pairs *form)
{
        const struct push_field *field;

        add_kinds(app, t);
        pairs_add(&app->page, "kind", t->kind->id);
        pairs_add(&app->page, arena_printf(app->arena, "is_%s", t->person->id), "1");
        pairs_add(&app->page, arena_printf(app->arena, "mode_%s", t->order.mode), "1");
        pairs_add(&app->page, t->order.json ? "data_json" : "data_xml", "1");
        pairs_add(&app->page, arena_printf(app->arena, "way_%s", t->way), "1");
        pairs_add(&app->page, arena_printf(app->arena, "late_%d", t->late), "1");
        pairs_add(&app->page, "wrong_signature", t->order.wrong_signature ? "1" : "");
        pairs_add(&app->page, "old_timestamp", t->order.old_timestamp ? "1" : "");
        for (size_t i = 0; (field = kinds_field(t->kind, i)) != NULL; i++) {
                pairs_add(&app->page, arena_printf(app->arena, "fields/%zu/label", i), field->path);
                pairs_add(&app->page, arena_printf(app->arena, "fields/%zu/name", i),
                    kinds_form_name(app, field));
                pairs_add(&app->page, arena_printf(app->arena, "fields/%zu/value", i),
                    kinds_value(app, field, form, t->person->openid));
                pairs_add(&app->page, arena_printf(app->arena, "fields/%zu/is_long", i),
                    *t->kind->type == '\0' ? "1" : "");
        }
}

/* ---- the address ---- */

static int
answer_verified(struct app *app, const struct verification *v)
{
        struct pairs answer;

        pairs_init(&answer, app->arena);
        pairs_add(&answer, "kind", "verify");
        pairs_add_typed(&answer, "answered", *v->why == '\0' ? "true" : "false", PAIR_BOOL);
        pairs_add_number(&answer, "status", v->get.status);
        pairs_add_number(&answer, "ms", v->get.milliseconds);
        pairs_add(&answer, "why", v->why);
        pairs_add(&answer, "echostr", v->echostr);
        pairs_add(&answer, "answer", v->get.answer);
        return app_answer_json(app, 200, &answer);
}

static void
add_verified(struct app *app, const struct verification *v)
{
        pairs_add(&app->page, *v->why == '\0' ? "is_verified" : "is_unverified", "1");
        pairs_add(&app->page, arena_printf(app->arena, "why_%s", v->why), "1");
        pairs_add_number(&app->page, "verify_status", v->get.status);
        pairs_add_number(&app->page, "verify_ms", v->get.milliseconds);
        pairs_add(&app->page, "verify_query", v->get.query);
        pairs_add(&app->page, "verify_answer", v->get.answer);
}

/* Does what 提交 does in WeChat's admin page. The form below the result is the initial one. */
static int
verify(struct app *app, bool script)
{
        struct verification verification;
        struct pairs none;
        struct trial trial;

        pairs_init(&none, app->arena);
        if (verify_address(app, &verification) != 0 || trial_read(app, &none, &trial) != 0)
                return -1;
        if (script)
                return answer_verified(app, &verification);
        add_verified(app, &verification);
        add_form(app, &trial, &none);
        return app_answer_page(app, 200, "console");
}

int
console_page(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        bool script = strcmp(pairs_get_text(&app->request.query, "format"), "json") == 0;
        const struct pairs *form = post ? &app->request.form : &app->request.query;
        struct trial trial;

        if (post && strcmp(pairs_get_text(form, "kind"), "verify") == 0)
                return verify(app, script);
        if (trial_read(app, form, &trial) != 0 || (post && trial_send(app, form, &trial) != 0))
                return -1;
        if (post && script)
                return answer_script(app, &trial);
        add_form(app, &trial, form);
        if (post)
                add_result(app, &trial);
        return app_answer_page(app, 200, "console");
}
