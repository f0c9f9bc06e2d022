#include "control.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "call.h"
#include "account.h"
#include "fault.h"
#include "followers.h"
#include "format/address.h"
#include "host/lock.h"
#include "people.h"
#include "state.h"
#include "base/text.h"

/* The switches that do not belong to a call. */
static const char names[] =
    "person double_callback lost_cookie any_origin authdeny long_tokens authorize_error account "
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
        pairs_remove(switches, name);
        if (*value != '\0')
                pairs_add(switches, name, value);
        return 0;
}

/* On the page, a call of the account is chosen from a list: fault, count and delay are those of
 * that call. Returns the name of the switch; NULL: the field is none. */
static const char *
switch_of(struct arena *arena, const struct pairs *form, const char *field)
{
        const char *call = pairs_get_text(form, "call");

        if (text_has_word("reset expire call", field))
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
                for (size_t i = switches->count; i-- > 0;)
                        if (is_switch(app->arena, switches->items[i].name))
                                pairs_remove(switches, switches->items[i].name);
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

int
control_page(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        bool script = strcmp(pairs_get_text(&app->request.query, "format"), "json") == 0;
        const struct sim_person *person;
        struct pairs switches;

        if (read_and_change(app, post, &switches) != 0)
                return -1;
        if (script)
                return app_answer_json(app, 200, &switches);
        if (post)
                return app_answer_redirect(
                    app, arena_printf(app->arena, "%s/control?saved=1", app->conf.api_url));
        person = people_find(pairs_get(&switches, "person"));
        pairs_add(&app->page,
            arena_printf(app->arena, "is_%s", (person == NULL ? people_first() : person)->id), "1");
        pairs_add(&app->page,
            arena_printf(app->arena, "account_%s", pairs_get_text(&switches, "account")), "1");
        pairs_add(&app->page,
            arena_printf(app->arena, "template_%s", pairs_get_text(&switches, "template_status")),
            "1");
        pairs_add(&app->page, "saved", pairs_get(&app->request.query, "saved"));
        pairs_add(&app->page, "site", app->conf.site_url);
        add_calls(app, &switches);
        for (size_t i = 0; i < switches.count; i++)
                pairs_add(&app->page, switches.items[i].name, switches.items[i].value);
        return app_answer_page(app, 200, "control");
}
