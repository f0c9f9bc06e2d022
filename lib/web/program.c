#include "web/program.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "web/after.h"
#include "web/app.h"
#include "base/arena.h"
#include "format/address.h"
#include "web/cors.h"
#include "web/describe.h"
#include "web/environment.h"
#include "web/errand.h"
#include "web/host.h"
#include "web/local.h"
#include "web/probe.h"
#include "host/log.h"
#include "host/memory.h"
#include "host/os.h"
#include "base/text.h"

#ifndef WECHAT_VERSION
#define WECHAT_VERSION "unknown"
#endif

extern char **environ;

/* The last resort, if not even a template can be read: plain text in two languages. */
static const char no_page[] = "此页面暂时无法显示，请稍后重试。\n"
                              "This page cannot be shown at the moment. Please try again later.\n";
static const char not_set_up[] =
    "这个网站还没有设置好，请联系站长。站长可以在服务器的错误日志里找到原因。\n"
    "This site is not set up yet. Please contact its owner, who finds the reason in the server's "
    "error log.\n";

/* ---- errors ---- */

/* Can signing in once more help? */
static bool
may_retry(enum err_kind kind)
{
        return kind != ERR_CONFIG && kind != ERR_RESTRICTED && kind != ERR_METHOD &&
               kind != ERR_TOO_LARGE && kind != ERR_NOT_FOUND && kind != ERR_BLOCKED;
}

/* text with the number of the request below it. */
static const char *
with_number(struct app *app, const char *text)
{
        const char *number = app_request_number(app);

        return number == NULL
                   ? text
                   : arena_printf(app->arena, "%s\n请求编号 / Request number: %s\n", text, number);
}

static void
answer_error_page(struct app *app, const struct err *err)
{
        const char *kind = err_name(err->kind == ERR_EXISTS ? ERR_SYSTEM : err->kind);
        const char *code = err->errcode != 0 ? arena_printf(app->arena, "%d", err->errcode) : kind;
        const char *text = err->kind == ERR_CONFIG ? not_set_up : no_page;
        int status = err_status(err->kind);

        app->words = NULL;
        pairs_init(&app->page, app->arena);
        pairs_add(&app->page, arena_printf(app->arena, "is_%s", kind), "1");
        pairs_add(&app->page, "code", code);
        pairs_add(&app->page, "request_number", app_request_number(app));
        if (may_retry(err->kind))
                pairs_add(&app->page, "retry_url", app_login_again_url(app));
        if (app_answer_page(app, status, "error") == 0)
                return;
        /* If the handler's page was missing, the error page is missing for the same reason, which
         * is logged already. */
        if (err->kind != ERR_CONFIG)
                app_log(app, &app->err);
        app_answer_text(app, status, "text/plain; charset=utf-8", with_number(app, text));
}

/* Drops what the handler prepared, even cookies: an error changes nothing in the browser. */
static void
answer_error(struct app *app)
{
        struct err err = app->err;

        app_log(app, &err);
        memset(&app->response, 0, sizeof(app->response));
        pairs_init(&app->response.headers, app->arena);
        if (err.kind == ERR_METHOD && app->program->methods != NULL)
                pairs_add(&app->response.headers, "Allow", app->program->methods);
        if (app->program->handle_error != NULL && app->program->handle_error(app) == 0)
                return;
        if (app_answer_refusal(app, &err))
                return;
        answer_error_page(app, &err);
}

/* ---- a request ---- */

/* Copies the settings, as they are now. The language is set even if there are none. */
static int
apply_settings(struct app *app)
{
        const struct host *host = app->host;

        app->conf = host->conf;
        app->err = host->err;
        app->language = text_language(app->request.accept_language, app->conf.language);
        app->request.client = address_of_client(
            app->arena, app->conf.trusted_proxies, app->request.client, app->request.forwarded_for);
        if (host->err.kind == ERR_NONE &&
            conf_check_time(app->arena, &app->conf, host->place.file, app->now, &app->err) == 0)
                return 0;
        if (!app->program->without_settings)
                return -1;
        err_clear(&app->err);
        return 0;
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

/* Does a browser ask whether a page of another origin may send a request? The answer is in the
 * headers alone. */
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
parse_request(struct app *app, const struct program_io *io)
{
        cgi_parse_request(app->arena, io->environment, &app->request);
        if (apply_settings(app) != 0)
                return -1;
        if (probe_is_asked(app))
                return 0;
        if (!is_allowed(app->program->methods, app->request.method) && !is_preflight(app))
                return err_set(&app->err, ERR_METHOD, "method %.20s", app->request.method);
        app->request.body_max = app->program->body_max;
        if (wants_body(app))
                return cgi_read_body(
                    app->arena, io->in, app->request.content_length, &app->request, &app->err);
        return 0;
}

static int
read_request(struct app *app, const struct program_io *io)
{
        int result = parse_request(app, io);

        if (!app->request.has_body || (result == 0 && app->request.body_size > 0))
                return result;
        if (app->err.kind == ERR_TOO_LARGE && app->program->takes_file)
                cgi_discard_file(io->in);
        else
                cgi_discard_body(io->in);
        return result;
}

static int
explain(const struct app_program *program, int argc, char **argv)
{
        struct err err;
        struct arena *arena = arena_new(memory_exhausted);
        const char *option = argc > 1 ? argv[1] : "--help", *text;
        const struct cgi_out out = {.file = STDOUT_FILENO};
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
        result = cgi_write(&out, text, strlen(text), "", 0, &err) == 0 ? 0 : 1;
        if (strcmp(option, "--describe") != 0 && strcmp(option, "--version") != 0 &&
            strcmp(option, "--help") != 0)
                result = 2;
        arena_free(arena);
        return result;
}

/* Writes a file, or what a stream writes, after the headers. What goes wrong can only be logged;
 * that the client has gone is no error of ours. */
static int
answer_rest(struct app *app, const struct cgi_out *out)
{
        const struct cgi_response *response = &app->response;
        int result = 0;

        if (response->file != NULL)
                result = cgi_write_file(out, response->file, &app->err);
        else if (response->stream != NULL)
                result = response->stream->write(response->stream->context, out, &app->err);
        if (result == 0)
                return 0;
        if (app->err.number != EPIPE && app->err.number != ECONNRESET)
                app_log(app, &app->err);
        return -1;
}

static int
answer(struct app *app, const struct cgi_out *out)
{
        bool head = strcmp(app->request.method, "HEAD") == 0;
        char *headers;
        size_t size;

        if (app->program->cross_origin)
                cors_add_headers(&app->conf, &app->request, &app->response.headers);
        if (cgi_format_headers(app->arena, &app->response, &headers, &size, &app->err) != 0) {
                answer_error(app);
                if (cgi_format_headers(app->arena, &app->response, &headers, &size, &app->err) != 0)
                        return -1;
        }
        if (cgi_write(out, headers, size, app->response.body, head ? 0 : app->response.size,
                &app->err) != 0)
                return -1;
        return head ? 0 : answer_rest(app, out);
}

static int
handle(struct app *app)
{
        int result = app->program->handle(app);

        if (result != 0 || app->program->after == NULL)
                app->goes_on = false;
        return result;
}

static bool
has_errands(const struct app *app)
{
        return app->program->errands && app->host->errands != NULL;
}

static bool
goes_on(const struct app *app)
{
        return app->goes_on || app->errands != NULL;
}

/* Answers, and begins what goes on behind the answer. */
static int
finish(struct app *app, const struct cgi_out *out)
{
        bool begun;
        int result;

        if ((app->program->after != NULL || has_errands(app)) && !app->is_alone)
                after_tell(app);
        begun = goes_on(app) && after_begin(app);
        if (begun && app->answer_at > os_clock_ms())
                os_sleep((int)(app->answer_at - os_clock_ms()));
        result = answer(app, out);
        if (goes_on(app) && !begun) {
                after_do(app);
                after_tell(app);
        }
        return result;
}

/* program_serve() without freeing what the request took. */
static int
serve(struct host *host, const struct app_program *program, const struct program_io *io)
{
        struct app app = {.host = host,
            .arena = host->request_arena,
            .program = program,
            .state = host_open_state(host, program),
            .now = os_now(),
            .started = os_clock_ms()};

        host->requests++;
        pairs_init(&app.page, app.arena);
        pairs_init(&app.response.headers, app.arena);
        if (read_request(&app, io) != 0)
                answer_error(&app);
        else if (is_preflight(&app))
                app.response.status = 204;
        else if (!probe_answer(&app) && handle(&app) != 0)
                answer_error(&app);
        return finish(&app, &io->out);
}

/* Returns the program that answers the request. */
static const struct app_program *
find_in_charge(struct host *host, const struct app_program *program, char *const *environment)
{
        const char *name = program->instead == NULL || !host_serves(host, program)
                               ? NULL
                               : program->instead(host, environment);
        const struct app_program *instead = name == NULL ? NULL : host_find_program(host, name);

        return instead == NULL ? program : instead;
}

/* A server that is told so here may try another process after this answer: then nothing is wrong.
 */
static int
refuse_elsewhere(struct host *host, const struct app_program *program, const struct program_io *io)
{
        static const char headers[] =
            "Status: 421 Misdirected Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Cache-Control: no-store\r\n\r\nMisdirected Request\n";
        struct err err = {.kind = ERR_NONE};

        host->requests++;
        if (environment_get(io->environment, "WECHAT_TRIES_OTHERS") == NULL) {
                err_set(&err, ERR_CONFIG,
                    "this process does not serve such requests (WECHAT_SERVE): let the web server "
                    "pass them on to the other one");
                log_error(program->name, "-", NULL, &err);
        }
        return cgi_write(&io->out, headers, sizeof(headers) - 1, "", 0, &err);
}

int
program_serve(struct host *host, const struct app_program *program, const struct program_io *io)
{
        const struct app_program *in_charge = find_in_charge(host, program, io->environment);
        int result = host_serves(host, in_charge) ? serve(host, in_charge, io)
                                                  : refuse_elsewhere(host, in_charge, io);

        host->kept = NULL;
        arena_reset(host->request_arena);
        return result;
}

void
program_enter(struct host *host)
{
        errand_prepare(host);
        host_enter(host);
}

/* ---- a process for many requests ---- */

void
program_loop(
    struct host *host, program_next *next, void (*done)(void *context, int result), void *context)
{
        const struct app_program *program;
        struct program_io io;

        while (!host_is_spent(host) && next(context, &program, &io))
                done(context, program_serve(host, program, &io));
}

/* ---- a process for one request ---- */

/* Runs the program of that name in the folder of this one, which takes over environment and stdin.
 * Returns only if there is none. */
static void
run_instead(const struct host *host, const char *name, char *const *environment, char **argv)
{
        const char *path = host_beside(host, host->arena, name);

        if (path != NULL)
                execve(path, argv, environment);
}

int
program_main(int argc, char **argv, const struct app_program *program)
{
        const struct app_program *const programs[] = {program, NULL};
        struct program_io io = {environ, STDIN_FILENO, {.file = STDOUT_FILENO}};
        bool is_local = local_is_asked(program, environ);
        struct host host;
        const char *instead;

        if (is_local && program->alone != NULL)
                return local_run_alone(program);
        if (!is_local && (environ == NULL || environment_get(environ, "GATEWAY_INTERFACE") == NULL))
                return explain(program, argc, argv);
        host_open(&host, programs, io.environment, HOST_ONCE);
        instead =
            is_local || program->instead == NULL ? NULL : program->instead(&host, io.environment);
        if (instead != NULL)
                run_instead(&host, instead, io.environment, argv);
        program_enter(&host);
        if (is_local)
                host_exit(&host, local_run(&host, program));
        host_exit(&host, serve(&host, program, &io) == 0 ? 0 : 1);
}
