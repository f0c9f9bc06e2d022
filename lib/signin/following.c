#include "signin/following.h"

#include <string.h>

#include "account/call.h"
#include "web/app.h"
#include "base/arena.h"
#include "format/json.h"
#include "format/url.h"
#include "signin/admission.h"
#include "state/state.h"
#include "wechat/api.h"

enum { TIMEOUT_MS = 4000 };

static bool
is_to_be_asked(struct app *app, const char *openid, struct pairs *user)
{
        pairs_init(user, app->arena);
        if (strcmp(app->conf.people, "followers") != 0 || admission_is_owner(app, openid))
                return false;
        if (app_open_state(app) != 0 || state_read_user(app->state, openid, user, &app->err) != 0) {
                err_clear(&app->err); /* the sign-in itself reports what is wrong */
                return true;
        }
        return !member_is_blocked(user) && !admission_is_follower(user);
}

/* Since when the person follows; 0: not at all. */
static int
ask(struct app *app, const char *openid, long long *since)
{
        struct account_request request = {.path = "/cgi-bin/user/info",
            .query = arena_printf(app->arena, "openid=%s", url_encode(app->arena, openid)),
            .timeout_ms = TIMEOUT_MS};
        struct account_answer answer;
        struct pairs fields;

        *since = 0;
        pairs_init(&fields, app->arena);
        if (account_call(app, &request, &answer) != 0)
                return app->err.kind == ERR_NOT_FOUND ? 0 : -1; /* 46004: nobody of the account's */
        if (json_parse(app->arena, answer.body, answer.size, &fields, &app->err) != 0)
                return -1;
        if (pairs_get_number(&fields, "subscribe", 0) == 1)
                *since = pairs_get_number(&fields, "subscribe_time", app->now);
        return 0;
}

int
following_find(struct app *app, const struct token_response *grant)
{
        struct pairs user, members;
        long long since;

        if (!is_to_be_asked(app, grant->openid, &user))
                return 0;
        if (ask(app, grant->openid, &since) != 0) {
                if (app->err.kind != ERR_CONFIG)
                        return -1;
                app_log(app, &app->err);
                err_clear(&app->err);
                return 0;
        }
        err_clear(&app->err);
        if (since <= 0)
                return 0;
        pairs_init(&members, app->arena);
        pairs_add_number(&members, "subscribed_since", since);
        return state_set_user(app->state, grant->openid, &members, &app->err);
}
