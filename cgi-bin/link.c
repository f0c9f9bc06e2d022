/* link.cgi: the link that the account sends to a follower with a code: it signs in the browser of
 * WeChat on the phone (sign_in = message). */
#include <string.h>

#include "web/app.h"
#include "signin/code_page.h"
#include "signin/consent.h"
#include "signin/passcode.h"
#include "signin/retention.h"
#include "signin/signin.h"
#include "web/program.h"

static int
answer_too_old(struct app *app)
{
        const char *word;

        if (code_page_word(app, &word) != 0)
                return -1;
        pairs_add(&app->page, "word", word);
        return app_answer_page(app, err_status(ERR_EXPIRED), "linktooold");
}

/* The question: WeChat and others open links to show a preview, so that opening one signs nobody
 * in. */
static int
ask(struct app *app, const struct code_page *page, const char *openid, const char *token)
{
        bool post = strcmp(app->request.method, "POST") == 0, missing;

        if (consent_find_missing(app, openid, &missing) != 0)
                return -1;
        pairs_add(&app->page, "agree", missing ? "1" : NULL);
        pairs_add(&app->page, "is_disagreed", post ? "1" : NULL);
        pairs_add(&app->page, "account_name", app->conf.account_name);
        pairs_add(&app->page, "site", strstr(app->conf.site_url, "://") + 3);
        pairs_add(&app->page, "csrf", page->form);
        pairs_add(&app->page, "link", code_page_link(app, token));
        return app_answer_page(app, post ? err_status(ERR_REQUEST) : 200, "link");
}

static int
link_cgi(struct app *app)
{
        const char *token = pairs_get_once(&app->request.query, "t");
        bool post = strcmp(app->request.method, "POST") == 0;
        struct code_page page;
        const char *openid;
        bool known, missing = false;

        /* J1. Only where messages are a way to sign in, and only in WeChat. */
        if (code_page_check(app) != 0)
                return -1;
        if (token == NULL)
                return err_set(&app->err, ERR_REQUEST, "link: t is missing or given twice");
        if (!signin_is_in_wechat(app))
                return app_answer_page(app, 200, "inwechat");

        /* J2. Is the link in force? Opening it uses nothing up. */
        if (code_page_open(app, &page, &known) != 0)
                return -1;
        if (passcode_read_token(app, token, &openid) != 0)
                return app->err.kind == ERR_NOT_FOUND ? answer_too_old(app) : -1;
        if (!post)
                return ask(app, &page, openid, token);

        /* J3. The button on our page, and the box where there is one (consent): signed in, once. */
        if (!known)
                return app_answer_page(app, err_status(ERR_DENIED), "again");
        if (!code_page_is_own_form(app, &page))
                return err_set(&app->err, ERR_DENIED, "link: not from our own page");
        if (!consent_read_box(app) && consent_find_missing(app, openid, &missing) != 0)
                return -1;
        if (missing)
                return ask(app, &page, openid, token);
        if (passcode_take_token(app, token, &openid) != 0)
                return app->err.kind == ERR_NOT_FOUND ? answer_too_old(app) : -1;
        if (code_page_sign_in(app, openid) != 0)
                return -1;
        retention_sweep(app);
        return app_answer_redirect(app, app->conf.home);
}

static const struct app_program program = {
    .name = "link.cgi",
    .purpose = "The link that the account sends together with a code (code.cgi): signs in the\n"
               "browser of WeChat on the phone, after a tap on its page.",
    .methods = "GET, HEAD, POST",
    .handle = link_cgi,
    .errands = true,
};

PROGRAM_MAIN(program)
