#include "signin/qr_page.h"

#include "web/app.h"
#include "base/arena.h"
#include "format/qr.h"
#include "format/url.h"
#include "signin/desktop.h"
#include "signin/waiting.h"

/* How often a page without scripts loads itself again, in seconds. */
enum { RELOAD_SECONDS = 5, RELOAD_SCANNED_SECONDS = 2 };

static char *
own_url(struct app *app)
{
        return conf_program(app->arena, &app->conf, app->program->name);
}

char *
qr_page_wait_url(struct app *app)
{
        return arena_printf(app->arena, "%s?wait=1", own_url(app));
}

int
qr_page_answer(struct app *app, const struct waiting *waiting, const char *text)
{
        long long left = waiting->expires > app->now ? waiting->expires - app->now : 0;
        const char *wait_url = qr_page_wait_url(app);
        char *path;
        int size;

        if (qr_path(app->arena, text, &path, &size, &app->err) != 0)
                return -1;
        pairs_add(&app->page, "qr_path", path);
        pairs_add_number(&app->page, "qr_size", size);
        pairs_add_number(&app->page, "number", desktop_number(waiting->user_code));
        pairs_add_number(&app->page, "seconds", left);
        pairs_add(
            &app->page, "left", arena_printf(app->arena, "%lld:%02lld", left / 60, left % 60));
        pairs_add(&app->page, "scanned", waiting->is_scanned ? "1" : NULL);
        pairs_add(&app->page, "wait_url", wait_url);
        pairs_add(&app->page, "refresh",
            arena_printf(app->arena, "%d;url=%s",
                waiting->is_scanned ? RELOAD_SCANNED_SECONDS : RELOAD_SECONDS, wait_url));
        return app_answer_page(app, 200, "desktop");
}

int
qr_page_answer_end(struct app *app, const char *name, const char *next)
{
        pairs_add(&app->page, "again_url",
            arena_printf(app->arena, "%s?next=%s", own_url(app), url_encode(app->arena, next)));
        return app_answer_page(app, 200, name);
}
