#include "signin/retention.h"

#include "web/app.h"
#include "signin/admission.h"
#include "signin/forget.h"
#include "state/state.h"

enum { DAY_SECONDS = 86400 };

/* Returns the first of openids that is no owner's; NULL: there is none. */
static const char *
choose(const struct app *app, const struct pairs *openids)
{
        for (size_t i = 0; i < openids->count; i++)
                if (!admission_is_owner(app, openids->items[i].value))
                        return openids->items[i].value;
        return NULL;
}

/* Sets *free if nobody was deleted in the last RETENTION_SECONDS, and then takes the turn. */
static int
take_turn(struct app *app, bool *free)
{
        int count;

        if (state_count(app->state, STORE_TOTAL, "retention", 1, app->now, RETENTION_SECONDS,
                &count, &app->err) != 0)
                return -1;
        *free = count == 1;
        return 0;
}

static int
sweep(struct app *app)
{
        struct member_away away = {app->now - app->conf.people_days * DAY_SECONDS, app->now};
        struct pairs openids;
        const char *openid;
        bool free;

        pairs_init(&openids, app->arena);
        if (state_find_away(app->state, &away, &openids, &app->err) != 0)
                return -1;
        openid = choose(app, &openids);
        if (openid == NULL)
                return 0;
        if (take_turn(app, &free) != 0)
                return -1;
        return free ? forget_away(app, openid, &away) : 0;
}

void
retention_sweep(struct app *app)
{
        if (app->conf.people_days > 0 && sweep(app) != 0)
                app_log(app, &app->err);
        err_clear(&app->err);
}
