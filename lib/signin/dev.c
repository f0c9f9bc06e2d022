#include "signin/dev.h"

#include "web/app.h"
#include "base/arena.h"
#include "format/url.h"

bool
dev_is_page(struct app *app, const char *link)
{
        const char *origin = url_origin(app->arena, link);

        return origin != NULL && conf_is_dev_origin(&app->conf, origin);
}

int
dev_answer_unlisted(struct app *app, const char *link)
{
        const char *origin = url_origin(app->arena, link);

        err_set(&app->err, ERR_DENIED, "dev: %s is not one of dev_origins%s",
            origin == NULL ? "the value given, not a link to a page," : origin,
            *app->conf.dev_origins == '\0' && *app->conf.dev_origins_until != '\0'
                ? ": dev_origins_until has passed"
                : "");
        app_log(app, &app->err);
        pairs_add(&app->page, "origin", origin);
        return app_answer_page(app, err_status(ERR_DENIED), "unlisted");
}

char *
dev_ticket_page(struct app *app, const char *link)
{
        return arena_printf(app->arena, "%s?dev=%s",
            conf_program(app->arena, &app->conf, "ticket.cgi"), url_encode(app->arena, link));
}
