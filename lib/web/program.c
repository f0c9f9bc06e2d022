#include "web/program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/app.h"
#include "base/arena.h"
#include "web/cors.h"
#include "web/describe.h"
#include "host/log.h"
#include "host/memory.h"
#include "host/os.h"
#include "web/conf_file.h"
#include "base/text.h"

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
                pairs_add(&app->page, "retry_url", app_login_again_url(app));
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
        if (err.kind == ERR_METHOD && app->program->methods != NULL)
                pairs_add(&app->response.headers, "Allow", app->program->methods);
        if (app->program->handle_error != NULL && app->program->handle_error(app) == 0)
                return;
        answer_error_page(app, &err);
}

/* ---- a request ---- */

static int
read_settings(struct app *app)
{
        int result = conf_file_read(app->arena, &app->place, &app->conf, &app->err);

        if (result == 0)
                result =
                    conf_check_time(app->arena, &app->conf, app->place.file, app->now, &app->err);
        app->language = text_language(app->request.accept_language, app->conf.language);
        return result;
}

/* Is method one of methods, "GET, HEAD, POST"? */
static bool
is_allowed(const char *methods, const char *method)
{
        size_t size = strlen(method);

        if (methods == NULL)
                return true;
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

static bool
wants_body(const struct app *app)
{
        return app->program->wants_body != NULL ? app->program->wants_body(app)
                                                : strcmp(app->request.method, "POST") == 0;
}

static int
parse_request(struct app *app, const char *length)
{
        cgi_parse_request(app->arena, environ, &app->request);
        /* From here on nothing that a visitor or the server put there reaches a library. */
        clearenv();
        if (read_settings(app) != 0)
                return -1;
        app_enter_sandbox(app);
        if (!is_allowed(app->program->methods, app->request.method) && !is_preflight(app))
                return err_set(&app->err, ERR_METHOD, "method %.20s", app->request.method);
        if (wants_body(app))
                return cgi_read_body(app->arena, STDIN_FILENO, length, &app->request, &app->err);
        return 0;
}

static int
read_request(struct app *app)
{
        const char *length = arena_strdup(app->arena, getenv("CONTENT_LENGTH"));
        int result = parse_request(app, length);

        if (app->request.has_body && (result != 0 || app->request.body_size == 0))
                cgi_discard_body(STDIN_FILENO);
        return result;
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
        const char *option = argc > 1 ? argv[1] : "--help", *text;
        char *json;
        int result;

        if (arena == NULL)
                return 1;
        if (strcmp(option, "--describe") == 0 && describe_program(arena, program, &json, &err) == 0)
                text = arena_printf(arena, "%s\n", json);
        else if (strcmp(option, "--version") == 0)
                text = arena_printf(arena, "%s (wechat-cgi) %s\n", program->name, WECHAT_VERSION);
        else
                text = arena_printf(arena,
                    "%s (wechat-cgi %s)\n\n%s\n\n"
                    "A web server runs this program by CGI/1.1. Settings are read from\n"
                    "wechat.conf in the folder wechat beside the document root (where that is\n"
                    "/home/you/public_html, /home/you/wechat/wechat.conf), or from the file that\n"
                    "the environment variable WECHAT_CONF names.\n"
                    "Methods: %s. Options: --help, --version, --describe.\n",
                    program->name, WECHAT_VERSION, program->purpose,
                    program->methods == NULL ? "any" : program->methods);
        result = cgi_write(STDOUT_FILENO, text, strlen(text), "", 0, &err) == 0 ? 0 : 1;
        if (strcmp(option, "--describe") != 0 && strcmp(option, "--version") != 0 &&
            strcmp(option, "--help") != 0)
                result = 2;
        arena_free(arena);
        return result;
}

static int
answer(struct app *app)
{
        bool head = strcmp(app->request.method, "HEAD") == 0;
        char *headers;
        size_t size;

        if (app->program->cross_origin)
                cors_add_headers(&app->conf, &app->request, &app->response.headers);
        if (cgi_format_headers(app->arena, &app->response, &headers, &size, &app->err) != 0) {
                answer_error(app);
                if (cgi_format_headers(app->arena, &app->response, &headers, &size, &app->err) != 0)
                        return 1;
        }
        return cgi_write(STDOUT_FILENO, headers, size, app->response.body,
                   head ? 0 : app->response.size, &app->err) == 0
                   ? 0
                   : 1;
}

/* At once: what libraries tidy when a program ends by itself goes with the process anyway, and of
 * a sign-in's time it is a twentieth. Not where leaks are looked for, which is then. */
static int
end(struct app *app, int result)
{
        arena_end(app->arena);
#ifndef WECHAT_WATCHED
        _exit(result);
#endif
        return result;
}

int
program_main(int argc, char **argv, const struct app_program *program)
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
        place_find(app.arena, &app.place);
        pairs_init(&app.page, app.arena);
        pairs_init(&app.response.headers, app.arena);
        if (read_request(&app) != 0)
                answer_error(&app);
        else if (is_preflight(&app))
                app.response.status = 204;
        else if (program->handle(&app) != 0)
                answer_error(&app);
        result = answer(&app);
        return end(&app, result);
}
