#include "web/app.h"

#include <string.h>

#include "base/arena.h"
#include "format/cookie.h"
#include "host/log.h"
#include "host/file.h"
#include "format/json_build.h"
#include "host/os.h"
#include "format/owner.h"
#include "format/page.h"
#include "state/state.h"
#include "format/url.h"
#include "host/sandbox.h"
#include "web/face.h"
#include "wechat/api.h"

/* ---- answers ---- */

static void
add_common_headers(struct app *app, const char *cache_control)
{
        pairs_add(&app->response.headers, "Cache-Control", cache_control);
        pairs_add(&app->response.headers, "X-Content-Type-Options", "nosniff");
        pairs_add(&app->response.headers, "Referrer-Policy", "no-referrer");
}

static int
answer_bytes(struct app *app, int status, const char *content_type, const char *body, size_t size,
    const char *cache_control)
{
        app->response.status = status;
        app->response.content_type = content_type;
        app->response.body = body;
        app->response.size = size;
        add_common_headers(app, cache_control);
        return 0;
}

int
app_answer_bytes(
    struct app *app, int status, const char *content_type, const char *body, size_t size)
{
        return answer_bytes(app, status, content_type, body, size, "no-store");
}

int
app_answer_lasting(struct app *app, const char *content_type, const char *body, size_t size)
{
        return answer_bytes(
            app, 200, content_type, body, size, "private, max-age=31536000, immutable");
}

int
app_answer_public(struct app *app, const char *content_type, const char *body, int seconds)
{
        return answer_bytes(app, 200, content_type, body, strlen(body),
            arena_printf(app->arena, "public, max-age=%d", seconds));
}

int
app_answer_text(struct app *app, int status, const char *content_type, const char *body)
{
        return app_answer_bytes(app, status, content_type, body, strlen(body));
}

int
app_answer_file(struct app *app, int status, const char *content_type, const struct cgi_file *file)
{
        app->response.status = status;
        app->response.content_type = file == NULL ? NULL : content_type;
        app->response.file = file;
        add_common_headers(app, "private, no-cache");
        return 0;
}

int
app_answer_stream(
    struct app *app, int status, const char *content_type, const struct cgi_stream *stream)
{
        app->response.status = status;
        app->response.content_type = content_type;
        app->response.stream = stream;
        add_common_headers(app, "no-store");
        return 0;
}

int
app_answer_redirect(struct app *app, const char *to)
{
        if (*to == '/')
                to = conf_url(app->arena, &app->conf, to);
        pairs_add(&app->response.headers, "Location", to);
        app->response.status = 303;
        app->response.content_type = NULL;
        app->response.size = 0;
        add_common_headers(app, "no-store");
        return 0;
}

bool
app_answer_refusal(struct app *app, const struct err *err)
{
        int status = err_status(err->kind);

        switch (err->kind) {
        case ERR_BLOCKED:
                return app_answer_page(app, status, "blocked") == 0;
        case ERR_WAITING:
                return app_answer_page(app, status, "waiting") == 0;
        case ERR_FOLLOW: /* WeChat's own refusals say something else */
                return err->errcode == 0 && app_answer_page(app, status, "follow") == 0;
        default:
                return false;
        }
}

int
app_answer_json(struct app *app, int status, const struct pairs *fields)
{
        char *text;

        if (json_build_tree(app->arena, fields, &text, &app->err) != 0)
                return -1;
        return app_answer_text(app, status, "application/json", text);
}

int
app_answer_error_json(struct app *app)
{
        enum err_kind kind = app->err.kind;
        struct pairs fields;

        pairs_init(&fields, app->arena);
        pairs_add(&fields, "error", err_name(kind));
        return app_answer_json(app, err_status(kind == ERR_CONFIG ? ERR_SYSTEM : kind), &fields);
}

static const char *
language_tag(const char *language)
{
        return strcmp(language, "zh_CN") == 0   ? "zh-CN"
               : strcmp(language, "zh_TW") == 0 ? "zh-TW"
                                                : "en";
}

/* Browsers apply form-action to the redirects behind a form, too. */
static const char *
form_policy(const struct app *app)
{
        if (app->form_leaves)
                return "";
        return app->form_origin == NULL
                   ? "form-action 'self'; "
                   : arena_printf(app->arena, "form-action 'self' %s; ", app->form_origin);
}

static const char *
frame_policy(const struct app *app)
{
        return app->frame_origins == NULL
                   ? ""
                   : arena_printf(app->arena, "frame-src %s; ", app->frame_origins);
}

static void
add_page_security(struct app *app, const char *template, const char *nonce)
{
        const char *avatars = conf_avatar_origin(&app->conf);
        const char *account = strstr(template, "{{account_qr}}") == NULL
                                  ? NULL
                                  : url_origin(app->arena, app->conf.account_qr);
        const char *logo = face_logo_origin(app->arena, &app->conf);
        /* WeUI's icons are images within its style. */
        const char *icons = strstr(template, "url(data:") == NULL ? "" : "data: ";
        /* Only a page with a script of its own may run one, and send requests to its own site. */
        const char *scripts =
            strstr(template, "<script nonce=") == NULL
                ? ""
                : arena_printf(app->arena, "script-src 'nonce-%s'; connect-src 'self'; ", nonce);
        const char *policy = arena_printf(app->arena,
            "default-src 'none'; style-src 'nonce-%s'; %s%simg-src 'self' "
            "%shttps://*.qlogo.cn%s%s%s%s%s%s%s%s; %s%sbase-uri 'none'; frame-ancestors 'none'",
            nonce, face_policy(&app->conf), scripts, icons, avatars == NULL ? "" : " ",
            avatars == NULL ? "" : avatars, account == NULL ? "" : " ",
            account == NULL ? "" : account, logo == NULL ? "" : " ", logo == NULL ? "" : logo,
            app->image_origin == NULL ? "" : " ",
            app->image_origin == NULL ? "" : app->image_origin, form_policy(app),
            frame_policy(app));

        pairs_add(&app->response.headers, "Content-Security-Policy", policy);
        pairs_add(&app->response.headers, "X-Frame-Options", "DENY");
        pairs_add(&app->response.headers, "Vary", "Accept-Language, Cookie");
}

/* Reads a file of html_dir. */
static int
read_page_file(struct app *app, const char *name, char **text)
{
        const char *path = arena_printf(app->arena, "%s/%s", app->conf.html_dir, name);
        size_t size;

        if (file_read_public(app->arena, path, text, &size, &app->err) != 0)
                return err_set(&app->err, ERR_CONFIG, "%s: see html_dir",
                    arena_strdup(app->arena, app->err.text));
        return owner_read_text(path, *text, &size, &app->err);
}

/* Puts the owner's own words in the place of the kit's. What is wrong with them is logged, and the
 * kit's stay: no page fails because of them. */
static void
add_own_words(struct app *app, const char *language, struct pairs *words)
{
        struct err err = {.kind = ERR_NONE};
        struct pairs own, unknown, unfit;
        char *text;

        if (host_read_words(app->host, app->arena, language, &text, &err) != 0)
                app_log_only(app, &err);
        else if (text != NULL) {
                pairs_init(&own, app->arena);
                pairs_init(&unknown, app->arena);
                pairs_init(&unfit, app->arena);
                page_parse_words(app->arena, text, &own);
                page_replace_words(app->arena, &own, words, &unknown, &unfit);
                if (unfit.count == 0)
                        return;
                err_set(&err, ERR_CONFIG,
                    "words.%s.txt: %s: not used: {{…}} may have only what the same word has in "
                    "%s/words/%s.txt, and each part must be closed",
                    language, pairs_join(&unfit, "", ", "), app->conf.html_dir, language);
                app_log_only(app, &err);
        }
}

int
app_read_words(struct app *app, const char *name, struct pairs *words)
{
        char *text;

        pairs_init(words, app->arena);
        if (read_page_file(app, arena_printf(app->arena, "words/%s.txt", name), &text) != 0)
                return -1;
        page_parse_words(app->arena, text, words);
        add_own_words(app, name, words);
        return 0;
}

static int
read_template(struct app *app, const char *name, char **template, struct pairs *words)
{
        if (read_page_file(app, arena_printf(app->arena, "%s.html", name), template) != 0)
                return -1;
        if (app_read_words(app, app->language, words) != 0)
                return -1;
        for (size_t i = 0; app->words != NULL && i < app->words->count; i++)
                pairs_add(words, app->words->items[i].name, app->words->items[i].value);
        return 0;
}

const char *
app_login_url(struct app *app)
{
        const char *login = conf_program(app->arena, &app->conf, "login.cgi");

        return app->next == NULL ? login
                                 : arena_printf(app->arena, "%s?next=%s", login,
                                       url_encode(app->arena, app->next));
}

/* Some proxies send the header with every request, even if login.cgi itself is opened. */
static bool
is_login(const char *page)
{
        const char *login = strstr(page, "/login.cgi");

        return login != NULL && login < page + strcspn(page, "?");
}

const char *
app_proxied_page(const struct app *app)
{
        const char *const pages[] = {app->request.original_uri, app->request.forwarded_uri};
        const char *reason;

        for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
                const char *page = url_page(app->arena, "", pages[i], &reason);

                if (page != NULL && !is_login(page))
                        return page;
        }
        return NULL;
}

const char *
app_login_again_url(struct app *app)
{
        const char *url = arena_printf(
            app->arena, "%s%cagain=1", app_login_url(app), app->next == NULL ? '?' : '&');
        bool usual = app->scope == NULL || strcmp(app->scope, app->conf.scope) == 0 ||
                     strcmp(app->scope, WECHAT_SCOPE_WEBSITE) == 0;

        return usual ? url : arena_printf(app->arena, "%s&scope=%s", url, app->scope);
}

static void
log_refused_next(struct app *app, const char *given, const char *reason, const char *fallback)
{
        const char *origin = given == NULL ? NULL : url_origin(app->arena, given);
        struct err err = {.kind = ERR_NONE};

        err_set(&err, ERR_REQUEST, "next: %s%s%s%s: the visitor lands on %s", reason,
            origin == NULL ? "" : " (", origin == NULL ? "" : origin, origin == NULL ? "" : ")",
            fallback);
        app_log_only(app, &err);
}

const char *
app_next(struct app *app, const struct pairs *fields, const char *fallback)
{
        const char *given = pairs_get_once(fields, "next");
        const char *reason = "given more than once";
        const char *page = NULL;

        if (*pairs_get_text(fields, "next") == '\0' && pairs_count(fields, "next") <= 1)
                return fallback;
        if (given != NULL)
                page = url_page(app->arena, app->conf.site_url, given, &reason);
        if (page == NULL)
                log_refused_next(app, given, reason, fallback);
        return page == NULL ? fallback : page;
}

int
app_answer_login(struct app *app, const char *next)
{
        app->next = next;
        return app_answer_redirect(app, app_login_url(app));
}

int
app_answer_page(struct app *app, int status, const char *name)
{
        char *template, *html, *nonce;
        struct pairs words;

        if (os_random_token(app->arena, &nonce, &app->err) != 0 ||
            read_template(app, name, &template, &words) != 0)
                return -1;
        pairs_add(&app->page, "nonce", nonce);
        pairs_add(&app->page, "lang", language_tag(app->language));
        pairs_add(&app->page, "home", app->conf.home);
        pairs_add(&app->page, "login_url", app_login_url(app));
        pairs_add(&app->page, "login_again_url", app_login_again_url(app));
        pairs_add(&app->page, "me_url", conf_program(app->arena, &app->conf, "me.cgi"));
        pairs_add(&app->page, "privacy_url", conf_program(app->arena, &app->conf, "privacy.cgi"));
        pairs_add(&app->page, "logout_url", conf_program(app->arena, &app->conf, "logout.cgi"));
        /* A program that also answers without settings is not to show whether there are some. */
        if (!app->program->without_settings)
                face_fill(app->arena, &app->conf, &app->page);
        if (page_render(app->arena, template, &words, &app->page, &html, &app->err) != 0)
                return err_set(&app->err, app->err.kind, "%s/%s.html with words/%s.txt: %s",
                    app->conf.html_dir, name, app->language,
                    arena_strdup(app->arena, app->err.text));
        add_page_security(app, template, nonce);
        return app_answer_text(app, status, "text/html; charset=utf-8", html);
}

void
app_set_cookie(struct app *app, const char *name, const char *value, long long max_age)
{
        bool secure = conf_is_secure(&app->conf);

        pairs_add(&app->response.headers, "Set-Cookie",
            cookie_build(
                app->arena, cookie_name(app->arena, name, secure), value, max_age, secure));
}

const char *
app_get_cookie(const struct app *app, const char *name)
{
        return pairs_get_once(
            &app->request.cookies, cookie_name(app->arena, name, conf_is_secure(&app->conf)));
}

int
app_open_state(struct app *app)
{
        return state_open(app->state, &app->err);
}

/* Whether the site's owner should know. The other kinds are answers to what a visitor did. */
static bool
concerns_owner(enum err_kind kind)
{
        return kind == ERR_CONFIG || kind == ERR_SYSTEM || kind == ERR_UPSTREAM ||
               kind == ERR_BUSY || kind == ERR_FULL || kind == ERR_TIMEOUT ||
               kind == ERR_RESTRICTED;
}

const char *
app_request_number(struct app *app)
{
        unsigned bits;
        struct err ignored;

        if (app->number == NULL && os_random(&bits, sizeof(bits), &ignored) == 0)
                app->number = arena_printf(app->arena, "%08x", bits);
        return app->number;
}

void
app_log_only(struct app *app, const struct err *err)
{
        log_error(app->program->name, app->request.client, app_request_number(app), err);
}

void
app_log(struct app *app, const struct err *err)
{
        const char *line;
        struct err ignored;

        app_log_only(app, err);
        if (app->noted || app->state == NULL || !concerns_owner(err->kind))
                return;
        app->noted = true;
        line = log_line(app->arena, app->program->name, "-", app_request_number(app), err);
        /* The web server's log has it. */
        (void)!state_note_error(app->state, line, app->now, &ignored);
}

void
app_tally(struct app *app, enum state_tally kind)
{
        struct err err = {.kind = ERR_NONE};

        if (state_tally(app->state, kind, app->now, &err) != 0 &&
            state_note(app->state, "no-tallies"))
                app_log_only(app, &err);
}

int
app_read_file(struct app *app, char **text, size_t *size)
{
        if (host_read_file(app->host, app->program, app->arena, text, size, &app->err) != 0)
                return -1;
        return owner_read_text(host_file_path(app->host, app->program), *text, size, &app->err);
}
