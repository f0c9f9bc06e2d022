/* me.cgi: the personal page, and "forget me". */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "signin/forget.h"
#include "base/pairs.h"
#include "web/program.h"
#include "signin/session.h"
#include "base/text.h"
#include "wechat/api.h"

static void
fill_page(struct app *app, const struct session *session)
{
        static const char *const members[] = {
            "nickname", "headimgurl", "openid", "province", "city", "country", "unionid"};
        static const char *const sexes[] = {"is_unknown", "is_male", "is_female"};
        const struct pairs *user = &session->user;
        long long sex = pairs_get_number(user, "sex", 0);
        char *own_url = conf_program(app->arena, &app->conf, "me.cgi");

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
                pairs_add(&app->page, members[i], pairs_get(user, members[i]));
        pairs_add(&app->page, "privilege", pairs_join(user, "privilege", ", "));
        pairs_add(&app->page, sexes[sex == 1 || sex == 2 ? sex : 0], "1");
        if (!api_scope_has_profile(session->scope) && conf_has_way(&app->conf, "authorize")) {
                pairs_add(&app->page, "base_only", "1");
                pairs_add(&app->page, "userinfo_url",
                    arena_printf(app->arena, "%s?scope=snsapi_userinfo",
                        conf_program(app->arena, &app->conf, "login.cgi")));
        }
        pairs_add(&app->page, "signed_in_since", text_beijing_time(app->arena, session->created));
        pairs_add(&app->page, "signed_in_until", text_beijing_time(app->arena, session->expires));
        pairs_add(&app->page, "csrf", session_csrf(app, session));
        pairs_add(&app->page, "forget_url", arena_printf(app->arena, "%s?forget=1", own_url));
}

static int
forget(struct app *app, const struct session *session)
{
        if (!session_is_own_form(app, session))
                return err_set(&app->err, ERR_DENIED, "forget: not from our own page");
        if (strcmp(pairs_get_text(&app->request.form, "action"), "forget") != 0)
                return err_set(&app->err, ERR_REQUEST, "unknown action");
        if (forget_session(app, session) != 0)
                return -1;
        return app_answer_page(app, 200, "forgotten");
}

static int
me(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        bool forgets = post || pairs_get(&app->request.query, "forget") != NULL;
        struct session session;
        int found;

        /* M1. Who is it? Nobody: sign in, and come back. */
        found = forgets ? session_to_forget(app, &session) : session_of_browser(app, &session);
        if (found != 0) {
                if (app->err.kind != ERR_NOT_FOUND)
                        return -1;
                return app_answer_login(app, conf_program(app->arena, &app->conf, "me.cgi"));
        }

        /* M2. "Forget me", which the visitor confirmed on our page. */
        if (post)
                return forget(app, &session);

        /* M3. The page, or the question before forgetting. */
        fill_page(app, &session);
        return app_answer_page(app, 200, forgets ? "forget" : "me");
}

static const struct app_program program = {
    .name = "me.cgi",
    .purpose = "The personal page of a signed-in user: profile, sign out, forget me.",
    .methods = "GET, HEAD, POST",
    .handle = me,
};

PROGRAM_MAIN(program)
