#include "check/site_checks.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "check/facts.h"
#include "check/trial.h"
#include "format/json.h"
#include "format/url.h"
#include "host/disk.h"
#include "host/file.h"
#include "host/http.h"
#include "host/os.h"
#include "host/path.h"
#include "wechat/crypt.h"
#include "web/place.h"
#include "web/probe.h"

/* LAST_MS: no further program is asked if less time is left. */
enum { CALL_MS = 3000, FETCH_MS = 1500, LAST_MS = 500, ADDRESSES = 4 };

/* The names of canaries: what an earlier check left is deleted. */
static const char canary_prefix[] = ".canary-";

/* ---- before the sandbox ---- */

static void
put_canary(struct trial *trial)
{
        struct err err = {.kind = ERR_NONE};
        char *random;

        if (trial->state_folder < 0 || os_random_token(trial->arena, &random, &err) != 0)
                return;
        disk_clean(trial->state_folder, canary_prefix);
        trial->canary = arena_printf(trial->arena, "%s%.16s", canary_prefix, random);
        trial->canary_text = arena_printf(trial->arena, "canary %s\n", random);
        if (!disk_put(trial->state_folder, trial->canary, trial->canary_text))
                trial->canary = NULL;
}

static void
find_verify_file(struct trial *trial)
{
        const char *root = trial->place->root;
        struct err err = {.kind = ERR_NONE};
        struct pairs names;
        char *text;
        size_t size;

        pairs_init(&names, trial->arena);
        if (root == NULL || !disk_find(trial->arena, root, "MP_verify_", ".txt", &names) ||
            names.count == 0)
                return;
        trial->verify = names.items[0].value;
        if (file_read_public(trial->arena, arena_printf(trial->arena, "%s/%s", root, trial->verify),
                &text, &size, &err) == 0)
                trial->verify_text = text;
}

void
check_site_prepare(struct trial *trial)
{
        if (!trial->is_set_up)
                return;
        put_canary(trial);
        find_verify_file(trial);
}

void
check_site_end(struct trial *trial)
{
        if (trial->canary != NULL)
                disk_remove(trial->state_folder, trial->canary);
        if (trial->state_folder >= 0)
                close(trial->state_folder);
        trial->canary = NULL;
        trial->state_folder = -1;
}

/* ---- requests ---- */

/* Asks for a page of this site, given as a path. Returns whether there was an answer. */
static bool
ask(struct trial *trial, const char *path, const char *header, int timeout_ms,
    struct http_answer *answer)
{
        struct http_request request = {.url = conf_url(trial->arena, &trial->conf, path),
            .repeatable = true,
            .header = header,
            .any_status = true,
            .timeout_ms = timeout_ms};
        struct err err = {.kind = ERR_NONE};

        if (http_time_left(trial->site) < timeout_ms)
                request.timeout_ms = 0;
        return http_call(trial->site, &request, answer, &err) == 0;
}

static const char *
program_path(const struct trial *trial, const char *rest, const char *query)
{
        return arena_printf(trial->arena, "%s%s?%s",
            conf_program(trial->arena, &trial->conf, "check.cgi"), rest, query);
}

/* Why was there no answer? */
static void
report_trouble(struct trial *trial, enum http_trouble trouble)
{
        static const char *const words[] = {"site.broken_off", "site.no_name", "site.unreached",
            "site.certificate", "site.late", "site.broken_off"};

        report_add(&trial->report, trouble == HTTP_CERTIFICATE ? REPORT_FAILED : REPORT_UNTRIED,
            words[trouble], "site", trial->conf.site_url, NULL);
}

/* The answer was not ours: what was it? */
static void
report_answer(struct trial *trial, const struct http_answer *answer)
{
        const char *status = arena_printf(trial->arena, "%d", answer->status), *word;
        const char *to = url_origin(trial->arena, answer->location);

        word = answer->status >= 300 && answer->status < 400    ? "site.redirect"
               : answer->status == 404                          ? "site.not_found"
               : answer->status == 401 || answer->status == 403 ? "site.refused"
               : answer->status >= 500                          ? "site.error"
               : answer->status == 200 && strncmp(answer->body, "\177ELF", 4) == 0 ? "site.not_run"
                                                                                   : "site.another";
        report_add(&trial->report, REPORT_FAILED, word, "status", status, "to",
            to == NULL ? "" : to, "site", trial->conf.site_url, "path", trial->conf.cgi_path, NULL);
}

void
check_site(struct trial *trial)
{
        const char *query, *wanted;
        struct err err = {.kind = ERR_NONE};
        struct http_answer answer;

        if (!trial->is_set_up) {
                report_add(&trial->report, REPORT_UNTRIED, "site.untried", NULL);
                return;
        }
        if (probe_make(trial->arena, &trial->conf, &query, &wanted, &err) != 0 ||
            http_open(
                trial->arena, trial->conf.ca_file, trial->site_addresses, &trial->site, &err) != 0)
                return;
        http_begin(trial->site, trial->arena);
        if (!ask(trial, program_path(trial, "", query), NULL, CALL_MS, &answer))
                report_trouble(trial, answer.trouble);
        else if (answer.status != 200 || !text_starts_with(answer.body, wanted))
                report_answer(trial, &answer);
        else
                report_add(
                    &trial->report, REPORT_GOOD, "site.good", "site", trial->conf.site_url, NULL);
        if (trial->in_shell && report_has(&trial->report, "site.good"))
                trial->has_facts = facts_parse(answer.body, &trial->facts);
        if (!report_has(&trial->report, "site.good"))
                trial->site = answer.status == 0 ? NULL : trial->site;
}

/* What the programs answered to a probe: their names, by what came. */
struct answers {
        struct pairs broken; /* something else, with its status */
        struct pairs absent;
        size_t unasked; /* or they did not answer in time */
};

static void
ask_program(struct trial *trial, const char *name, const char *query, const char *wanted,
    struct answers *answers)
{
        const char *path = arena_printf(
            trial->arena, "%s?%s", conf_program(trial->arena, &trial->conf, name), query);
        struct http_answer answer;

        if (http_time_left(trial->site) < LAST_MS || !ask(trial, path, NULL, CALL_MS, &answer)) {
                answers->unasked++;
                return;
        }
        if (answer.status == 200 && text_starts_with(answer.body, wanted))
                return;
        /* In a shell it is not known which of them are there. */
        if (answer.status == 404 && trial->in_shell)
                pairs_add(&answers->absent, "", name);
        else
                pairs_add(&answers->broken, "",
                    arena_printf(trial->arena, "%s (%d)", name, answer.status));
}

void
check_site_programs(struct trial *trial)
{
        struct report *report = &trial->report;
        struct answers answers = {.unasked = 0};
        struct err err = {.kind = ERR_NONE};
        const char *query, *wanted;

        if (!report_has(report, "site.good") || trial->programs.count == 0 ||
            probe_make(trial->arena, &trial->conf, &query, &wanted, &err) != 0)
                return;
        pairs_init(&answers.broken, trial->arena);
        pairs_init(&answers.absent, trial->arena);
        for (size_t i = 0; i < trial->programs.count; i++)
                ask_program(trial, trial->programs.items[i].value, query, wanted, &answers);
        if (answers.broken.count > 0)
                report_add(report, REPORT_FAILED, "site_programs.broken", "names",
                    trial_join(trial->arena, &answers.broken), NULL);
        if (answers.absent.count > 0)
                report_add(report, REPORT_HINT, "site_programs.absent", "names",
                    trial_join(trial->arena, &answers.absent), NULL);
        if (answers.unasked > 0)
                report_add(report, REPORT_UNTRIED, "site_programs.untried", "count",
                    arena_printf(trial->arena, "%zu", answers.unasked), NULL);
        if (!report_has(report, "site_programs"))
                report_add(report, REPORT_GOOD, "site_programs.good", "count",
                    arena_printf(trial->arena, "%zu", trial->programs.count), NULL);
}

void
check_site_https(struct trial *trial)
{
        if (!trial->is_set_up)
                return;
        if (conf_is_secure(&trial->conf) && report_has(&trial->report, "site.good"))
                report_add(&trial->report, REPORT_GOOD, "site_https.good", NULL);
        else if (!conf_is_secure(&trial->conf))
                report_add(&trial->report, REPORT_HINT, "site_https.plain", NULL);
}

/* Are the header Authorization and the path behind the program's name passed on? */
void
check_authorization(struct trial *trial)
{
        const char *query, *wanted;
        struct err err = {.kind = ERR_NONE};
        struct http_answer answer;
        struct report *report = &trial->report;

        if (!report_has(report, "site.good") ||
            probe_make(trial->arena, &trial->conf, &query, &wanted, &err) != 0)
                return;
        if (!ask(trial, program_path(trial, "/probe", query), "Authorization: Bearer probe",
                CALL_MS, &answer)) {
                report_add(report, REPORT_UNTRIED, "authorization.untried", NULL);
                return;
        }
        if (!text_starts_with(answer.body, wanted)) {
                report_add(report, REPORT_HINT, "authorization.path", NULL);
                return;
        }
        if (strstr(answer.body, "authorization=1") == NULL)
                report_add(report, REPORT_HINT, "authorization.dropped", NULL);
        else if (strstr(answer.body, "path=1") == NULL)
                report_add(report, REPORT_HINT, "authorization.path", NULL);
        else
                report_add(report, REPORT_GOOD, "authorization.good", NULL);
}

/* ---- what must not be seen ---- */

/* The addresses at which a file would be if one of the folders above it were published: the last
 * names of its path. Sets *found to the first at which text is. Returns false if none could be
 * asked. */
static bool
find_published(struct trial *trial, const char *path, const char *text, const char **found)
{
        const char *at = path + strlen(path);
        struct http_answer answer;
        bool asked = false;

        *found = NULL;
        for (int i = 0; i < ADDRESSES && at > path && *found == NULL; i++) {
                do
                        at--;
                while (at > path && *at != '/');
                if (!ask(trial, url_encode_path(trial->arena, at), NULL, FETCH_MS, &answer))
                        continue;
                asked = true;
                if (answer.status == 200 && strstr(answer.body, text) != NULL)
                        *found = arena_strdup(trial->arena, at);
        }
        return asked;
}

void
check_exposed(struct trial *trial)
{
        const char *settings = NULL, *state = NULL, *file;
        const char *mark = conf_site_secret(&trial->conf);
        struct report *report = &trial->report;
        bool asked;

        if (trial->site == NULL || !trial->is_set_up) {
                report_add(report, REPORT_UNTRIED, "exposed.untried", NULL);
                return;
        }
        if (*mark == '\0')
                return;
        file = strrchr(trial->place->file, '/');
        asked = find_published(
            trial, arena_printf(trial->arena, "%s%s", trial->place->real, file), mark, &settings);
        if (trial->canary != NULL)
                asked = find_published(trial,
                            arena_printf(trial->arena, "%s/%s",
                                path_resolve(trial->arena, NULL, trial->state_path), trial->canary),
                            trial->canary_text, &state) &&
                        asked;
        if (settings != NULL)
                report_add(report, REPORT_FAILED, "exposed.settings", "address", settings, NULL);
        if (state != NULL)
                report_add(report, REPORT_FAILED, "exposed.state", "address",
                    strrchr(state, '/') == state ? "/" : path_folder(trial->arena, state), NULL);
        if (!asked || trial->canary == NULL)
                report_add(report, REPORT_UNTRIED, "exposed.untried", NULL);
        else if (settings == NULL && state == NULL)
                report_add(report, REPORT_GOOD, "exposed.good", NULL);
}

/* ---- WeChat's verification file, and the push ---- */

void
check_verify_file(struct trial *trial)
{
        struct report *report = &trial->report;
        struct http_answer answer;

        if (!trial->is_set_up || !conf_has_way(&trial->conf, "authorize"))
                return;
        if (trial->place->root == NULL) {
                report_add(report, REPORT_UNTRIED, "verify_file.untried", NULL);
        } else if (trial->verify == NULL) {
                report_add(report, REPORT_HINT, "verify_file.missing", NULL);
        } else if (trial->site == NULL || trial->verify_text == NULL ||
                   !ask(trial,
                       arena_printf(trial->arena, "/%s", url_encode(trial->arena, trial->verify)),
                       NULL, CALL_MS, &answer)) {
                report_add(report, REPORT_UNTRIED, "verify_file.untried", NULL);
        } else if (answer.status != 200 || strcmp(answer.body, trial->verify_text) != 0) {
                report_add(report, REPORT_FAILED, "verify_file.differs", "name", trial->verify,
                    "status", arena_printf(trial->arena, "%d", answer.status), NULL);
        } else {
                report_add(report, REPORT_GOOD, "verify_file.good", "name", trial->verify, NULL);
        }
}

/* Asks wechat.cgi as WeChat does when the owner enters its address ("接入指南"). */
static const char *
push_question(const struct trial *trial, const char *echo)
{
        const char *stamp = arena_printf(trial->arena, "%lld", os_now());
        const char *const parts[] = {trial->conf.push_token, stamp, "check"};

        return arena_printf(trial->arena, "%s?signature=%s&timestamp=%s&nonce=check&echostr=%s",
            conf_program(trial->arena, &trial->conf, "wechat.cgi"),
            crypt_signature(trial->arena, parts, 3), stamp, echo);
}

void
check_push_test(struct trial *trial)
{
        struct report *report = &trial->report;
        struct http_answer answer;

        if (!trial->is_set_up || *trial->conf.push_token == '\0')
                return;
        if (trial->site == NULL ||
            !ask(trial, push_question(trial, "wechatcheck"), NULL, CALL_MS, &answer))
                report_add(report, REPORT_UNTRIED, "push_test.untried", NULL);
        else if (answer.status == 200 && strcmp(answer.body, "wechatcheck") == 0)
                report_add(report, REPORT_GOOD, "push_test.good", NULL);
        else
                report_add(report, REPORT_FAILED, "push_test.failed", "status",
                    arena_printf(trial->arena, "%d", answer.status), NULL);
}

/* The logo and the style sheet, where they are files of this site. */
void
check_face(struct trial *trial)
{
        const struct {
                const char *setting, *path;
        } files[] = {{"logo", trial->conf.logo}, {"custom_css", trial->conf.custom_css}};
        struct http_answer answer;

        if (trial->site == NULL || !trial->is_set_up)
                return;
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
                if (*files[i].path != '/')
                        continue;
                if (!ask(trial, files[i].path, NULL, CALL_MS, &answer))
                        report_add(&trial->report, REPORT_UNTRIED, "face_file.untried", "setting",
                            files[i].setting, "path", files[i].path, NULL);
                else
                        report_add(&trial->report,
                            answer.status == 200 ? REPORT_GOOD : REPORT_FAILED,
                            answer.status == 200 ? "face_file.good" : "face_file.missing",
                            "setting", files[i].setting, "path", files[i].path, "status",
                            arena_printf(trial->arena, "%d", answer.status), NULL);
        }
}

/* Does the issuer answer under its name? Programs compare the two byte by byte. */
void
check_oidc_issuer(struct trial *trial)
{
        const char *issuer = conf_issuer(trial->arena, &trial->conf), *there;
        const char *word = "oidc_issuer.good";
        struct err err = {.kind = ERR_NONE};
        struct http_answer answer;
        struct pairs fields;

        if (trial->site == NULL || !trial->is_set_up || *trial->conf.oidc_clients == '\0')
                return;
        pairs_init(&fields, trial->arena);
        if (!ask(trial,
                arena_printf(trial->arena, "%s/.well-known/openid-configuration",
                    issuer + strlen(trial->conf.site_url)),
                NULL, CALL_MS, &answer)) {
                report_add(
                    &trial->report, REPORT_UNTRIED, "oidc_issuer.untried", "issuer", issuer, NULL);
                return;
        }
        if (answer.status != 200 ||
            json_parse(trial->arena, answer.body, answer.size, &fields, &err) != 0)
                word = "oidc_issuer.missing";
        there = pairs_get_text(&fields, "issuer");
        if (answer.status == 200 && *there != '\0' && strcmp(there, issuer) != 0)
                word = "oidc_issuer.other";
        report_add(&trial->report,
            strcmp(word, "oidc_issuer.good") == 0 ? REPORT_GOOD : REPORT_FAILED, word, "issuer",
            issuer, "there", there, "status", arena_printf(trial->arena, "%d", answer.status),
            NULL);
}
