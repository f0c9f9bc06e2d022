#include "control.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "call.h"
#include "account.h"
#include "faces.h"
#include "fault.h"
#include "followers.h"
#include "format/address.h"
#include "format/url.h"
#include "host/lock.h"
#include "people.h"
#include "scenario.h"
#include "state.h"
#include "base/text.h"

/* The switches that do not belong to a call. */
static const char names[] = "person scenario double_callback lost_cookie any_origin authdeny "
                            "long_tokens authorize_error account "
                            "clock followers page_size quota ip_whitelist template_status";

/* The calls for one person; those of the account are in account.c. */
static const char personal[] = "grant refresh userinfo auth mini";

static bool
is_call(const char *name)
{
        const struct call_route *call;

        for (size_t i = 0; (call = account_call(i)) != NULL; i++)
                if (strcmp(call->name, name) == 0)
                        return true;
        return text_has_word(personal, name);
}

/* Is it a switch: one of the names, or fault_<call>, fault_<call>_count, delay_<call>,
 * quota_<call>? */
static bool
is_switch(struct arena *arena, const char *name)
{
        static const char *const prefixes[] = {"fault_", "delay_", "quota_"};
        static const char end[] = "_count";

        for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
                const char *call = name + strlen(prefixes[i]);
                size_t size = strlen(name), without = size - strlen(end);

                if (!text_starts_with(name, prefixes[i]))
                        continue;
                if (i == 0 && size > strlen(end) && strcmp(name + without, end) == 0)
                        call = arena_copy(arena, call, without - strlen(prefixes[i]));
                return is_call(call) && (i != 2 || !text_has_word(personal, call));
        }
        return text_has_word(names, name);
}

/* A token holds the generation of its kind: increasing that makes all earlier tokens expire. */
static void
expire(struct pairs *switches, const char *name)
{
        long long generation = pairs_get_number(switches, name, 0);

        pairs_remove(switches, name);
        pairs_add_number(switches, name, generation + 1);
}

/* Refuses values without an effect: otherwise a mistake in a test would go unnoticed. */
static bool
is_allowed(const char *name, const char *value)
{
        if (*value == '\0')
                return true;
        if (strcmp(name, "person") == 0)
                return people_find(value) != NULL;
        if (text_starts_with(name, "fault_") && strstr(name, "_count") == NULL)
                return fault_is_known(value);
        if (strcmp(name, "account") == 0)
                return text_has_word("subscription service verified test", value);
        if (strcmp(name, "ip_whitelist") == 0)
                return address_is_list(value);
        if (strcmp(name, "template_status") == 0)
                return text_has_word("blocked failed", value);
        if (strlen(value) > 8 || strspn(value, "0123456789") != strlen(value))
                return false;
        return strcmp(name, "followers") != 0 || strtol(value, NULL, 10) <= FOLLOWERS_MAX;
}

static int
set(struct app *app, const char *name, const char *value, struct pairs *switches)
{
        if (!is_switch(app->arena, name))
                return err_set(&app->err, ERR_REQUEST, "there is no switch %.40s", name);
        if (!is_allowed(name, value))
                return err_set(&app->err, ERR_REQUEST, "%.40s cannot be that", name);
        if (strcmp(name, "person") != 0)
                pairs_remove(switches, "scenario");
        pairs_remove(switches, name);
        if (*value != '\0')
                pairs_add(switches, name, value);
        return 0;
}

static void
reset(struct arena *arena, struct pairs *switches)
{
        for (size_t i = switches->count; i-- > 0;)
                if (is_switch(arena, switches->items[i].name))
                        pairs_remove(switches, switches->items[i].name);
}

/* Puts a scenario in place of all other switches but the person; "": all is well again. */
static int
play(struct app *app, const char *scenario, struct pairs *switches)
{
        const char *person = pairs_get(switches, "person");
        const char *its_switches = *scenario == '\0' ? "" : scenario_find(scenario);
        struct pairs its;

        if (its_switches == NULL)
                return err_set(&app->err, ERR_REQUEST, "there is no such scenario");
        reset(app->arena, switches);
        pairs_add(switches, "person", person);
        pairs_init(&its, app->arena);
        if (url_parse_form(app->arena, its_switches, &its, &app->err) != 0)
                return -1;
        for (size_t i = 0; i < its.count; i++)
                if (set(app, its.items[i].name, its.items[i].value, switches) != 0)
                        return -1;
        if (*scenario != '\0')
                pairs_add(switches, "scenario", scenario);
        return 0;
}

/* On the page, a call of the account is chosen from a list: fault, count and delay are those of
 * that call. Returns the name of the switch; NULL: the field is none. */
static const char *
switch_of(struct arena *arena, const struct pairs *form, const char *field)
{
        const char *call = pairs_get_text(form, "call");

        if (text_has_word("reset expire call scenario back", field))
                return NULL;
        if (!text_has_word("fault count delay", field))
                return field;
        if (*call == '\0')
                return NULL;
        return strcmp(field, "count") == 0 ? arena_printf(arena, "fault_%s_count", call)
                                           : arena_printf(arena, "%s_%s", field, call);
}

static int
take_form(struct app *app, struct pairs *switches)
{
        const struct pairs *form = &app->request.form;
        const char *what = pairs_get_text(form, "expire");

        if (pairs_get(form, "reset") != NULL)
                reset(app->arena, switches);
        if (pairs_get(form, "scenario") != NULL &&
            play(app, pairs_get(form, "scenario"), switches) != 0)
                return -1;
        for (size_t i = 0; i < form->count; i++) {
                const char *name = switch_of(app->arena, form, form->items[i].name);

                if (name != NULL && set(app, name, form->items[i].value, switches) != 0)
                        return -1;
        }
        if (strcmp(what, "access") == 0 || strcmp(what, "all") == 0)
                expire(switches, "access_generation");
        if (strcmp(what, "refresh") == 0 || strcmp(what, "all") == 0)
                expire(switches, "refresh_generation");
        return 0;
}

/* Reads the switches, and for a POST changes them as the form says. */
static int
read_and_change(struct app *app, bool post, struct pairs *switches)
{
        int lock, result;

        if (!post)
                return kept_read_switches(app, switches);
        if (kept_lock_switches(app, &lock) != 0)
                return -1;
        result = kept_read_switches(app, switches) != 0 || take_form(app, switches) != 0
                     ? -1
                     : kept_write_switches(app, switches);
        lock_release(lock);
        return result;
}

/* Adds the calls of the account to the page, and those of their switches that are set. */
static void
add_calls(struct app *app, const struct pairs *switches)
{
        static const char *const parts[][2] = {
            {"fault_", ""}, {"fault_", "_count"}, {"delay_", ""}, {"quota_", ""}};
        const struct call_route *call;
        size_t count = 0;

        for (size_t i = 0; (call = account_call(i)) != NULL; i++) {
                pairs_add(&app->page, arena_printf(app->arena, "calls/%zu/id", i), call->name);
                for (size_t j = 0; j < sizeof(parts) / sizeof(parts[0]); j++) {
                        char *name = arena_printf(
                            app->arena, "%s%s%s", parts[j][0], call->name, parts[j][1]);
                        const char *value = pairs_get(switches, name);

                        if (value == NULL)
                                continue;
                        pairs_add(&app->page, arena_printf(app->arena, "set/%zu/id", count), name);
                        pairs_add(
                            &app->page, arena_printf(app->arena, "set/%zu/value", count++), value);
                }
        }
}

static void
add_switches(struct app *app, const struct pairs *switches)
{
        static const char *const choices[] = {"account", "scenario"};

        for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
                pairs_add(&app->page,
                    arena_printf(
                        app->arena, "%s_%s", choices[i], pairs_get_text(switches, choices[i])),
                    "1");
        pairs_add(&app->page,
            arena_printf(app->arena, "template_%s", pairs_get_text(switches, "template_status")),
            "1");
        add_calls(app, switches);
        for (size_t i = 0; i < switches->count; i++)
                pairs_add(&app->page, switches->items[i].name, switches->items[i].value);
}

/* Adds the name that the scenario has on the page. */
static int
add_scenario(struct app *app, const char *scenario)
{
        struct pairs words;

        if (app_read_words(app, app->language, &words) != 0)
                return -1;
        pairs_add(&app->page, "scenario_name",
            pairs_get(&words, arena_printf(app->arena, "scenario.%s", scenario)));
        return 0;
}

/* Returns to the page that a form came from: the tour, the two screens, or this page. */
static int
go_back(struct app *app)
{
        const char *back = pairs_get_text(&app->request.form, "back");
        const char *path = strcmp(back, "tour") == 0                           ? "/"
                           : strcmp(back, "screens") == 0                      ? "/screens"
                           : pairs_get(&app->request.form, "scenario") != NULL ? "/control"
                                                                               : "/control?saved=1";

        return app_answer_redirect(app, arena_printf(app->arena, "%s%s", app->conf.api_url, path));
}

int
control_page(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        bool script = strcmp(pairs_get_text(&app->request.query, "format"), "json") == 0;
        struct pairs switches;

        if (read_and_change(app, post, &switches) != 0)
                return -1;
        if (script)
                return app_answer_json(app, 200, &switches);
        if (post)
                return go_back(app);
        add_switches(app, &switches);
        if (add_scenario(app, pairs_get_text(&switches, "scenario")) != 0)
                return -1;
        pairs_remove(&app->page, "person");
        pairs_add(&app->page, "saved", pairs_get(&app->request.query, "saved"));
        pairs_add(&app->page, "site", app->conf.site_url);
        return faces_add(app, people_chosen(&switches)) != 0 ? -1
                                                             : app_answer_page(app, 200, "control");
}
