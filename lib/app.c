#include "app.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "cookie.h"
#include "cors.h"
#include "json.h"
#include "log.h"
#include "file.h"
#include "memory.h"
#include "os.h"
#include "page.h"
#include "settings.h"
#include "store.h"
#include "text.h"
#include "url.h"
#include "user.h"
#include "wall.h"

#ifndef WECHAT_VERSION
#define WECHAT_VERSION "unknown"
#endif

extern char **environ;

/* The answers of last resort are plain text, in two languages: they are for when not even a
 * template can be read. */
static const char no_page[] = "这个网站暂时无法显示此页面，请稍后再试。\n"
                              "This page cannot be shown at the moment. Please try again later.\n";
static const char not_set_up[] = "这个网站还没有设置好。站长请看服务器的错误日志。\n"
                                 "This site is not set up yet. Its owner finds the reason in the "
                                 "server's error log.\n";

/* ---- answers ---- */

static void
add_common_headers(struct app *app)
{
        pairs_add(&app->response.headers, "Cache-Control", "no-store");
        pairs_add(&app->response.headers, "X-Content-Type-Options", "nosniff");
        pairs_add(&app->response.headers, "Referrer-Policy", "no-referrer");
}

int
app_answer_text(struct app *app, int status, const char *content_type, const char *body)
{
        app->response.status = status;
        app->response.content_type = content_type;
        app->response.body = body;
        app->response.size = strlen(body);
        add_common_headers(app);
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
        add_common_headers(app);
        return 0;
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

static void
add_page_security(struct app *app, const char *template, const char *nonce)
{
        const char *avatars = conf_avatar_origin(&app->conf);
        /* Only a page that has a script of its own may run one, and talk to its own site. */
        const char *scripts =
            strstr(template, "<script nonce=") == NULL
                ? ""
                : arena_printf(app->arena, "script-src 'nonce-%s'; connect-src 'self'; ", nonce);
        const char *policy = arena_printf(app->arena,
            "default-src 'none'; style-src 'nonce-%s'; %simg-src 'self' https://*.qlogo.cn%s%s; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            nonce, scripts, avatars == NULL ? "" : " ", avatars == NULL ? "" : avatars);

        pairs_add(&app->response.headers, "Content-Security-Policy", policy);
        pairs_add(&app->response.headers, "X-Frame-Options", "DENY");
        pairs_add(&app->response.headers, "Vary", "Accept-Language, Cookie");
}

static int
read_template(struct app *app, const char *name, char **template, struct pairs *words)
{
        const char *folder = app->conf.html_dir;
        char *text;
        size_t size;

        pairs_init(words, app->arena);
        if (file_read_public(app->arena, arena_printf(app->arena, "%s/%s.html", folder, name),
                template, &size, &app->err) != 0 ||
            file_read_public(app->arena,
                arena_printf(app->arena, "%s/words/%s.txt", folder, app->language), &text, &size,
                &app->err) != 0) {
                return err_set(&app->err, ERR_CONFIG, "%s: see html_dir",
                    arena_strdup(app->arena, app->err.text));
        }
        page_parse_words(app->arena, text, words);
        return 0;
}

/* Where a sign-in begins, for the page that it was for. */
static const char *
login_url(struct app *app)
{
        const char *login = conf_program(app->arena, &app->conf, "login.cgi");

        return app->next == NULL ? login
                                 : arena_printf(app->arena, "%s?next=%s", login,
                                       url_encode(app->arena, app->next));
}

int
app_answer_login(struct app *app, const char *next)
{
        app->next = next;
        return app_answer_redirect(app, login_url(app));
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
        pairs_add(&app->page, "login_url", login_url(app));
        pairs_add(&app->page, "me_url", conf_program(app->arena, &app->conf, "me.cgi"));
        pairs_add(&app->page, "logout_url", conf_program(app->arena, &app->conf, "logout.cgi"));
        if (page_render(app->arena, template, &words, &app->page, &html, &app->err) != 0)
                return -1;
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
app_get_cookie(struct app *app, const char *name)
{
        return pairs_get_once(
            &app->request.cookies, cookie_name(app->arena, name, conf_is_secure(&app->conf)));
}

static unsigned
needs(const struct app *app)
{
        return app->program->needs == 0 ? WALL_STANDARD : app->program->needs;
}

static int
open_store(struct app *app, bool create)
{
        if (store_open(app->arena, app->conf.state_dir, create, &app->store, &app->state_err) !=
            0) {
                app->store = NULL;
                return -1;
        }
        app->users = user_open(app->arena, app->conf.state_dir);
        return 0;
}

int
app_open_state(struct app *app)
{
        if (app->store != NULL)
                return 0;
        if (app->state_err.kind == ERR_NOT_FOUND && (needs(app) & WALL_WRITE_STATE) != 0 &&
            open_store(app, true) == 0)
                return 0;
        app->err = app->state_err;
        return -1;
}

/* ---- errors ---- */

/* Can the visitor do something about it by signing in once more? */
static bool
may_retry(enum err_kind kind)
{
        return kind != ERR_CONFIG && kind != ERR_RESTRICTED && kind != ERR_METHOD &&
               kind != ERR_TOO_LARGE && kind != ERR_NOT_FOUND;
}

static void
answer_error_page(struct app *app, const struct err *err)
{
        const char *kind = err_name(err->kind == ERR_EXISTS ? ERR_SYSTEM : err->kind);
        const char *code = err->errcode != 0 ? arena_printf(app->arena, "%d", err->errcode) : kind;
        const char *text = err->kind == ERR_CONFIG ? not_set_up : no_page;
        int status = err_status(err->kind);

        pairs_init(&app->page, app->arena);
        pairs_add(&app->page, arena_printf(app->arena, "is_%s", kind), "1");
        pairs_add(&app->page, "code", code);
        pairs_add(&app->page, "rid", err->rid);
        if (may_retry(err->kind))
                pairs_add(&app->page, "retry_url", login_url(app));
        if (app_answer_page(app, status, "error") == 0)
                return;
        /* Where the handler's page was missing, the error page is missing for the same reason. */
        if (err->kind != ERR_CONFIG)
                log_error(app->program->name, app->request.client, &app->err);
        app_answer_text(app, status, "text/plain; charset=utf-8", text);
}

/* Forgets what the handler prepared, cookies too: an error changes nothing in the browser. */
static void
answer_error(struct app *app)
{
        struct err err = app->err;

        log_error(app->program->name, app->request.client, &err);
        memset(&app->response, 0, sizeof(app->response));
        pairs_init(&app->response.headers, app->arena);
        if (err.kind == ERR_METHOD)
                pairs_add(&app->response.headers, "Allow", app->program->methods);
        if (app->program->handle_error != NULL && app->program->handle_error(app) == 0)
                return;
        answer_error_page(app, &err);
}

/* ---- a request ---- */

static int
read_settings(struct app *app)
{
        int result = settings_read(app->arena, app->settings_file, &app->conf, &app->err);

        app->language = text_language(app->request.accept_language, app->conf.language);
        return result;
}

/* Is method one of methods, "GET, HEAD, POST"? */
static bool
is_allowed(const char *methods, const char *method)
{
        size_t size = strlen(method);

        for (; *methods != '\0'; methods += strspn(methods, ", ")) {
                size_t word = strcspn(methods, ",");

                if (word == size && memcmp(methods, method, size) == 0)
                        return true;
                methods += word;
        }
        return false;
}

/* A browser asks whether a page of another origin may ask: the answer is in the headers alone. */
static bool
is_preflight(const struct app *app)
{
        return app->program->cross_origin && cors_is_preflight(&app->conf, &app->request);
}

/* The path that the setting .reads has. */
static const char *
owners_path(const struct app *app)
{
        const char *path;

        memcpy(&path, (const char *)&app->conf + app->program->reads, sizeof(path));
        return path;
}

static void
open_owners_file(struct app *app)
{
        app->owners_file = -1;
        if (app->program->reads == 0 || *owners_path(app) == '\0')
                return;
        if (file_open_public(app->arena, owners_path(app), &app->owners_file, &app->owners_err) !=
            0)
                app->owners_file = -1;
}

int
app_read_file(struct app *app, char **text, size_t *size)
{
        if (app->owners_file < 0) {
                app->err = app->owners_err;
                return -1;
        }
        return file_read_opened(
            app->arena, app->owners_file, owners_path(app), text, size, &app->err);
}

/* The host does without a part of the wall: its owner is told once, by who may leave a mark. */
static void
tell_gaps(struct app *app, unsigned gaps)
{
        static const struct {
                unsigned gap;
                const char *mark, *name;
        } kinds[] = {{WALL_NO_LANDLOCK, "no-landlock", "Landlock (files and ports)"},
            {WALL_NO_FILTER, "no-seccomp", "a seccomp filter (system calls)"}};
        struct err err = {.kind = ERR_NONE};

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if ((gaps & kinds[i].gap) != 0 &&
                    file_mark(store_folder(app->store), kinds[i].mark)) {
                        err_set(&err, ERR_NONE,
                            "this host does not let a program give up what it does not need: no "
                            "%s; all works without, behind one wall less; said once",
                            kinds[i].name);
                        log_error(app->program->name, app->request.client, &err);
                }
}

/*
 * The state folder, for the wall; an error waits until the folder is asked for. Who writes makes it
 * where it is missing, but not before it is asked for: that once the folder above is in reach. For
 * who only reads a missing folder is one with nobody in it, where it could be made.
 */
static int
find_state(struct app *app)
{
        struct err ignored;
        int folder;

        if ((needs(app) & (WALL_READ_STATE | WALL_WRITE_STATE)) == 0)
                return -1;
        if (open_store(app, false) == 0)
                return store_folder(app->store);
        if (app->state_err.kind != ERR_NOT_FOUND)
                return -1;
        if ((needs(app) & WALL_WRITE_STATE) == 0) {
                if (!file_can_create(app->arena, app->conf.state_dir))
                        err_set(&app->state_err, ERR_SYSTEM,
                            "%s is missing and cannot be made: make it yourself, for the user that "
                            "the programs run as, chmod 700",
                            app->conf.state_dir);
                return -1;
        }
        return file_open_above(app->arena, app->conf.state_dir, &folder, &ignored) == 0 ? folder
                                                                                        : -1;
}

/* What needs more than handle() may do is done here, and then that is given up. */
static void
raise_wall(struct app *app)
{
        struct wall wall = {
            needs(app), app->conf.html_dir, -1, app->conf.api_url, app->conf.ca_file};
        unsigned gaps;

        if (app->program->prepare != NULL)
                app->program->prepare(app);
        open_owners_file(app);
        wall.state = find_state(app);
        if (strcmp(app->conf.wall, "off") == 0)
                return;
        gaps = wall_raise(&wall);
        if (gaps != 0 && app->store != NULL && (wall.needs & WALL_WRITE_STATE) != 0)
                tell_gaps(app, gaps);
}

static int
take_request(struct app *app, const char *length)
{
        int parsed = cgi_parse_request(app->arena, environ, &app->request, &app->err);
        struct err request_err = app->err;

        /* From here on nothing that a visitor or the server put there reaches a library. */
        clearenv();
        if (read_settings(app) != 0)
                return -1;
        raise_wall(app);
        app->err = request_err;
        if (parsed != 0)
                return -1;
        if (!is_allowed(app->program->methods, app->request.method) && !is_preflight(app))
                return err_set(&app->err, ERR_METHOD, "method %.20s", app->request.method);
        if (strcmp(app->request.method, "POST") == 0)
                return cgi_read_body(app->arena, STDIN_FILENO, length, &app->request, &app->err);
        return 0;
}

static int
read_request(struct app *app)
{
        const char *length = arena_strdup(app->arena, getenv("CONTENT_LENGTH"));

        if (take_request(app, length) == 0)
                return 0;
        if (length != NULL && *length != '\0')
                cgi_discard_body(STDIN_FILENO);
        return -1;
}

/* What it writes is the owner's alone, and it leaves no core file with secrets. Where the host
 * limits the size of files, that is an error to be told, not a signal to die from. */
static void
keep_private(void)
{
        /* Of 0 takes no notice who has core files piped to a program; of 1 the kernel does:
         * core(5). */
        struct rlimit none = {1, 1};

        umask(077);
        setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGXFSZ, SIG_IGN);
}

static int
explain(const struct app_program *program, int argc, char **argv)
{
        struct err err;
        struct arena *arena = arena_new(memory_exhausted);
        const char *text;
        int result;

        if (arena == NULL)
                return 1;
        if (argc > 1 && strcmp(argv[1], "--version") == 0)
                text = arena_printf(arena, "%s (wechat-cgi) %s\n", program->name, WECHAT_VERSION);
        else
                text = arena_printf(arena,
                    "%s (wechat-cgi %s)\n\n%s\n\n"
                    "A web server runs this program by CGI/1.1. Settings are read from\n"
                    "%s\nor from the file that the environment variable WECHAT_CONF names.\n"
                    "Methods: %s. Options: --help, --version.\n",
                    program->name, WECHAT_VERSION, program->purpose, settings_find(arena),
                    program->methods);
        result = cgi_write(STDOUT_FILENO, text, strlen(text), &err) == 0 ? 0 : 1;
        if (argc > 1 && strcmp(argv[1], "--version") != 0 && strcmp(argv[1], "--help") != 0)
                result = 2;
        arena_free(arena);
        return result;
}

static int
answer(struct app *app)
{
        bool head = strcmp(app->request.method, "HEAD") == 0;
        char *bytes;
        size_t size;

        if (app->program->cross_origin)
                cors_add_headers(&app->conf, &app->request, &app->response.headers);
        if (cgi_format_response(app->arena, &app->response, head, &bytes, &size, &app->err) != 0) {
                answer_error(app);
                if (cgi_format_response(
                        app->arena, &app->response, head, &bytes, &size, &app->err) != 0)
                        return 1;
        }
        return cgi_write(STDOUT_FILENO, bytes, size, &app->err) == 0 ? 0 : 1;
}

int
app_main(int argc, char **argv, const struct app_program *program)
{
        struct app app = {.program = program};
        int result;

        if (getenv("GATEWAY_INTERFACE") == NULL)
                return explain(program, argc, argv);
        keep_private();
        app.arena = arena_new(memory_exhausted);
        if (app.arena == NULL)
                memory_exhausted();
        app.now = os_now();
        app.started = os_clock_ms();
        app.settings_file = settings_find(app.arena);
        pairs_init(&app.page, app.arena);
        pairs_init(&app.response.headers, app.arena);
        if (read_request(&app) != 0)
                answer_error(&app);
        else if (is_preflight(&app))
                app.response.status = 204;
        else if (program->handle(&app) != 0)
                answer_error(&app);
        result = answer(&app);
        arena_free(app.arena);
        return result;
}
