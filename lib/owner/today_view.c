/* The first page: the last thirty days, the errors of the last day, and what the check says. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"
#include "owner/chart.h"
#include "owner/troubles.h"
#include "owner/views.h"
#include "state/state.h"
#include "web/app.h"
#include "wechat/errcode.h"

enum { DAYS = 30, DAY_SECONDS = 86400, DATE_SIZE = sizeof("2026-11-24") - 1 };

/* ---- the days ---- */

static const char *
date_of(struct app *app, int days_ago)
{
        long long when = app->now - (long long)days_ago * DAY_SECONDS;

        return arena_copy(app->arena, text_beijing_time(app->arena, when), DATE_SIZE);
}

/* The figures of a day, as members of the element at prefix. */
static void
add_figures(struct app *app, const char *prefix, const long long counts[TALLY_KINDS])
{
        static const char *const names[TALLY_KINDS] = {[TALLY_SIGN_INS] = "sign_ins",
            [TALLY_NEW_PEOPLE] = "new_people",
            [TALLY_FOLLOWED] = "followed",
            [TALLY_UNFOLLOWED] = "unfollowed",
            [TALLY_MESSAGES] = "messages"};

        for (int kind = 0; kind < TALLY_KINDS; kind++)
                pairs_add(&app->page, arena_printf(app->arena, "%s%s", prefix, names[kind]),
                    arena_printf(app->arena, "%lld", counts[kind]));
}

/* Adds a chart of one kind, and of a second one, TALLY_KINDS: none. */
static void
add_chart(struct desk *desk, size_t number, const long long counts[][TALLY_KINDS],
    enum state_tally first, enum state_tally second, bool below)
{
        static const char *const names[] = {"sign_ins", "followers", "messages"};
        struct app *app = desk->app;
        struct chart chart = {.below = below, .count = DAYS};
        const char *name = names[number];

        chart.prefix = arena_printf(app->arena, "charts/%zu/", number);
        for (int i = 0; i < DAYS; i++) {
                const long long *day = counts[DAYS - 1 - i];

                chart.days[i] = date_of(app, DAYS - 1 - i);
                chart.first[i] = day[first];
                chart.second[i] = second == TALLY_KINDS ? 0 : day[second];
        }
        pairs_add(&app->page, arena_printf(app->arena, "%sid", chart.prefix), name);
        pairs_add(&app->page, arena_printf(app->arena, "%stitle", chart.prefix),
            desk_word(desk, arena_printf(app->arena, "owner.today.chart_%s", name), NULL));
        pairs_add(&app->page, arena_printf(app->arena, "%sfirst_name", chart.prefix),
            desk_word(desk, arena_printf(app->arena, "owner.today.%s_first", name), NULL));
        if (second != TALLY_KINDS)
                pairs_add(&app->page, arena_printf(app->arena, "%ssecond_name", chart.prefix),
                    desk_word(desk, arena_printf(app->arena, "owner.today.%s_second", name), NULL));
        chart_draw(app->arena, &chart, &app->page);
}

static int
add_days(struct desk *desk)
{
        struct app *app = desk->app;
        long long counts[DAYS][TALLY_KINDS];

        if (state_read_tallies(app->state, app->now, DAYS, counts, &app->err) != 0)
                return -1;
        add_figures(app, "", counts[0]);
        add_chart(desk, 0, counts, TALLY_SIGN_INS, TALLY_NEW_PEOPLE, false);
        add_chart(desk, 1, counts, TALLY_FOLLOWED, TALLY_UNFOLLOWED, true);
        add_chart(desk, 2, counts, TALLY_MESSAGES, TALLY_KINDS, false);
        for (int i = 0; i < DAYS; i++) {
                const char *prefix = arena_printf(app->arena, "days/%d/", i);

                pairs_add(&app->page, arena_printf(app->arena, "%sday", prefix), date_of(app, i));
                add_figures(app, prefix, counts[i]);
        }
        return 0;
}

/* ---- errors ---- */

/* What to do about it. WeChat's errcodes have that in their text, in two languages. */
static const char *
cure_of(const struct desk *desk, const struct trouble *trouble)
{
        struct app *app = desk->app;
        struct err err = {.errcode = trouble->errcode};

        if (trouble->errcode == 0)
                return desk_word(
                    desk, arena_printf(app->arena, "owner.cure.%s", trouble->kind), NULL);
        (void)snprintf(err.text, sizeof(err.text), "%s", trouble->text);
        return errcode_text(app->arena, &err, strcmp(app->language, "en") != 0);
}

static void
add_trouble(const struct desk *desk, const struct trouble *trouble, size_t number)
{
        struct app *app = desk->app;
        const char *prefix = arena_printf(app->arena, "troubles/%zu/", number);
        const char *cure = cure_of(desk, trouble), *said = strstr(trouble->text, ": ");
        size_t size = trouble->errcode != 0 && cure != NULL && said != NULL
                          ? (size_t)(said - trouble->text)
                          : strlen(trouble->text);
        const struct {
                const char *name, *value;
        } values[] = {
            {"what",
                desk_word(desk, arena_printf(app->arena, "owner.error.%s", trouble->kind), NULL)},
            {"text", arena_copy(app->arena, trouble->text, size)}, {"cure", cure},
            {"program", trouble->program}, {"request_number", trouble->request},
            {"count", arena_printf(app->arena, "%zu", trouble->times)},
            {"time", text_beijing_time(app->arena, trouble->last)}};

        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
                pairs_add(&app->page, arena_printf(app->arena, "%s%s", prefix, values[i].name),
                    values[i].value);
}

static int
add_troubles(struct desk *desk)
{
        struct app *app = desk->app;
        struct troubles troubles = {.count = 0};

        if (troubles_read(app, app->now - DAY_SECONDS, &troubles) != 0)
                return -1;
        for (size_t i = 0; i < troubles.count; i++)
                add_trouble(desk, &troubles.list[i], i);
        pairs_add(&app->page, "has_troubles", troubles.count > 0 ? "1" : NULL);
        pairs_add(&app->page, "more_troubles", troubles.more ? "1" : NULL);
        return 0;
}

/* ---- the check ---- */

/* What check.cgi found last, by its record. */
static int
add_check(struct desk *desk)
{
        struct app *app = desk->app;
        struct store_record record;
        struct pairs values;
        long long failed, hints;

        pairs_add(&app->page, "check_url", conf_program(app->arena, &app->conf, "check.cgi"));
        if (state_read(app->state, STORE_CHECK, "report", app->now, &record, &app->err) != 0)
                return err_accept(&app->err, ERR_NOT_FOUND);
        failed = pairs_get_number(&record.fields, "failed", 0);
        hints = pairs_get_number(&record.fields, "hints", 0);
        pairs_init(&values, app->arena);
        pairs_add_number(&values, "failed", failed);
        pairs_add_number(&values, "hints", hints);
        pairs_add(&values, "time", text_beijing_time(app->arena, record.created));
        pairs_add(&app->page, "checked",
            desk_word(desk,
                failed > 0  ? "owner.today.check_failed"
                : hints > 0 ? "owner.today.check_hints"
                            : "owner.today.check_good",
                &values));
        pairs_add(&app->page, "check_failed", failed > 0 ? "1" : NULL);
        return 0;
}

static int
show(struct desk *desk)
{
        if (add_days(desk) != 0 || add_troubles(desk) != 0 || add_check(desk) != 0)
                return -1;
        return desk_answer_page(desk, "owner-today");
}

const struct desk_view view_today = {.name = "today", .in_menu = true, .show = show};
