#include "signin/code_page.h"

#include <stdlib.h>
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/text.h"
#include "format/digest.h"
#include "host/os.h"
#include "signin/session.h"
#include "wechat/api.h"

/* FAILURES_MAX: more than are told apart. */
enum { COOKIE_SECONDS = 3600, FAILURES_MAX = 99 };

static const char cookie[] = "wx_code";

int
code_page_check(struct app *app)
{
        if (conf_has_way(&app->conf, "message"))
                return 0;
        return err_set(&app->err, ERR_NOT_FOUND,
            "sign_in = %s has no sign-in by message: set sign_in = message to have it",
            app->conf.sign_in);
}

/* nonce.failures */
static bool
parse(struct app *app, const char *value, struct code_page *page)
{
        size_t size = value == NULL ? 0 : strcspn(value, ".");

        if (size == 0 || value[size] == '\0')
                return false;
        page->nonce = arena_copy(app->arena, value, size);
        page->failures = (int)strtol(value + size + 1, NULL, 10);
        return text_is_id(page->nonce, DIGEST_BASE64URL_SIZE, DIGEST_BASE64URL_SIZE) &&
               page->failures >= 0 && page->failures <= FAILURES_MAX;
}

static void
give(struct app *app, const struct code_page *page)
{
        app_set_cookie(app, cookie, arena_printf(app->arena, "%s.%d", page->nonce, page->failures),
            COOKIE_SECONDS);
}

int
code_page_open(struct app *app, struct code_page *page, bool *known)
{
        char hex[DIGEST_HEX_SIZE + 1], *text;

        *known = parse(app, app_get_cookie(app, cookie), page);
        if (!*known) {
                char *nonce;

                if (os_random_token(app->arena, &nonce, &app->err) != 0)
                        return -1;
                page->nonce = nonce;
                page->failures = 0;
        }
        give(app, page);
        text = arena_printf(app->arena, "form %s", page->nonce);
        digest_sha256_hex(text, strlen(text), hex);
        page->form = arena_strdup(app->arena, hex);
        hex[6] = '\0';
        page->number = CODE_PAGE_NUMBER_LEAST + (int)(strtol(hex, NULL, 16) % CODE_PAGE_NUMBERS);
        return 0;
}

void
code_page_fail(struct app *app, struct code_page *page)
{
        if (page->failures < FAILURES_MAX)
                page->failures++;
        pairs_remove(&app->response.headers, "Set-Cookie");
        give(app, page);
}

bool
code_page_is_own_form(const struct app *app, const struct code_page *page)
{
        const char *given = pairs_get_once(&app->request.form, "csrf");

        return given != NULL && digest_equal(given, page->form);
}

int
code_page_sign_in(struct app *app, const char *openid)
{
        pairs_remove(&app->response.headers, "Set-Cookie");
        app_set_cookie(app, cookie, "", 0);
        return session_open_openid(app, openid, WECHAT_SCOPE_MESSAGE);
}

/* The first of the language's words that the owner kept. */
int
code_page_word(struct app *app, const char **word)
{
        const char *at;
        struct pairs words;

        if (app_read_words(app, app->language, &words) != 0)
                return -1;
        at = pairs_get_text(&words, "code.words");
        for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
                size_t size = strcspn(at, " ");

                *word = arena_copy(app->arena, at, size);
                if (text_has_word(app->conf.sign_in_words, *word))
                        return 0;
                at += size;
        }
        at = app->conf.sign_in_words + strspn(app->conf.sign_in_words, " ");
        *word = arena_copy(app->arena, at, strcspn(at, " "));
        return 0;
}

char *
code_page_link(struct app *app, const char *token)
{
        return arena_printf(app->arena, "%s?t=%s",
            conf_url(app->arena, &app->conf, conf_program(app->arena, &app->conf, "link.cgi")),
            token);
}
