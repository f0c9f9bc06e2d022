#include "check/wechat_checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "check/trial.h"
#include "format/json.h"
#include "host/http.h"
#include "host/os.h"
#include "wechat/account_api.h"
#include "wechat/api.h"
#include "wechat/errcode.h"

enum { CALL_MS = 4000, CLOCK_HINT_SECONDS = 30, CLOCK_SECONDS = 240 };

/* The errcode of callback/check: no address for pushes is set. */
enum { NO_URL = 40201 };

struct wechat {
        struct trial *trial;
        struct http *http;
        struct pairs fields; /* of the latest answer */
        int errcode;
        struct http_answer answer;
        struct err err;
};

/* Calls. Returns whether WeChat answered in its own words; errcode is then set. */
static bool
call(struct wechat *wechat, const char *url, const char *json)
{
        struct trial *trial = wechat->trial;
        struct http_request request = {.url = url,
            .json = json,
            .repeatable = true,
            .any_status = true,
            .timeout_ms = CALL_MS};

        if (http_time_left(wechat->http) < CALL_MS)
                request.timeout_ms = 0;
        pairs_init(&wechat->fields, trial->arena);
        err_clear(&wechat->err);
        wechat->errcode = 0;
        if (http_call(wechat->http, &request, &wechat->answer, &wechat->err) != 0)
                return false;
        (void)!api_parse_answer(
            trial->arena, wechat->answer.body, wechat->answer.size, &wechat->fields, &wechat->err);
        wechat->errcode = wechat->err.errcode;
        return wechat->answer.status == 200 &&
               (wechat->err.kind == ERR_NONE || wechat->errcode != 0);
}

/* ---- the way there, and the clock ---- */

/* Without calls to WeChat nobody signs in, except by message. */
static enum report_state
weight(const struct trial *trial)
{
        return conf_has_way(&trial->conf, "authorize") || conf_has_way(&trial->conf, "scene")
                   ? REPORT_FAILED
                   : REPORT_HINT;
}

static void
report_trouble(struct wechat *wechat)
{
        static const char *const words[] = {"wechat.broken_off", "wechat.no_name",
            "wechat.unreached", "wechat.certificate", "wechat.late", "wechat.broken_off"};
        struct trial *trial = wechat->trial;

        report_add(&trial->report, weight(trial), words[wechat->answer.trouble], NULL);
}

static void
report_clock(struct wechat *wechat)
{
        struct trial *trial = wechat->trial;
        long long off = os_now() - wechat->answer.date;
        long long by = llabs(off);
        const char *seconds = arena_printf(trial->arena, "%lld", by);

        if (wechat->answer.date < 0)
                report_add(&trial->report, REPORT_UNTRIED, "clock.untried", NULL);
        else if (by >= CLOCK_HINT_SECONDS)
                report_add(&trial->report, by >= CLOCK_SECONDS ? REPORT_FAILED : REPORT_HINT,
                    off > 0 ? "clock.fast" : "clock.slow", "seconds", seconds, NULL);
        else
                report_add(&trial->report, REPORT_GOOD, "clock.good", "seconds", seconds, NULL);
}

/* ---- AppID and AppSecret ---- */

static void
report_token(struct wechat *wechat)
{
        static const char *const words[] = {[ERRCODE_OTHER] = "token.other",
            [ERRCODE_ADDRESS] = "token.whitelist",
            [ERRCODE_APPID] = "token.appid",
            [ERRCODE_SECRET] = "token.secret",
            [ERRCODE_FROZEN] = "token.frozen",
            [ERRCODE_QUOTA] = "token.quota"};
        struct trial *trial = wechat->trial;
        const char *errmsg = pairs_get_text(&wechat->fields, "errmsg");
        const char *advice = errcode_advice(trial->arena, wechat->errcode, errmsg);

        report_add(&trial->report, weight(trial), words[errcode_subject(wechat->errcode)],
            "errcode", arena_printf(trial->arena, "%d", wechat->errcode), "address",
            errcode_address(trial->arena, errmsg), "advice",
            trial->chinese ? errcode_chinese(trial->arena, advice) : advice, NULL);
}

/* Asks for the access_token, without renewing it, and reports all that the answer says. Returns it;
 * NULL: there is none. */
static const char *
get_token(struct wechat *wechat)
{
        struct trial *trial = wechat->trial;
        struct report *report = &trial->report;
        bool has_secret = conf_can_call(&trial->conf), answered;
        const char *token;
        long long seconds;

        answered =
            has_secret
                ? call(wechat, api_stable_token_url(trial->arena, &trial->conf),
                      api_stable_token_json(trial->arena, &trial->conf))
                : call(wechat,
                      api_call_url(trial->arena, &trial->conf, "/cgi-bin/getcallbackip", "", NULL),
                      NULL);
        if (wechat->answer.status == 0) {
                report_trouble(wechat);
                return NULL;
        }
        if (!answered) {
                report_add(report, weight(trial), "wechat.another", "status",
                    arena_printf(trial->arena, "%d", wechat->answer.status), NULL);
                return NULL;
        }
        report_add(report, REPORT_GOOD, "wechat.good", "address", wechat->answer.local, NULL);
        report_clock(wechat);
        if (!has_secret)
                return NULL;
        if (wechat->err.kind != ERR_NONE ||
            api_parse_stable_token(&wechat->fields, &token, &seconds, &wechat->err) != 0) {
                report_token(wechat);
                return NULL;
        }
        report_add(report, REPORT_GOOD, "token.good", NULL);
        return token;
}

/* ---- permissions ---- */

enum right { HAS, HAS_NOT, UNKNOWN };

/* A menu is more deeply nested than the answers that we read. */
static bool
is_list(const struct http_answer *answer)
{
        return answer->status == 200 && answer->body != NULL && *answer->body == '{' &&
               strstr(answer->body, "\"errcode\"") == NULL;
}

/* Has the account this permission? 48001 says that it has not; 0, and the errcode that says that
 * there is nothing, that it has. */
static enum right
has_right(struct wechat *wechat, const char *token, const char *path, int nothing)
{
        struct trial *trial = wechat->trial;

        if (!call(wechat, api_call_url(trial->arena, &trial->conf, path, token, NULL), NULL))
                return is_list(&wechat->answer) ? HAS : UNKNOWN;
        if (wechat->errcode == 0 || wechat->errcode == nothing)
                return HAS;
        return wechat->errcode == 48001 ? HAS_NOT : UNKNOWN;
}

static void
report_rights(struct wechat *wechat, const char *token)
{
        struct trial *trial = wechat->trial;
        enum right menu = has_right(wechat, token, "/cgi-bin/menu/get", 46003);
        enum right users = has_right(wechat, token, "/cgi-bin/tags/get", 0);
        enum right templates =
            has_right(wechat, token, "/cgi-bin/template/get_all_private_template", 0);
        static const char *const marks[] = {"✓", "✗", "?"};
        bool needs_service =
            conf_has_way(&trial->conf, "authorize") || conf_has_way(&trial->conf, "scene");
        const char *word = "account.unverified";
        enum report_state state = REPORT_GOOD;

        trial->cannot_ask = users == HAS_NOT;
        if (templates == UNKNOWN) {
                report_add(&trial->report, REPORT_UNTRIED, "account.untried", NULL);
                return;
        }
        if (templates == HAS)
                word = "account.service";
        else if (users == HAS)
                word = "account.verified";
        if (templates == HAS_NOT && needs_service) {
                state = REPORT_FAILED;
                word = "account.too_small";
        }
        report_add(&trial->report, state, word, "menu", marks[menu], "users", marks[users],
            "templates", marks[templates], NULL);
}

/* ---- the way back ---- */

/* Are all of WeChat's pings lost? */
static bool
is_lost(struct arena *arena, const struct pairs *fields)
{
        const char *loss;
        int i;

        for (i = 0;
             (loss = pairs_get(fields, arena_printf(arena, "ping/%d/package_loss", i))) != NULL;
             i++)
                if (strcmp(loss, "100%") != 0)
                        return false;
        return i > 0;
}

static void
report_addresses(struct wechat *wechat)
{
        struct trial *trial = wechat->trial;
        struct report *report = &trial->report;
        struct arena *arena = trial->arena;
        struct pairs fields, addresses;
        const char *address;

        pairs_init(&fields, arena);
        pairs_init(&addresses, arena);
        if (json_parse_tree(
                arena, wechat->answer.body, wechat->answer.size, &fields, &wechat->err) != 0 ||
            pairs_get(&fields, "dns") == NULL) {
                report_add(report, REPORT_UNTRIED, "reached.untried", NULL);
                return;
        }
        for (int i = 0; (address = pairs_get(&fields, arena_printf(arena, "dns/%d/ip", i))) != NULL;
             i++)
                pairs_add(&addresses, "", address);
        if (addresses.count == 0)
                report_add(report, REPORT_FAILED, "reached.no_address", NULL);
        else
                report_add(report, is_lost(arena, &fields) ? REPORT_HINT : REPORT_GOOD,
                    is_lost(arena, &fields) ? "reached.lost" : "reached.good", "addresses",
                    trial_join(arena, &addresses), NULL);
}

/* Does WeChat reach this site? It looks the address for pushes up, and pings it. */
static void
report_reached(struct wechat *wechat, const char *token)
{
        struct trial *trial = wechat->trial;
        const char *url =
            api_call_url(trial->arena, &trial->conf, "/cgi-bin/callback/check", token, NULL);
        bool answered = call(wechat, url, "{\"action\":\"all\",\"check_operator\":\"DEFAULT\"}");

        if (wechat->errcode == NO_URL)
                report_add(&trial->report, REPORT_FAILED, "reached.no_url", "url",
                    conf_url(trial->arena, &trial->conf,
                        conf_program(trial->arena, &trial->conf, "wechat.cgi")),
                    NULL);
        else if (wechat->answer.status != 200 || (answered && wechat->errcode != 0))
                report_add(&trial->report, REPORT_UNTRIED, "reached.untried", NULL);
        else
                report_addresses(wechat);
}

void
check_wechat(struct trial *trial)
{
        struct wechat wechat = {.trial = trial};
        const char *token;

        if (!trial->is_set_up) {
                report_add(&trial->report, REPORT_UNTRIED, "wechat.untried", NULL);
                return;
        }
        if (http_open(trial->arena, trial->conf.ca_file, trial->addresses, &wechat.http,
                &wechat.err) != 0)
                return;
        http_begin(wechat.http, trial->arena);
        token = get_token(&wechat);
        if (token != NULL)
                report_rights(&wechat, token);
        if (token != NULL && *trial->conf.push_token != '\0')
                report_reached(&wechat, token);
}
