#include "control.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "fault.h"
#include "host/lock.h"
#include "people.h"
#include "state.h"
#include "base/text.h"

static const char *const names[] = {"person", "fault_grant", "fault_grant_count", "fault_refresh",
    "fault_refresh_count", "fault_userinfo", "fault_userinfo_count", "fault_auth",
    "fault_auth_count", "fault_mini", "fault_mini_count", "delay_mini", "delay_grant",
    "delay_refresh", "delay_userinfo", "delay_auth", "double_callback", "lost_cookie", "any_origin",
    "authdeny", "long_tokens", "authorize_error", "account", "fault_token", "fault_token_count",
    "delay_token", "fault_qrcode", "fault_qrcode_count", "delay_qrcode"};

enum { NAME_COUNT = sizeof(names) / sizeof(names[0]) };

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
        return strlen(value) <= 8 && strspn(value, "0123456789") == strlen(value);
}

static int
take_form(struct app *app, struct pairs *switches)
{
        const struct pairs *form = &app->request.form;
        const char *what = pairs_get_text(form, "expire");

        if (pairs_get(form, "reset") != NULL)
                for (size_t i = 0; i < NAME_COUNT; i++)
                        pairs_remove(switches, names[i]);
        for (size_t i = 0; i < NAME_COUNT; i++) {
                const char *value = pairs_get(form, names[i]);

                if (value == NULL)
                        continue;
                if (!is_allowed(names[i], value))
                        return err_set(&app->err, ERR_REQUEST, "%s cannot be that", names[i]);
                pairs_remove(switches, names[i]);
                if (*value != '\0')
                        pairs_add(switches, names[i], value);
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
        pairs_add(&app->page, "saved", pairs_get(&app->request.query, "saved"));
        pairs_add(&app->page, "site", app->conf.site_url);
        for (size_t i = 0; i < switches.count; i++)
                pairs_add(&app->page, switches.items[i].name, switches.items[i].value);
        return app_answer_page(app, 200, "control");
}
