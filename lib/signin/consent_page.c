#include "signin/consent_page.h"

#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "format/url.h"
#include "signin/code_page.h"
#include "signin/consent.h"
#include "wechat/api.h"

int
consent_page_ask(struct app *app, const char *next, const char *scope)
{
        bool usual = scope == NULL || strcmp(scope, WECHAT_SCOPE_WEBSITE) == 0;
        const char *asked = scope == NULL ? app->conf.scope : scope;
        struct code_page page;
        bool known;

        if (code_page_open(app, &page, &known) != 0)
                return -1;
        /* A browser that follows a form's redirections wants each origin on the way. */
        app->form_origin = url_origin(app->arena, app->conf.open_url);
        pairs_add(&app->page, "csrf", page.form);
        pairs_add(&app->page, "site", strstr(app->conf.site_url, "://") + 3);
        pairs_add(&app->page, "has_profile", api_scope_has_profile(asked) ? "1" : NULL);
        pairs_add(&app->page, "consent_url",
            arena_printf(app->arena, "%s?way=authorize&again=1&next=%s%s%s",
                conf_program(app->arena, &app->conf, "login.cgi"), url_encode(app->arena, next),
                usual ? "" : "&scope=", usual ? "" : scope));
        return app_answer_page(app, 200, "consent");
}

static int
read_answer(struct app *app, bool *agreed)
{
        const char *answer = pairs_get_text(&app->request.form, "answer");
        struct code_page page;
        bool known;

        if (code_page_open(app, &page, &known) != 0)
                return -1;
        if (!known)
                return app_answer_page(app, err_status(ERR_DENIED), "again");
        if (!code_page_is_own_form(app, &page))
                return err_set(&app->err, ERR_DENIED, "consent: not from our own page");
        if (strcmp(answer, "no") == 0)
                return app_answer_page(app, 200, "refused");
        if (strcmp(answer, "yes") != 0)
                return err_set(&app->err, ERR_REQUEST, "consent: neither yes nor no");
        *agreed = true;
        app->consented = app->now;
        return 0;
}

int
consent_page_pass(struct app *app, const char *next, const char *scope, bool *agreed)
{
        *agreed = false;
        if (strcmp(app->request.method, "POST") == 0)
                return read_answer(app, agreed);
        *agreed = consent_is_remembered(app);
        return *agreed ? 0 : consent_page_ask(app, next, scope);
}
