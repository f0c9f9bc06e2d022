#include "signin/tidy.h"

#include "web/app.h"
#include "state/journal.h"
#include "host/log.h"
#include "host/os.h"
#include "state/store.h"
#include "state/user.h"

/* Tokens must not outlive their session, whether its owner comes back or not. */
enum { GRANT_SHARDS = 16 };

static void
tell(struct app *app, const struct err *err)
{
        log_error(app->program->name, app->request.client, err);
}

static void
sweep(struct app *app, enum store_kind kind, unsigned draw)
{
        struct err err = {.kind = ERR_NONE};

        if (store_sweep(app->store, kind, draw, app->now, NULL, &err) != 0)
                tell(app, &err);
}

/* The users' temporary files, and the journal's. */
static void
sweep_leftovers(struct app *app, unsigned draw)
{
        struct err err = {.kind = ERR_NONE};

        if (user_sweep(app->users, draw, app->now, &err) != 0 ||
            journal_sweep(app->arena, app->conf.state_dir, app->now, &err) != 0)
                tell(app, &err);
}

static int
draw_shard(struct app *app, unsigned *draw)
{
        struct err err = {.kind = ERR_NONE};

        if (os_random(draw, sizeof(*draw), &err) == 0)
                return 0;
        tell(app, &err);
        return -1;
}

void
tidy_after_sign_in(struct app *app)
{
        unsigned draw;

        if (draw_shard(app, &draw) != 0)
                return;
        for (enum store_kind kind = 0; kind < STORE_KINDS; kind++)
                sweep(app, kind, draw);
        for (unsigned i = 1; i < GRANT_SHARDS; i++)
                sweep(app, STORE_TOKENS, draw + i);
        sweep_leftovers(app, draw);
}

void
tidy_after_push(struct app *app)
{
        unsigned draw;

        if (draw_shard(app, &draw) != 0)
                return;
        sweep(app, STORE_PUSH, draw);
        sweep_leftovers(app, draw);
}
