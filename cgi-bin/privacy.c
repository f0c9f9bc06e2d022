/* privacy.cgi: what the site stores about people, why, and how long. */
#include "web/app.h"
#include "base/arena.h"
#include "host/sandbox.h"
#include "web/program.h"

#include <string.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* The time of a session, in the largest unit that gives a whole number. */
static void
add_session_time(struct app *app)
{
        static const struct {
                const char *name;
                int seconds;
        } units[] = {{"session_days", DAY}, {"session_hours", HOUR}, {"session_minutes", MINUTE},
            {"session_seconds", 1}};
        long long seconds = app->conf.session_seconds;
        size_t i = 0;

        while (seconds % units[i].seconds != 0)
                i++;
        pairs_add_number(&app->page, units[i].name, seconds / units[i].seconds);
}

static void
add_days(struct app *app, const char *name, long long days)
{
        if (days > 0)
                pairs_add_number(&app->page, name, days);
}

/* What the account hears of people. */
static void
add_journal(struct app *app)
{
        const struct conf *conf = &app->conf;
        long long days = conf_journal_days(conf);

        if (*conf->push_token == '\0' && *conf->mini_push_token == '\0')
                return;
        pairs_add(&app->page, "has_account", "1");
        pairs_add(&app->page,
            days == 0                ? "journal_off"
            : conf_keeps_texts(conf) ? "journal_full"
                                     : "journal_kinds",
            "1");
        add_days(app, "events_days", days);
}

static int
privacy(struct app *app)
{
        const struct conf *conf = &app->conf;
        struct pairs *words = arena_alloc(app->arena, sizeof(*words));

        /* D1. What the settings have stored, and for how long. */
        pairs_add(&app->page, "site", strstr(conf->site_url, "://") + 3);
        pairs_add(&app->page, "account_name", conf->account_name);
        pairs_add(&app->page, "has_profile", conf_has_way(conf, "authorize") ? "1" : NULL);
        pairs_add(&app->page, "asks", conf_asks_consent(conf) ? "1" : NULL);
        add_journal(app);
        add_session_time(app);
        add_days(app, "people_days", conf->people_days);

        /* D2. The page, whose words are in files of their own. */
        if (app_read_words(app, arena_printf(app->arena, "privacy.%s", app->language), words) != 0)
                return -1;
        app->words = words;
        return app_answer_page(app, 200, "privacy");
}

static const struct app_program program = {
    .name = "privacy.cgi",
    .purpose = "Says what the site stores about people, why and how long, and what they may ask\n"
               "for. Words: words/privacy.LANGUAGE.txt. Settings: journal, events_days, ….",
    .methods = "GET, HEAD",
    .handle = privacy,
    .needs = SANDBOX_PAGES,
};

PROGRAM_MAIN(program)
