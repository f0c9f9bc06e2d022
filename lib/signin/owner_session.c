#include "signin/owner_session.h"

#include <string.h>

#include "base/text.h"
#include "signin/session.h"
#include "web/app.h"

static enum owner_rank
rank_of(const struct app *app, const struct session *session)
{
        if (!text_has_word(app->conf.owners, session->openid) ||
            strcmp(session->scope, SESSION_SCOPE_DEV) == 0)
                return OWNER_OTHER;
        return session->created <= app->now && app->now - session->created < OWNER_SECONDS
                   ? OWNER_NOW
                   : OWNER_EARLIER;
}

int
owner_session_find(struct app *app, struct session *session, enum owner_rank *rank)
{
        if (session_of_browser(app, session) == 0) {
                *rank = rank_of(app, session);
                return 0;
        }
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        *rank = OWNER_NONE;
        return 0;
}
