/* check.cgi: is all well? For the site's owner, and for monitors. */
#include <string.h>

#include "web/app.h"
#include "base/arena.h"
#include "base/err.h"
#include "check/checks.h"
#include "check/phrase.h"
#include "check/proof.h"
#include "base/text.h"
#include "format/url.h"
#include "web/environment.h"
#include "web/probe.h"
#include "web/program.h"
#include "host/os.h"
#include "host/sandbox.h"
#include "state/state.h"

/* What is found before the sandbox. */
struct check {
        struct proof proof;
        struct trial trial;
};

static const char *const languages[] = {"zh_CN", "zh_TW", "en"};
enum { TURN_MS = 10000, KEEP_SECONDS = 30 * 86400 };
enum { LANGUAGES = sizeof(languages) / sizeof(languages[0]) };

static bool
wants_json(const struct app *app)
{
        return strcmp(pairs_get_text(&app->request.query, "format"), "json") == 0;
}

/* For a check in a shell. */
static const char *
tell_facts(struct arena *arena)
{
        struct facts facts;

        facts_find(&facts);
        return facts_format(arena, &facts);
}

/* Nothing is looked at for a stranger. Files and settings have to be read here; host->conf gets
 * what is valid of them, so that even broken settings lead to the templates. A process for many
 * requests does not check: what it found here would be old. */
static void
prepare(struct host *host)
{
        struct app app = {.host = host,
            .arena = host->arena,
            .conf = host->conf,
            .state = host->state,
            .now = os_now()};
        struct check *check;
        const char *method;

        if (host->watched != NULL)
                return;
        cgi_parse_request(host->arena, host->environment, &app.request);
        if (probe_is_asked(&app)) {
                host->facts = tell_facts(host->arena);
                return;
        }
        check = arena_alloc(host->arena, sizeof(*check));
        proof_find(&app, wants_json(&app), &check->proof);
        if (check->proof.kind == PROOF_NONE)
                return;
        method = app.request.method;
        checks_open(host->arena, host, strcmp(method, "POST") == 0, false, &check->trial);
        check->trial.chinese =
            strcmp(text_language(app.request.accept_language, host->conf.language), "en") != 0;
        checks_begin(&check->trial);
        if (host->err.kind != ERR_NONE)
                host->conf = check->trial.conf;
        host->check = check;
}

/* ---- for everybody else ---- */

/* If there are no templates. */
static const char closed_text[] =
    "站长检查：用 owners 里写的微信重新登录；或者上传一个名字是 wechat-check 的空文件，放到 "
    "wechat.conf 应该在的文件夹（在网站根目录外面），一小时之内可以打开这一页。\n"
    "站長檢查：用 owners 裡寫的微信重新登入；或者上傳一個名稱是 wechat-check 的空白檔案，放到 "
    "wechat.conf 應該在的資料夾（在網站根目錄外面），一小時內可以開啟這一頁。\n"
    "The owner's check: sign in again with a WeChat account listed in owners; or upload an empty "
    "file named wechat-check to the folder where wechat.conf belongs, outside the document root: "
    "this page then opens for an hour.\n";

/* The address by which the program was asked: it does not depend on the settings. */
static const char *
own_path(const struct app *app)
{
        const char *script = environment_get(app->host->environment, "SCRIPT_NAME"), *reason;
        const char *page = script == NULL ? NULL : url_page(app->arena, "", script, &reason);

        return page == NULL ? "/cgi-bin/check.cgi" : page;
}

static void
add_language(struct app *app, size_t i, const struct pairs *words, const char *sign_in_url)
{
        static const char *const names[] = {"title", "text", "owner", "file", "sign_in"};
        static const char *const tags[LANGUAGES] = {"zh-CN", "zh-TW", "en"};

        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
                pairs_add(&app->page, arena_printf(app->arena, "languages/%zu/%s", i, names[n]),
                    pairs_get_text(words, arena_printf(app->arena, "closed.%s", names[n])));
        pairs_add(&app->page, arena_printf(app->arena, "languages/%zu/tag", i), tags[i]);
        pairs_add(
            &app->page, arena_printf(app->arena, "languages/%zu/sign_in_url", i), sign_in_url);
}

/* The same answer whether there are settings or not, and whoever asks. */
static int
answer_closed(struct app *app)
{
        const char *own = own_path(app);
        const char *sign_in = arena_printf(app->arena, "%.*s/login.cgi?again=1&next=%s",
            (int)(strrchr(own, '/') - own), own, url_encode(app->arena, own));
        struct pairs words;

        if (wants_json(app))
                return err_set(&app->err, ERR_DENIED,
                    "check: format=json needs a key of account_clients, or the owner's proof");
        app->language = text_language(app->request.accept_language, languages[0]);
        for (size_t i = 0; i < LANGUAGES; i++) {
                phrase_read(app, languages[i], &words);
                if (words.count == 0)
                        return app_answer_text(app, 403, "text/plain; charset=utf-8", closed_text);
                add_language(app, i, &words, sign_in);
        }
        return app_answer_page(app, 403, "checkclosed") == 0
                   ? 0
                   : app_answer_text(app, 403, "text/plain; charset=utf-8", closed_text);
}

/* ---- the report ---- */

static int
answer_json(struct app *app, const struct trial *trial, const struct pairs *words)
{
        struct pairs fields;

        pairs_init(&fields, app->arena);
        report_fill(app->arena, &trial->report, words, trial->version, &fields);
        return app_answer_json(app, trial->report.counts[REPORT_FAILED] > 0 ? 503 : 200, &fields);
}

static void
add_line(
    struct app *app, const char *prefix, const struct report_line *line, const struct pairs *words)
{
        static const char *const flags[REPORT_STATES] = {
            "is_failed", "is_hint", "is_untried", "is_passed"};
        const struct {
                const char *name, *value;
        } values[] = {{"id", line->name}, {"state", report_state_name(line->state)},
            {flags[line->state], "1"},
            {"title", pairs_get_text(words, report_check(app->arena, line))},
            {"cause", report_say(app->arena, words, line, "")},
            {"cure", report_say(app->arena, words, line, ".do")}};

        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
                pairs_add(&app->page, arena_printf(app->arena, "%s/%s", prefix, values[i].name),
                    values[i].value);
}

static void
add_count(struct app *app, const char *name, size_t count)
{
        if (count > 0)
                pairs_add_number(&app->page, name, (long long)count);
}

static void
fill_page(struct app *app, const struct trial *trial, const struct pairs *words)
{
        const struct report *report = &trial->report;
        const char *group = "";
        size_t groups = 0, lines = 0;

        add_count(app, "failed", report->counts[REPORT_FAILED]);
        add_count(app, "hints", report->counts[REPORT_HINT]);
        add_count(app, "untried", report->counts[REPORT_UNTRIED]);
        if (report->counts[REPORT_GOOD] == report->count)
                pairs_add(&app->page, "is_good", "1");
        for (size_t i = 0; i < report->count; i++) {
                const struct report_line *line = &report->lines[i];

                if (strcmp(group, line->group) != 0) {
                        group = line->group;
                        lines = 0;
                        pairs_add(&app->page,
                            arena_printf(app->arena, "groups/%zu/title", groups++),
                            pairs_get_text(words, arena_printf(app->arena, "group.%s", group)));
                }
                add_line(app, arena_printf(app->arena, "groups/%zu/lines/%zu", groups - 1, lines++),
                    line, words);
        }
}

/* Keeps the counts for owner.cgi, for a month. If that fails, it shows earlier ones, or none. */
static void
keep_counts(struct app *app, const struct report *report)
{
        struct store_record record = {.created = app->now, .expires = app->now + KEEP_SECONDS};
        struct err ignored;

        if (app->state == NULL || state_open(app->state, &ignored) != 0)
                return;
        pairs_init(&record.fields, app->arena);
        pairs_add_number(&record.fields, "failed", (long long)report->counts[REPORT_FAILED]);
        pairs_add_number(&record.fields, "hints", (long long)report->counts[REPORT_HINT]);
        (void)!state_replace(app->state, STORE_CHECK, "report", &record, &ignored);
}

static int
answer_report(struct app *app, struct check *check)
{
        struct trial *trial = &check->trial;
        struct pairs words;

        phrase_read(app, app->language, &words);
        if (wants_json(app))
                return answer_json(app, trial, &words);
        fill_page(app, trial, &words);
        pairs_add(&app->page, "check_url", own_path(app));
        if (check->proof.kind == PROOF_FILE)
                pairs_add(&app->page, "is_file", "1");
        if (report_has(&trial->report, "handler") && trial->is_set_up) {
                pairs_add(&app->page, "can_run", "1");
                pairs_add(&app->page, "csrf", proof_csrf(app, &check->proof));
        }
        if (words.count > 0 && app_answer_page(app, 200, "check") == 0)
                return 0;
        return app_answer_text(
            app, 200, "text/plain; charset=utf-8", report_text(app->arena, &trial->report, &words));
}

static int
check_cgi(struct app *app)
{
        struct check *check = app->host->check;

        /* Q1. Is it the owner? Before the sandbox nothing was looked at for anybody else. */
        if (check == NULL)
                return answer_closed(app);
        proof_log(app, &check->proof);

        /* Q2. The owner's handler runs only when our own page asks. */
        if (strcmp(app->request.method, "POST") == 0 && !proof_is_own_form(app, &check->proof)) {
                checks_abandon(&check->trial);
                return err_set(&app->err, ERR_DENIED, "check: not from our own page");
        }

        /* Q3. While the uploaded file counts, anybody can begin checks: one at a time; then answer.
         */
        if (checks_wait(app, TURN_MS) != 0) {
                checks_abandon(&check->trial);
                return -1;
        }
        checks_end(&check->trial, app->host->gaps);
        keep_counts(app, &check->trial.report);
        return answer_report(app, check);
}

static int
answer_error(struct app *app)
{
        return wants_json(app) ? app_answer_error_json(app) : -1;
}

static const struct app_program program = {
    .name = "check.cgi",
    .purpose =
        "Is all well? For the site's owner: each fault of the installation, with what to do.\n"
        "Opens to owners who are signed in, or for an hour after the empty file\n"
        "wechat-check was uploaded beside the settings. ?format=json for monitors.",
    .methods = "GET, HEAD, POST",
    .handle = check_cgi,
    .handle_error = answer_error,
    .needs = SANDBOX_STANDARD | SANDBOX_NETWORK | SANDBOX_SITE,
    .links = "curl",
    .prepare = prepare,
    .apart = true,
    .without_settings = true,
};

PROGRAM_MAIN(program)
