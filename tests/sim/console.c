#include "console.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "chat_view.h"
#include "exchange.h"
#include "faces.h"
#include "followers.h"
#include "format/url.h"
#include "kinds.h"
#include "people.h"
#include "tap.h"
#include "tour.h"
#include "trial.h"
#include "verify.h"

/* ---- a push and its answer ---- */

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
        pairs_add_typed(&answer, "notice", exchange_is_noticed(t) ? "true" : "false", PAIR_BOOL);
        pairs_add(&answer, "why", t->why);
        pairs_add(&answer, "reply_type", pairs_get_text(&t->fields, "MsgType"));
        pairs_add(&answer, "reply_text", pairs_get_text(&t->fields, "Content"));
        pairs_add(&answer, "reply_xml", t->reply);
        return app_answer_json(app, 200, &answer);
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
        pairs_add(&app->page, "is_event",
            strcmp(t->kind->id, "text") == 0 || pairs_get(form, "scanned") != NULL ? "" : "1");
        pairs_add(&app->page, "mode", t->order.mode);
        pairs_add(&app->page, "scanned", pairs_get(form, "scanned"));
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

/* ---- the page ---- */

/* Answers with the page: the chat after the place `after`, the menu, the form. */
static int
answer_page(struct app *app, const struct trial *t, const struct pairs *form, long long after)
{
        if (faces_add(app, t->person) != 0 || chat_view_add(app, t->person, after) != 0 ||
            tap_add_menu(app) != 0)
                return -1;
        add_form(app, t, form);
        return app_answer_page(app, 200, "console");
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
        return answer_page(app, &trial, &none, 0);
}

/* Sends the push, and adds it, its answer and the result to the chat. */
static int
exchange(struct app *app, const struct pairs *form, struct trial *t)
{
        if (trial_build(app, form, t) != 0 ||
            followers_note(app, t->person->openid, t->kind, form) != 0 ||
            exchange_add_push(app, t, form) != 0 || trial_send(app, t) != 0 ||
            exchange_add_reply(app, t) != 0 || exchange_add_result(app, t) != 0)
                return -1;
        return strcmp(t->kind->id, "text") == 0 && t->answered && *t->reply != '\0'
                   ? tour_note(app, TOUR_MESSAGE)
                   : 0;
}

/* Leads to the chat, with the same kind of push and the same encryption. */
static int
go_to_chat(struct app *app, const struct trial *t, const struct pairs *form)
{
        static const char *const kept[] = {"kind", "mode", "data"};
        struct pairs query;

        pairs_init(&query, app->arena);
        pairs_add(&query, "person", t->person->id);
        for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
                pairs_add(&query, kept[i], pairs_get(&app->request.form, kept[i]));
        if (pairs_get(form, "quick") != NULL)
                pairs_remove(&query, "kind");
        return app_answer_redirect(app, arena_printf(app->arena, "%s/console?%s", app->conf.api_url,
                                            url_build_form(app->arena, &query)));
}

static int
push(struct app *app, bool script)
{
        struct pairs form;
        struct trial trial;

        if (tap_read(app, &app->request.form, &form) != 0 || trial_read(app, &form, &trial) != 0 ||
            exchange(app, &form, &trial) != 0)
                return -1;
        return script ? answer_script(app, &trial) : go_to_chat(app, &trial, &form);
}

static int
show(struct app *app, bool script)
{
        const struct pairs *query = &app->request.query;
        long long after = pairs_get_number(query, "after", 0);
        struct trial trial;

        if (trial_read(app, query, &trial) != 0)
                return -1;
        return script ? chat_view_answer(app, trial.person, after)
                      : answer_page(app, &trial, query, after);
}

int
console_page(struct app *app)
{
        bool script = strcmp(pairs_get_text(&app->request.query, "format"), "json") == 0;

        if (strcmp(app->request.method, "POST") != 0)
                return show(app, script);
        if (strcmp(pairs_get_text(&app->request.form, "kind"), "verify") == 0)
                return verify(app, script);
        return push(app, script);
}
