#include "check/checks.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "check/file_checks.h"
#include "check/host_checks.h"
#include "check/message_checks.h"
#include "check/owner_checks.h"
#include "check/settings_checks.h"
#include "check/site_checks.h"
#include "check/state_checks.h"
#include "check/wechat_checks.h"
#include "check/words_checks.h"
#include "host/http.h"
#include "host/resolve.h"
#include "host/os.h"
#include "host/runner.h"
#include "push/handler.h"
#include "state/state.h"
#include "web/app.h"
#include "web/conf_file.h"
#include "web/host.h"
#include "web/local.h"

#ifndef WECHAT_VERSION
#define WECHAT_VERSION "unknown"
#endif

/* When a check runs: before the sandbox, or in it. */
enum part { BEGIN, END };

/* In the order of the page; a check may use what those above it in its part have found. */
static const struct {
        const char *group; /* its title is the word group.… */
        enum part part;
        trial_check *check;
} table[] = {
    {"settings", BEGIN, check_settings_place},
    {"settings", BEGIN, check_settings_file},
    {"settings", BEGIN, check_settings_lines},
    {"settings", BEGIN, check_owners_known},
    {"files", BEGIN, check_programs},
    {"files", BEGIN, check_pages},
    {"files", BEGIN, check_replies},
    {"files", BEGIN, check_list},
    {"files", BEGIN, check_menu},
    {"files", BEGIN, check_access},
    {"files", BEGIN, check_private_folder},
    {"files", BEGIN, check_links},
    {"files", BEGIN, check_oidc_clients},
    {"files", BEGIN, check_oidc_emails},
    {"files", BEGIN, check_own_words},
    {"files", BEGIN, check_hook},
    {"state", BEGIN, check_state_folder},
    {"state", BEGIN, check_state_writable},
    {"state", BEGIN, check_state_room},
    {"state", BEGIN, check_oidc_keys},
    {"site", BEGIN, check_site_prepare},
    {"site", END, check_site},
    {"site", END, check_site_https},
    {"site", END, check_authorization},
    {"site", END, check_exposed},
    {"site", END, check_verify_file},
    {"site", END, check_face},
    {"site", END, check_oidc_issuer},
    {"files", END, check_user}, /* as the site's answer says */
    {"wechat", END, check_wechat},
    {"settings", END, check_followers_known}, /* as WeChat's answers say */
    {"wechat", END, check_domains},
    {"messages", BEGIN, check_push_settings},
    {"messages", END, check_push_test},
    {"site", END, check_site_programs}, /* with the time that is left */
    {"messages", BEGIN, check_last_push},
    {"messages", BEGIN, check_handler},
    {"messages", END, check_handler_run},
    {"host", END, check_sandbox_there},
    {"host", END, check_process_limits},
};

static void
run(struct trial *trial, enum part part)
{
        for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
                trial->report.group = table[i].group;
                trial->report.order = i;
                if (table[i].part == part)
                        table[i].check(trial);
        }
}

static struct runner *
start_handler(struct arena *arena, const struct host *host)
{
        struct runner_program *program = arena_alloc(arena, sizeof(*program));

        *program = (struct runner_program){
            host->conf.handler, local_owners_environment(arena, host, "WECHAT_CHECK=1")};
        return runner_start(arena, program, NULL, false);
}

/* Where the default folders are. If the settings file is in a wrong place, the templates may be in
 * the right one. */
static const char *
folder_of(struct arena *arena, const struct place *place)
{
        bool there = access(arena_printf(arena, "%s/wechat-html", place->folder), F_OK) == 0;

        return place->flaw == PLACE_GOOD || there ? place->folder : place->wanted;
}

void
checks_open(
    struct arena *arena, struct host *host, bool dry_run, bool in_shell, struct trial *trial)
{
        bool valid = host->err.kind == ERR_NONE;

        *trial = (struct trial){.arena = arena,
            .place = &host->place,
            .environment = host->environment,
            .version = WECHAT_VERSION,
            .now = os_now(),
            .in_shell = in_shell,
            .has_facts = !in_shell,
            .state = host->state,
            .state_folder = -1};
        conf_file_init(arena, &host->place, folder_of(arena, &host->place), &trial->conf);
        report_init(arena, &trial->report);
        pairs_init(&trial->programs, arena);
        facts_find(&trial->facts);
        if (valid && dry_run && *host->conf.handler != '\0')
                trial->dry = start_handler(arena, host);
        if (valid && strcmp(host->conf.sandbox, "strict") == 0) {
                trial->addresses = resolve_origin(arena, host->conf.api_url);
                trial->site_addresses = resolve_origin(arena, host->conf.site_url);
        }
}

void
checks_begin(struct trial *trial)
{
        run(trial, BEGIN);
}

int
checks_wait(struct app *app, int milliseconds)
{
        if (app->state == NULL || app_open_state(app) != 0) {
                err_clear(&app->err);
                return 0;
        }
        if (state_lock(app->state, "check.cgi", os_clock_ms() + milliseconds, &app->err) == 0)
                return 0;
        if (app->err.kind != ERR_SYSTEM)
                return -1;
        err_clear(&app->err); /* a line of the report says what is wrong with the state */
        return 0;
}

void
checks_end(struct trial *trial, unsigned gaps)
{
        trial->facts.gaps = gaps;
        run(trial, END);
        check_site_end(trial);
        report_sort(&trial->report);
}

void
checks_abandon(struct trial *trial)
{
        check_site_end(trial);
}
