#include "trial.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "bubble.h"
#include "kinds.h"
#include "people.h"

/* ---- the order ---- */

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

/* Returns the mistake in the order; NULL: there is none. */
static const char *
find_mistake(const struct trial *t, const char *data)
{
        if (t->kind == NULL)
                return "kind: there is no such push";
        if (t->person == NULL)
                return "person: there is no such person";
        if (!is_one_of(t->order.mode, "plain", "compatible", "safe"))
                return "mode: plain, compatible or safe";
        if (!is_one_of(data, "xml", "json", "json"))
                return "data: xml or json";
        if (!is_one_of(t->way, "once", "retries", "parallel"))
                return "way: once, retries or parallel";
        return t->late < 0 || t->late > TRIAL_TRIES ? "late: 0 to 3" : NULL;
}

int
trial_read(struct app *app, const struct pairs *form, struct trial *t)
{
        const char *data = get_or(form, "data", "xml"), *mistake;

        *t = (struct trial){.reply = "", .why = ""};
        pairs_init(&t->fields, app->arena);
        t->kind = kinds_find(get_or(form, "kind", "text"));
        t->person = people_find(get_or(form, "person", people_first()->id));
        t->order.json = strcmp(data, "json") == 0;
        t->order.mode = get_or(form, "mode", app->conf.push_mode);
        t->order.wrong_signature = *pairs_get_text(form, "wrong_signature") != '\0';
        t->order.old_timestamp = *pairs_get_text(form, "old_timestamp") != '\0';
        t->way = get_or(form, "way", "once");
        t->late = (int)pairs_get_number(form, "late", 0);
        mistake = find_mistake(t, data);
        return mistake == NULL ? 0 : err_set(&app->err, ERR_REQUEST, "%s", mistake);
}

static bool
is_field(struct app *app, const struct push_kind *kind, const char *name)
{
        static const char *const names[] = {"kind", "person", "mode", "data", "way", "late",
            "wrong_signature", "old_timestamp", "msgid_message", "scanned", "tap", "quick"};
        const struct push_field *field;

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (strcmp(names[i], name) == 0)
                        return true;
        for (size_t i = 0; (field = kinds_field(kind, i)) != NULL; i++)
                if (strcmp(kinds_form_name(app, field), name) == 0)
                        return true;
        return false;
}

/* Refuses fields that the form does not have, so that a mistake in a script is noticed. */
static int
check_names(struct app *app, const struct pairs *form, const struct push_kind *kind)
{
        for (size_t i = 0; i < form->count; i++)
                if (!is_field(app, kind, form->items[i].name))
                        return err_set(&app->err, ERR_REQUEST, "%s has no field %.40s", kind->id,
                            form->items[i].name);
        return 0;
}

/* ---- sending ---- */

/* Would WeChat accept the answer? If so, it becomes the reply. */
static bool
accept(struct app *app, struct trial *t, const struct delivery *delivery)
{
        return delivery->status == 200 && bubble_read(app, delivery->answer, t->person->openid,
                                              &t->order, &t->reply, &t->fields, &t->why);
}

static int
send_at_once(struct app *app, struct trial *t, const char *url, size_t count)
{
        struct delivery *next = &t->deliveries[t->tries];

        for (size_t i = 0; i < count; i++) {
                char *query, *body;

                if (push_sign(app, &t->order, t->sent, t->person->openid, &query, &body) != 0)
                        return -1;
                next[i].query = query;
                next[i].type = t->order.json ? "application/json" : "text/xml";
                next[i].body = body;
        }
        t->tries += (int)count;
        return deliver(app, url, next, count);
}

static int
send_in_parallel(struct app *app, struct trial *t, const char *url)
{
        char *first = NULL;

        if (send_at_once(app, t, url, TRIAL_TRIES) != 0)
                return -1;
        t->answered = t->equal = true;
        for (int i = 0; i < TRIAL_TRIES; i++) {
                t->answered = accept(app, t, &t->deliveries[i]) && t->answered;
                t->equal = t->equal && (first == NULL || strcmp(first, t->reply) == 0);
                first = t->reply;
        }
        return 0;
}

/* Tries again after a failed try or a late answer. */
static int
send_in_turn(struct app *app, struct trial *t, const char *url, int most)
{
        t->equal = true;
        while (!t->answered && t->tries < most) {
                if (send_at_once(app, t, url, 1) != 0)
                        return -1;
                t->answered = accept(app, t, &t->deliveries[t->tries - 1]) && t->tries > t->late;
        }
        return 0;
}

char *
trial_url(struct app *app)
{
        return conf_url(app->arena, &app->conf, conf_program(app->arena, &app->conf, "wechat.cgi"));
}

int
trial_build(struct app *app, const struct pairs *form, struct trial *t)
{
        return check_names(app, form, t->kind) != 0
                   ? -1
                   : push_build(app, t->kind, t->order.json, form, t->person->openid, &t->sent);
}

int
trial_send(struct app *app, struct trial *t)
{
        char *url = trial_url(app);

        if (strcmp(t->way, "parallel") == 0)
                return send_in_parallel(app, t, url);
        return send_in_turn(app, t, url, strcmp(t->way, "once") == 0 ? 1 : TRIAL_TRIES);
}
