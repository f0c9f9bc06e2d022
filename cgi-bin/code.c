/* code.cgi: signs in by a code that the account sent to a follower (sign_in = message). */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/hint.h"
#include "signin/attempts.h"
#include "signin/code_page.h"
#include "signin/consent.h"
#include "signin/desktop.h"
#include "signin/passcode.h"
#include "signin/retention.h"
#include "signin/signin.h"
#include "web/program.h"
#include "format/url.h"

static const char disagreed[] = "is_disagreed";

static bool
is(const char *flaw, const char *name)
{
        return flaw != NULL && strcmp(flaw, name) == 0;
}

/* The page, with a word on what became of the last code ("is_wrong", …); NULL: none. */
static int
show(struct app *app, int status, const struct code_page *page, const char *next,
    enum attempts attempts, const char *flaw)
{
        const char *word;

        if (code_page_word(app, &word) != 0)
                return -1;
        if (attempts != ATTEMPTS_FREE)
                word = arena_printf(app->arena, "%s %d", word, page->number);
        pairs_add(&app->page, "word", word);
        pairs_add(&app->page, "bound", attempts == ATTEMPTS_FREE ? NULL : "1");
        pairs_add(&app->page, "account_name", app->conf.account_name);
        pairs_add(&app->page, "account_qr", app->conf.account_qr);
        if (signin_is_in_wechat(app)) {
                pairs_add(&app->page, "in_wechat", "1");
                pairs_add(&app->page, "account_url", app->conf.account_url);
        }
        pairs_add(&app->page, "browser", desktop_browser(app->arena, app->request.user_agent));
        pairs_add(&app->page, "address", app->request.client);
        pairs_add(&app->page, "next", next);
        pairs_add(&app->page, "csrf", page->form);
        if (conf_asks_consent(&app->conf) && (!consent_is_remembered(app) || is(flaw, disagreed)))
                pairs_add(&app->page, "agree", "1");
        if (is(flaw, disagreed))
                pairs_add(&app->page, "typed", pairs_get(&app->request.form, "code"));
        pairs_add(&app->page, "code_url", conf_program(app->arena, &app->conf, "code.cgi"));
        if (flaw != NULL)
                pairs_add(&app->page, flaw, "1");
        return app_answer_page(app, status, "code");
}

/* Returns the six digits that were typed, with blanks or full-width; NULL: it is something else. */
static const char *
read_digits(struct app *app, const char *text)
{
        char *digits = arena_alloc(app->arena, PASSCODE_DIGITS + 1);
        size_t count = 0, size;

        for (; *text != '\0'; text += size) {
                char byte = hint_ascii(text, &size);

                byte = byte == 0 ? *text : byte;
                size = size == 0 ? 1 : size;
                if (byte == ' ' || byte == '-')
                        continue;
                if (byte < '0' || byte > '9' || count == PASSCODE_DIGITS)
                        return NULL;
                digits[count++] = byte;
        }
        digits[count] = '\0';
        return count == PASSCODE_DIGITS ? digits : NULL;
}

/* Does the code belong to somebody who has to agree first? A code that is wrong does not. */
static int
must_agree(
    struct app *app, const struct code_page *page, const char *code, bool any_page, bool *missing)
{
        const char *openid;

        *missing = false;
        if (!conf_asks_consent(&app->conf) || consent_read_box(app))
                return 0;
        if (passcode_read_code(app, code, page->number, any_page, &openid) == 0)
                return consent_find_missing(app, openid, missing);
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        return 0;
}

static int
take(struct app *app, struct code_page *page, const char *next)
{
        const char *typed = pairs_get_once(&app->request.form, "code");
        const char *code = typed == NULL ? NULL : read_digits(app, typed);
        enum attempts attempts;
        const char *openid;
        bool missing;

        /* K3. Six digits; anything else is no attempt. */
        if (code == NULL) {
                if (attempts_look(app, page->failures, &attempts) != 0)
                        return -1;
                return show(app, err_status(ERR_REQUEST), page, next, attempts, "is_malformed");
        }

        /* K4. Counted before it is looked at. */
        if (attempts_begin(app, page->failures, &attempts) != 0)
                return -1;
        if (attempts == ATTEMPTS_REFUSED)
                return show(app, 429, page, next, attempts, "is_refused");

        /* K5. Whoever has not agreed yet must tick the box (consent); the code stays in force. */
        if (must_agree(app, page, code, attempts == ATTEMPTS_FREE, &missing) != 0)
                return -1;
        if (missing) {
                attempts_succeed(app);
                return show(app, err_status(ERR_REQUEST), page, next, attempts, disagreed);
        }

        /* K6. A code in force, which is used up: signed in. */
        if (passcode_take_code(app, code, page->number, attempts == ATTEMPTS_FREE, &openid) == 0) {
                attempts_succeed(app);
                if (code_page_sign_in(app, openid) != 0)
                        return -1;
                retention_sweep(app);
                return app_answer_redirect(app, next);
        }
        if (app->err.kind != ERR_NOT_FOUND)
                return -1;
        err_clear(&app->err);
        code_page_fail(app, page);
        if (attempts_look(app, page->failures, &attempts) != 0)
                return -1;
        return show(app, err_status(ERR_DENIED), page, next, attempts, "is_wrong");
}

static int
code(struct app *app)
{
        bool post = strcmp(app->request.method, "POST") == 0;
        const char *next =
            app_next(app, post ? &app->request.form : &app->request.query, app->conf.home);
        enum attempts attempts;
        struct code_page page;
        bool known;

        /* K1. Only where messages are a way to sign in. Which browser is it? */
        app->next = next;
        if (code_page_check(app) != 0 || code_page_open(app, &page, &known) != 0)
                return -1;

        /* K2. The page; or a code, typed in on our own page. */
        if (!post) {
                if (attempts_look(app, page.failures, &attempts) != 0)
                        return -1;
                return show(app, 200, &page, next, attempts, NULL);
        }
        if (!known)
                return app_answer_page(app, err_status(ERR_DENIED), "again");
        if (!code_page_is_own_form(app, &page))
                return err_set(&app->err, ERR_DENIED, "code: not from our own page");
        return take(app, &page, next);
}

static const struct app_program program = {
    .name = "code.cgi",
    .purpose = "Signs in by the code that the account sends to a follower who writes to it.\n"
               "code.cgi?next=/path. Settings: sign_in = message, account_name, account_qr, ….",
    .methods = "GET, HEAD, POST",
    .handle = code,
    .errands = true,
};

PROGRAM_MAIN(program)
