#include "signin/attempts.h"

#include "web/app.h"
#include "base/arena.h"
#include "format/address.h"
#include "state/state.h"

/* A counter and its limit. */
struct limit {
        enum store_kind kind;
        const char *key;
        long long seconds;
};

static struct limit
limit_of_address(struct app *app)
{
        return (struct limit){STORE_COUNT,
            arena_printf(app->arena, "code %s", address_group(app->arena, app->request.client)),
            ATTEMPTS_ADDRESS_SECONDS};
}

static const struct limit limit_of_site = {STORE_TOTAL, "code", ATTEMPTS_SITE_SECONDS};

static struct limit
limit_of_client(struct app *app, const char *name)
{
        return (struct limit){
            STORE_TOTAL, arena_printf(app->arena, "client %s", name), ATTEMPTS_CLIENT_SECONDS};
}

static int
change(struct app *app, const struct limit *limit, int by, int *count)
{
        return app_open_state(app) != 0 ? -1
                                        : state_count(app->state, limit->kind, limit->key, by,
                                              app->now, limit->seconds, count, &app->err);
}

static int
look(struct app *app, const struct limit *limit, int *count)
{
        struct store_record record;

        *count = 0;
        if (app_open_state(app) == 0 &&
            state_read(app->state, limit->kind, limit->key, app->now, &record, &app->err) == 0)
                *count = (int)pairs_get_number(&record.fields, "count", 0);
        else if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 0;
}

/* The counts are those of failures before this attempt. */
static enum attempts
judge(int failures, int address, int site)
{
        if (address >= ATTEMPTS_ADDRESS_BOUND_MAX)
                return ATTEMPTS_REFUSED;
        return failures >= ATTEMPTS_BROWSER_MAX || address >= ATTEMPTS_ADDRESS_MAX ||
                       site >= ATTEMPTS_SITE_MAX
                   ? ATTEMPTS_BOUND
                   : ATTEMPTS_FREE;
}

int
attempts_look(struct app *app, int failures, enum attempts *attempts)
{
        struct limit of_address = limit_of_address(app);
        int address, site;

        if (look(app, &of_address, &address) != 0 || look(app, &limit_of_site, &site) != 0)
                return -1;
        *attempts = judge(failures, address, site);
        return 0;
}

int
attempts_begin(struct app *app, int failures, enum attempts *attempts)
{
        struct limit of_address = limit_of_address(app);
        int address, site = 0;

        /* The site's count, which all share, is left alone by those who are refused anyway. */
        if (change(app, &of_address, 1, &address) != 0 ||
            (address <= ATTEMPTS_ADDRESS_BOUND_MAX && change(app, &limit_of_site, 1, &site) != 0))
                return -1;
        *attempts = judge(failures, address - 1, site - 1);
        return 0;
}

static void
take_back(struct app *app, const struct limit *limit)
{
        int count;

        if (change(app, limit, -1, &count) != 0) {
                app_log(app, &app->err);
                err_clear(&app->err);
        }
}

void
attempts_succeed(struct app *app)
{
        struct limit of_address = limit_of_address(app);

        take_back(app, &of_address);
        take_back(app, &limit_of_site);
}

int
attempts_begin_client(struct app *app, const char *name)
{
        struct limit limit = limit_of_client(app, name);
        int count;

        if (change(app, &limit, 1, &count) != 0)
                return -1;
        return count <= ATTEMPTS_CLIENT_MAX
                   ? 0
                   : err_set(&app->err, ERR_BUSY,
                         "%s asked for too many wrong codes: it is refused for up to %d minutes",
                         name, ATTEMPTS_CLIENT_SECONDS / 60);
}

void
attempts_succeed_client(struct app *app, const char *name)
{
        struct limit limit = limit_of_client(app, name);

        take_back(app, &limit);
}

bool
attempts_site_is_bound(struct app *app)
{
        int count = 0;

        if (look(app, &limit_of_site, &count) != 0) {
                app_log(app, &app->err);
                err_clear(&app->err);
        }
        return count >= ATTEMPTS_SITE_MAX;
}
